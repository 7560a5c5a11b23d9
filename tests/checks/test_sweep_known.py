"""Values too short for a token are found as they stand and as digests."""

import base64
import hashlib
import random
import sqlite3
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep import Grade, Picture, Sweep
from idaudit.checks.probes.sweep.known import MANY, Finder, finder
from idaudit.fixtures.canaries import Field, KnownValue, Mint
from idaudit.fixtures.surfaces.sqlite import SqliteSurface
from idaudit.threatmodel.errors import UsageError

MINT = Mint(21)
NUMBER = MINT.number(4, 1)
PHONE = KnownValue("+1 212 555 0147", 4, Field.PHONE)
SWEEP = Sweep(MINT, [NUMBER, PHONE])
CROWD = [MINT.number(person, 3) for person in range(5, 5 + MANY)]
AMONG_MANY = Sweep(MINT, [*CROWD, NUMBER, PHONE])
ENGINES = pytest.mark.parametrize("sweep", [SWEEP, AMONG_MANY], ids=["patterns", "keys"])
ALGORITHMS = ["md5", "sha1", "sha256", "sha512", "sha3_256", "sha3_512", "blake2b", "blake2s"]

SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "hex": lambda digest: digest.hex().encode(),
    "HEX": lambda digest: digest.hex().upper().encode(),
    "raw": lambda digest: digest,
    "base64": base64.b64encode,
    "url": base64.urlsafe_b64encode,
    "cut": lambda digest: digest.hex()[:16].encode(),
}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("spelling", SPELLINGS)
@ENGINES
def test_a_digest_of_a_number_names_its_owner(algorithm: str, spelling: str, sweep: Sweep) -> None:
    """A hash kept "to recognise the paper again" is residue of the paper."""
    digest = hashlib.new(algorithm, NUMBER.text.encode()).digest()

    hits = sweep.bytes(b"seen=" + SPELLINGS[spelling](digest) + b";", "table")

    assert [(hit.canary, hit.grade) for hit in hits] == [("a4.document_number", Grade.DIGEST)]
    assert hits[0].form[0] == algorithm


@pytest.mark.parametrize("text", ["+1 212 555 0147", "12125550147", "2125550147", "+12125550147"])
def test_a_number_is_normalised_before_it_is_digested(text: str) -> None:
    """Programs strip separators first, so their digests are of the bare digits."""
    hits = SWEEP.bytes(hashlib.sha256(text.encode()).hexdigest().encode(), "table")

    assert {(hit.canary, hit.grade) for hit in hits} == {("a4.phone", Grade.DIGEST)}


@pytest.mark.parametrize(
    "written",
    [
        "tel:2125550147",
        "(212) 555-0147",
        "212-555-0147",
        "212.555.0147",
        "+1 212 555 0147",
        "1 212 555 0147",
        '"12125550147"',
    ],
)
def test_a_phone_is_found_however_it_is_written(written: str) -> None:
    """Formats differ, the number is one; beside the paper's number it counts."""
    hits = SWEEP.bytes(f"<{written}> {NUMBER.text}".encode(), "page")

    assert {hit.canary for hit in hits} == {"a4.phone", NUMBER.id}


def test_a_telephone_number_alone_is_no_finding() -> None:
    """Ten digits turn up by chance; without another trace of the person they are only counted."""
    sweep = Sweep(MINT, [NUMBER, PHONE, MINT.number(5, 0)])

    hits = sweep.bytes(f"call 212 555 0147, not {MINT.number(5, 0).text}".encode(), "page")

    assert {hit.applicant for hit in hits} == {5}
    assert [hit.canary for hit in sweep.alone] == ["a4.phone"]


def test_a_row_is_one_place(tmp_path: Path) -> None:
    """A number in one column is borne out by a trace in another column of the same row only."""
    path = tmp_path / "city.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE people (name TEXT, phone TEXT)")
        rows = [(MINT.canary(4, Field.SURNAME).text, PHONE.text), ("nobody", PHONE.text)]
        db.executemany("INSERT INTO people VALUES (?, ?)", rows)
    sweep = Sweep(MINT, [PHONE])

    cells = [hit.location for hit in sweep.surface(SqliteSurface("db", path))]

    assert "people.phone#1" in cells
    assert "people.phone#2" not in cells
    assert [hit.location for hit in sweep.alone] == ["people.phone#2"]


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text.encode(),
        lambda text: text.lower().encode(),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode().hex().encode(),
        lambda text: base64.b64encode(b"x" + text.encode() + b"yz"),
    ],
)
@ENGINES
def test_a_document_number_is_found_in_other_encodings(
    write: Callable[[str], bytes], sweep: Sweep
) -> None:
    """The number itself is a hit, in whatever letters."""
    hits = sweep.bytes(b"<" + write(NUMBER.text) + b">", "page")

    assert {(hit.canary, hit.grade) for hit in hits} == {("a4.document_number", Grade.VALUE)}


@pytest.mark.parametrize("around", [("A", ""), ("", "7"), ("0", "0"), ("x", "y")])
def test_part_of_a_longer_word_is_no_hit(around: tuple[str, str]) -> None:
    """A number inside a longer one is another number."""
    before, after = around

    assert SWEEP.bytes(f"<{before}{NUMBER.text}{after}>".encode(), "page") == []


def test_the_digest_of_a_file_names_whose_file_it_was() -> None:
    """A hash of the scan is residue of the scan, in a folder of hashes or a zip of them."""
    picture = Picture(9, b"the bytes of a scan", bytes(32))
    sweep = Sweep(MINT, pictures=[picture])
    digest = hashlib.sha256(picture.data).hexdigest().encode()

    hits = sweep.bytes(b"etag: " + digest, "head")

    assert [(hit.applicant, hit.field) for hit in hits] == [(9, Field.DOCUMENT_BYTES)]


def test_many_numbers_cost_no_more_time_than_few() -> None:
    """The table of keys is of one size, so a hundred values and two thousand search alike."""
    data = random.Random(1).randbytes(2 << 20)  # noqa: S311  chaff
    few, many = (finder(CROWD + more, ()) for more in ([], _numbers(2000)))

    def seconds(one: Finder) -> float:
        begun = time.thread_time()
        one.find(data)
        return time.thread_time() - begun

    ratios = sorted(seconds(many) / seconds(few) for _ in range(5))

    assert ratios[2] < 1.5


def _numbers(count: int) -> list[KnownValue]:
    return [MINT.number(person, 5) for person in range(1000, 1000 + count)]


def test_a_crc_is_no_evidence() -> None:
    """Four bytes turn up by chance, in any spelling."""
    crc = zlib.crc32(NUMBER.text.encode())

    data = b"%08x %d " % (crc, crc) + crc.to_bytes(4) + crc.to_bytes(4, "little")

    assert SWEEP.bytes(data, "table") == AMONG_MANY.bytes(data, "table") == []


def test_a_digest_of_a_long_value_is_found_and_the_value_left_to_its_token() -> None:
    """A hash of an e-mail address, as avatars use it, names its owner."""
    mail = f"{MINT.canary(6, Field.EMAIL).text.lower()}@example.org"
    sweep = Sweep(MINT, [KnownValue(mail, 6, Field.EMAIL)])

    plain = sweep.bytes(mail.encode(), "page")
    hashed = sweep.bytes(
        hashlib.new("md5", mail.encode(), usedforsecurity=False).hexdigest().encode(), "page"
    )

    assert [hit.grade for hit in plain] == [Grade.TOKEN]
    assert {(hit.canary, hit.grade) for hit in hashed} == {("a6.email", Grade.DIGEST)}


def test_a_value_found_everywhere_is_refused() -> None:
    """Five digits would be found in any file, so nobody may ask for them."""
    with pytest.raises(UsageError, match="found by chance"):
        Sweep(MINT, [KnownValue("12345", 1, Field.DOCUMENT_NUMBER)])


def test_a_few_values_are_found_alike_in_text_and_in_what_is_none() -> None:
    """What comes first decides in how many passes they are looked for, and never what is found."""
    dice = random.Random(15)  # noqa: S311  chaff
    people = [MINT.number(person, 5) for person in range(40)]
    few, written = finder(people, ()), []
    for number in people:
        digest = hashlib.sha256(number.text.encode())
        written += [number.text, digest.hexdigest(), digest.hexdigest().upper()]
        written += [base64.b64encode(digest.digest()).decode(), f"{dice.getrandbits(128):032x}"]
    text = "\n".join(written).encode()

    in_text, in_noise = few.find(text), few.find(b"\xff\xff" + text)

    assert [(end - 2, trace) for _, end, trace in in_noise] == [
        (end, trace) for _, end, trace in in_text
    ]
    assert {trace.applicant for _, _, trace in in_text} == set(range(40))
    assert len(in_text) >= 160
