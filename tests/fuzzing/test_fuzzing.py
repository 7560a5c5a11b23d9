"""A little of every fuzz harness, the same each time; ``make fuzz`` takes longer and learns."""

import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import harnesses
import seeds

from idaudit.checks.probes.sweep import Limits, Sweep
from idaudit.fixtures.surfaces.sqlite import SqliteSurface
from idaudit.fixtures.surfaces.surface import Part
from idaudit.threatmodel.errors import Inconclusive

EACH = 25
"""Inputs of each harness."""


def bent(dice: random.Random, data: bytes, most: int) -> bytes:
    """Return *data* with a few bytes changed, a word put in, something repeated or cut away."""
    text = bytearray(data)
    for _ in range(dice.randrange(1, 5)):
        at = dice.randrange(len(text) + 1)
        piece = dice.choice(
            [
                dice.randbytes(dice.randrange(1, 5)),
                dice.choice(seeds.WORDS),
                bytes(text[at : at + dice.randrange(1, 40)]) * dice.randrange(1, 20),
                b"",
            ]
        )
        text[at : at + dice.randrange(len(piece) + 3)] = piece
    return bytes(text[:most])


@pytest.mark.parametrize("name", harnesses.HARNESSES)
def test_a_harness_comes_back_from_anything(name: str) -> None:
    """What real programs wrote, and the same damaged, ends every decoder in time and in order."""
    harness = harnesses.HARNESSES[name]
    dice = random.Random(name)  # noqa: S311  damage, not a secret
    sound = list(harness.seeds())

    for data in dice.sample(sound, min(EACH, len(sound))):
        harness.run(data[: harness.most])
        harness.run(bent(dice, data, harness.most))
    harness.run(b"")


def test_the_ladder_would_notice_a_token_it_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness fails where a sweep sees nothing, and where it sees somebody who is not there."""
    monkeypatch.setattr(harnesses.SWEEP, "bytes", lambda _data, _name: [])
    with pytest.raises(AssertionError, match="missed"):
        harnesses.ladder(b"12345")
    monkeypatch.undo()
    monkeypatch.setattr(harnesses, "TOKEN", harnesses.MINT.canary(8, harnesses.Field.EMAIL))
    found = harnesses.SWEEP.bytes(harnesses.MINT.canary(9, harnesses.Field.EMAIL).text.encode(), "")
    with pytest.raises(AssertionError, match="not there"):
        harnesses.only_the_token(found)


def test_a_dump_made_to_be_unpacked_for_ever_is_given_up() -> None:
    """Strings that each claim all that follows, and never come out, are refused, not tried."""
    unit = b"\xc3\x80\0\x08\0\0\x80\0\x10\0\0" + b"\x1f" + b"a" * 21
    sweep = Sweep(harnesses.MINT)
    token = harnesses.TOKEN.text.encode()

    hits = sweep.bytes(b"REDIS0011" + unit * (1 << 16) + token, "dump.rdb")

    assert {hit.canary for hit in hits} == {harnesses.TOKEN.id}
    assert [refusal.form for refusal in sweep.refused] == [("lzf",)]


def test_a_database_with_a_damaged_schema_is_unreadable_and_no_error(tmp_path: Path) -> None:
    """A name that is no text stops the reading of rows, not the audit."""
    whole = bytearray(next(seeds.databases()))
    name, text = whole.index(b"peoplepeople"), whole.index(b"CREATE TABLE people")
    whole[name : name + 6], whole[text : text + 6] = b"\xff" * 6, b"CREATF"
    (tmp_path / "some.sqlite").write_bytes(whole)

    with pytest.raises(Inconclusive, match="cannot be read as an SQLite database"):
        list(SqliteSurface("some", tmp_path / "some.sqlite").parts())


_TIGHT = """
import resource, sys
from pathlib import Path
from idaudit.checks.probes.sweep import Limits, Sweep
from idaudit.fixtures.canaries import Mint
sweep = Sweep(Mint(13))
sweep.bytes(b"whatever is loaded at first use", "warm")
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20),) * 2)
sweep.bytes(sys.stdin.buffer.read(), "tight.7z")
print({refusal.why for refusal in sweep.refused})
"""


def test_a_machine_without_memory_for_a_window_refuses_the_archive() -> None:
    """LZMA2 wants its whole window at once; where it is not to be had, the audit goes on."""
    archive = b"7z\xbc\xaf\x27\x1c" + bytes(26) + b"\x01\0\0a" * 20
    child = [sys.executable, "-c", _TIGHT]
    done = subprocess.run(child, input=archive, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()[-300:]
    assert b"needs more memory" in done.stdout


@dataclass(frozen=True, slots=True)
class InBlocks(harnesses.InParts):
    """Some bytes in as many parts as it takes, a block each."""

    def parts(self) -> Iterator[Part]:
        """Yield block after block."""
        for at in range(0, len(self.data), self.cut):
            yield Part("file", self.data[at : at + self.cut], at)


def test_pictures_that_never_end_are_gathered_a_few_at_a_time() -> None:
    """Three hundred beginnings once were three hundred copies of all that follows them."""
    begun = b"\xff\xd8\xff\xe0\0\2\xff\xda\0\2" + b"\1" * 40
    sweep = Sweep(harnesses.MINT, (), harnesses.PICTURES)

    sweep.surface(InBlocks(begun * 300 + bytes(3 << 20), 1 << 18))

    refused = [each.why for each in sweep.refused]
    assert refused == ["too many pictures open at one time"] * (300 - Limits().pictures)
