"""Where a line of a dump begins is found the same way in text and in what is none."""

import random

from idaudit.checks.probes.sweep.dumps import BEGINNING, Breaks

DICE = random.Random(14)  # noqa: S311  chaff
LINES = (
    lambda: f"{DICE.getrandbits(32):08x}{DICE.choice([':', ' ', '  '])} {DICE.getrandbits(16):04x}",
    lambda: f"{DICE.getrandbits(32):08X}: 00 11 and so on",
    lambda: f"{DICE.getrandbits(20):07o} {DICE.getrandbits(16):04x} 0a0a",
    lambda: f"{DICE.randrange(10**9):09d} 00",
    lambda: "a line of words",
    lambda: "-" * DICE.randrange(12),
)


def test_a_dump_begins_at_the_same_breaks_whatever_surrounds_it() -> None:
    """What comes first decides how lines are looked for, and never which are found."""
    breaks, found = Breaks(), 0
    for _ in range(500):
        lines = [DICE.choice(LINES)() for _ in range(DICE.randrange(1, 40))]
        text = "\n".join(lines).encode() + bytes(BEGINNING)
        in_text, in_noise = breaks.find(text), breaks.find(b"\xff" * 7 + text)
        assert sorted(in_text) == sorted(at - 7 for at in in_noise)
        found += len(in_text)
    assert found > 1000


def test_a_line_is_found_in_every_block_and_across_two() -> None:
    """Text is compared a quarter of a million bytes at a time."""
    line = b"\n00000010: 4142"
    for seam in (1 << 18, 2 << 18):
        for back in range(len(line) + 2):
            text = b"-" * (seam - back) + line + b"-" * 40
            assert Breaks().find(text) == [seam - back]
