"""A folder of what servers keep, with traces of some people hidden in it, all from one seed."""

import base64
import gzip
import io
import json
import random
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import kinds
from backports import zstd
from lz4 import frame  # type: ignore[import-untyped] # ships no types
from PIL import Image

from idaudit.checks.probes.sweep import Picture
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import ALPHABET, Field, KnownValue, Mint
from idaudit.fixtures.documents import DocumentKind, draw

EACH = 2
"""So many plants of each kind, of different people, in different files."""

PACKED = 0.065
"""
So many bytes come out of containers and letters for each byte of the corpus.

82 of 1,258 MiB did in the corpus on which bulk_extractor's reference figure was
measured; a sweep decodes whatever there is, so that a ratio to that figure
means something on a corpus of this composition only.
"""

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Plant:
    """One trace, where it lies, and whose it is."""

    kind: str
    file: str
    applicant: int


@dataclass
class Corpus:
    """What was hidden where, and what a sweep must know to find it."""

    mint: Mint
    folder: Path
    plants: list[Plant] = field(default_factory=list)
    known: list[KnownValue] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    size: int = 0


def missed(plants: list[Plant], seen: dict[str, set[int | None]]) -> list[Plant]:
    """
    Return the *plants* of which nothing was *seen*, by file.

    Where a small compressor wrote part of a token by reference, and its header
    is gone, the tag alone is left to see.
    """
    return [
        each
        for each in plants
        if each.applicant not in seen[each.file]
        and not (each.kind in kinds.HEADLESS and None in seen[each.file])
    ]


def build(
    folder: Path, seed: int, size: int, applicants: int = 1000, packed: float = PACKED
) -> Corpus:
    """
    Write a corpus of about *size* bytes below *folder*, with traces of some of *applicants*.

    *packed* bytes come out of its containers and letters for each of its own.
    """
    dice = random.Random(seed)  # noqa: S311  a corpus, not a secret
    corpus = Corpus(Mint(seed), folder)
    hosts = _chaff(folder, dice, size, Mint(seed + 1), packed)
    hidden: dict[str, list[bytes]] = {name: [] for name in hosts}
    for kind, people, data in _planted(corpus, dice, applicants):
        if kind in kinds.ALONE:
            name = f"objects/{dice.getrandbits(64):016x}"
            (folder / name).write_bytes(data)
        else:
            name = dice.choice(hosts)
            hidden[name].append(data)
        corpus.plants.append(Plant(kind, name, people))
    for name, plants in hidden.items():
        _hide(folder / name, dice, plants)
    corpus.size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return corpus


def _planted(
    corpus: Corpus, dice: random.Random, applicants: int
) -> Iterator[tuple[str, int, bytes]]:
    """Yield kind, applicant and bytes of every plant."""
    people = iter(dice.sample(range(5000, 5000 + applicants), 500))
    for kind, write in (kinds.ANYWHERE | kinds.ALONE).items():
        for _ in range(EACH):
            who = next(people)
            yield kind, who, write(corpus.mint.canary(who, Field.STREET).text.encode())
    for kind, write in kinds.NUMBERS.items():
        for _ in range(EACH):
            who = next(people)
            number = corpus.mint.number(who, 0)
            corpus.known.append(number)
            yield kind, who, b" " + write(number.text.encode()) + b" "
    residents = Applicants(corpus.mint)
    for kind, change in kinds.PICTURES.items():
        for _ in range(EACH):
            paper = residents.next().documents[0]
            corpus.pictures.append(Picture.of(paper))
            yield kind, paper.owner, change(paper.picture)
    for kind, change in kinds.PORTRAITS.items():
        for _ in range(EACH):
            paper = draw(DocumentKind.FOREIGN_PASSPORT, residents.next())
            yield kind, paper.owner, change(paper.picture)


def _hide(path: Path, dice: random.Random, plants: list[bytes]) -> None:
    """Insert *plants* at places of their own in one file."""
    host = path.read_bytes()
    places = sorted(dice.sample(range(len(host)), len(plants)))
    edges = [0, *places, len(host)]
    pieces = [host[low:high] for low, high in pairwise(edges)]
    rest = [b"\n" + plant + b"\n" + piece for plant, piece in zip(plants, pieces[1:], strict=True)]
    path.write_bytes(b"".join([pieces[0], *rest]))


def _chaff(folder: Path, dice: random.Random, size: int, other: Mint, packed: float) -> list[str]:
    """Write what holds no trace, much of it like one; return the files that plants may go into."""
    for name in ("blobs", "objects", "logs", "mail", "shop"):
        (folder / name).mkdir(parents=True)
    hosts = []
    makers: list[Callable[[random.Random, int, Mint], bytes]] = [_noise, _logs, _letters, _numbers]
    weights = (5, 4, 1, 1)
    written = 0
    number = 0
    decoded = int(size * packed / 2)  # half of it by mail, half by archives
    while written < size * 85 // 100 - decoded * 2:
        make = dice.choices(makers, weights)[0]
        data = make(dice, min(4 * _BLOCK, size // 24), other)
        number += 1
        name = f"blobs/{number:04d}.bin"
        (folder / name).write_bytes(data)
        hosts.append(name)
        written += len(data)
    _archives(folder, dice, max(decoded // 3, 1 << 20), other)
    _mail(folder, dice, decoded)
    (folder / "shop" / "zeros").write_bytes(bytes(size // 10))
    _database(folder / "shop" / "shop.sqlite", dice, size // 20)
    for at in range(min(1500, size >> 18)):
        (folder / "objects" / f"{at:05d}").write_bytes(dice.randbytes(dice.randrange(20, 2000)))
    for at in range(5):
        tones = Image.effect_noise((300 + at, 200), 60)
        tones.save(folder / "shop" / f"{at}.jpg")
    return hosts


def _noise(dice: random.Random, size: int, _other: Mint) -> bytes:
    return dice.randbytes(size)


def _logs(dice: random.Random, size: int, _other: Mint) -> bytes:
    lines, length = [], 0
    while length < size:
        row = {"at": dice.random(), "id": f"{dice.getrandbits(128):032x}", "path": "/shop/cart"}
        lines.append(json.dumps(row).encode())
        length += len(lines[-1]) + 1
    return b"\n".join(lines)


def _letters(dice: random.Random, size: int, other: Mint) -> bytes:
    """Write words of the very alphabet, and tokens of another run."""
    words = ["".join(dice.choices(ALPHABET, k=32)) for _ in range(2000)]
    words += [other.canary(number, Field.SURNAME).text for number in range(500)]
    return " ".join(dice.choices(words, k=size // 33)).encode()


def _numbers(dice: random.Random, size: int, other: Mint) -> bytes:
    """Write numbers and digests of people of another run, and digits."""
    rows = []
    for number in range(size // 120):
        rows.append(f"{other.number(number, 0).text} {dice.getrandbits(256):064x}")
        rows.append(f"{dice.randrange(10**9):09d} {dice.randrange(10**10):010d}")
    return "\n".join(rows).encode()


def _archives(folder: Path, dice: random.Random, size: int, other: Mint) -> None:
    logs = _logs(dice, size, other)
    (folder / "logs" / "1.gz").write_bytes(gzip.compress(logs, 5))
    (folder / "logs" / "2.zst").write_bytes(zstd.compress(logs))
    (folder / "logs" / "3.lz4").write_bytes(frame.compress(logs))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(200):
            archive.writestr(f"{at}.json", logs[at * 4000 : at * 4000 + 4000])
    (folder / "logs" / "4.zip").write_bytes(out.getvalue())


def _mail(folder: Path, dice: random.Random, size: int) -> None:
    """Write letters and a dump that decode to *size* bytes together."""
    (folder / "mail" / "box").write_bytes(base64.encodebytes(dice.randbytes(size * 9 // 10)))
    (folder / "mail" / "dump").write_bytes(dice.randbytes(size // 10).hex().encode())


def _database(path: Path, dice: random.Random, size: int) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE carts (id INTEGER PRIMARY KEY, body BLOB, note TEXT)")
        rows = ((dice.randbytes(900), f"{dice.getrandbits(256):064x}") for _ in range(size // 1000))
        db.executemany("INSERT INTO carts (body, note) VALUES (?, ?)", rows)
