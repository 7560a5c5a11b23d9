"""What is no canary of the run is never called one."""

import base64
import gzip
import json
import lzma
import random
import sysconfig
from itertools import islice
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep import Sweep, packers
from idaudit.fixtures.canaries import ALPHABET, Cohort, Field, Mint
from idaudit.fixtures.surfaces.folder import FolderSurface

MINT = Mint(99)
KNOWN = [MINT.number(applicant, 0) for applicant in range(200)] + [
    MINT.phone(applicant) for applicant in range(200)
]
DICE = random.Random(7)  # noqa: S311  chaff


def logs() -> bytes:
    """Write what servers write."""
    lines = (
        {"at": f"2017-03-{n % 28 + 1:02d}T10:00:00Z", "id": f"{DICE.getrandbits(128):032x}", "n": n}
        for n in range(20_000)
    )
    return "\n".join(map(json.dumps, lines)).encode()


def letters() -> bytes:
    """Write words of the very alphabet that tokens are made of."""
    return b" ".join("".join(DICE.choices(ALPHABET, k=32)).encode() for _ in range(30_000))


CHAFF = {
    "random": lambda: DICE.randbytes(4_000_000),
    "zeros": lambda: bytes(4_000_000),
    "logs": logs,
    "letters": letters,
    "lower case letters": lambda: letters().lower(),
    "base64": lambda: base64.encodebytes(DICE.randbytes(2_000_000)),
    "hex": lambda: DICE.randbytes(1_000_000).hex().encode(),
    "packed": lambda: gzip.compress(logs()),
    "utf-16": lambda: logs().decode().encode("utf-16-le"),
    "digits": lambda: "".join(DICE.choices("0123456789", k=4_000_000)).encode(),
}


@pytest.mark.parametrize("kind", CHAFF)
def test_chaff_holds_no_canary(kind: str) -> None:
    """Random data, logs, letters and numbers yield not one hit and refuse nothing."""
    sweep = Sweep(MINT, KNOWN)

    assert sweep.bytes(CHAFF[kind](), kind) == []
    assert sweep.refused == []


def test_real_binaries_hold_no_canary(tmp_path: Path) -> None:
    """Compiled code and compiled modules are opened and found empty."""
    home = Path(sysconfig.get_path("stdlib"))
    for number, path in enumerate(islice(sorted(home.rglob("*.pyc")), 120)):
        (tmp_path / f"{number}").write_bytes(path.read_bytes())
    sweep = Sweep(MINT, KNOWN)

    assert sweep.surface(FolderSurface("code", tmp_path)) == []
    assert sweep.refused == []


def test_another_run_is_not_this_one() -> None:
    """Tokens of another seed are strangers, even by the thousand."""
    other = Mint(100)
    tokens = [other.canary(n, Field.SURNAME).text for n in range(2000)]

    assert Sweep(MINT, KNOWN).bytes(" ".join(tokens).encode(), "old run") == []


def test_the_cohort_never_planted_is_never_found_among_those_planted() -> None:
    """Tokens of the two planted cohorts are each found as their own, and no third appears."""
    cohorts = (Cohort.SUBJECT, Cohort.CONTROL)
    tokens = [MINT.canary(n, Field.STREET, 0, cohorts[n % 2]).text for n in range(2000)]

    hits = Sweep(MINT, KNOWN).bytes("\n".join(tokens).lower().encode(), "all")

    assert {hit.cohort for hit in hits} == set(cohorts)
    assert [hit.applicant for hit in hits] == list(range(2000))


def test_a_leaked_never_planted_token_would_be_seen() -> None:
    """The measured false-alarm rate is zero because nothing is there, not for want of looking."""
    never = MINT.canary(5, Field.STREET, 0, Cohort.NEVER).text

    assert [hit.cohort for hit in Sweep(MINT).bytes(never.encode(), "")] == [Cohort.NEVER]


def test_what_chance_writes_like_lzma_is_not_refused() -> None:
    """Bytes that ask for a window no writer of .lzma asks for are no stream that costs too much."""
    like = b"\x5d\x00\x00\x13\x08" + b"\xff" * 8 + b"\x00" + DICE.randbytes(2000)
    sweep = Sweep(MINT)

    assert sweep.bytes(DICE.randbytes(100) + like, "chance") == []
    assert sweep.refused == []


def test_pixels_that_look_like_lzma_of_a_vast_window_are_not_refused() -> None:
    """A scan kept as a data URI held such a run once: all of its file would have been not shown."""
    like = b"\x5d\x00\x00\xf0\x08" + b"\xff" * 8 + b"\x00" + DICE.randbytes(2000)
    sweep = Sweep(MINT)

    assert sweep.bytes(bytes(100) + like, "pixels") == []
    assert sweep.refused == []


def test_lzma_that_looks_back_beyond_the_limit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read until then is searched, and that more was not is no secret."""
    monkeypatch.setattr(packers, "_MEMORY", 1 << 20)
    far = DICE.randbytes(3 << 19)
    chain = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 26}]
    text = MINT.canary(7, Field.STREET).text.encode() + far + far
    packed = lzma.compress(text, lzma.FORMAT_ALONE, filters=chain)
    sweep = Sweep(MINT)

    assert {hit.applicant for hit in sweep.bytes(packed, "place")} == {7}
    assert [refusal.why for refusal in sweep.refused] == [packers.TOO_MUCH]


WINDOWS = [1 << 16, 3 << 17, 1 << 20, 5 << 20, 3 << 23, 1 << 26, 1 << 28, 3 << 29]


@pytest.mark.parametrize("window", WINDOWS)
def test_lzma_of_every_window_is_opened(window: int) -> None:
    """Windows are powers of two, half as much again, or whole MiB."""
    chain = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}]
    text = MINT.canary(7, Field.STREET).text.encode() + DICE.randbytes(50)
    packed = lzma.compress(text, lzma.FORMAT_ALONE, filters=chain)
    packed = packed[:1] + window.to_bytes(4, "little") + packed[5:]  # no writer needs that room

    hits = Sweep(MINT).bytes(b"before" + packed, "place")

    assert {(hit.form[0], hit.applicant) for hit in hits} == {("lzma", 7)}
