"""How ids are told that can be counted through from those that cannot."""

import base64
import hashlib
import random
import uuid
from collections.abc import Callable

import pytest

from idaudit.checks.probes.guessing import LEAST, distance, followed, neighbours

COUNT = 16
Maker = Callable[[int], str]

COUNTED: dict[str, Maker] = {
    "from one": lambda n: str(n + 1),
    "across a hundred": lambda n: str(95 + n),
    "padded": lambda n: f"{n + 7:08d}",
    "in steps of ten": lambda n: f"A2017-{1200 + 10 * n}",
    "downwards": lambda n: str(90_000 - n),
    "hexadecimal": lambda n: f"{0x9FFA + n:x}",
    "with a checking digit behind": lambda n: f"{4100 + n}-{(4100 + n) % 7}",
    "in base64": lambda n: base64.b64encode(f"Application:{n + 98}".encode()).decode(),
    "by the clock": lambda n: f"{1_500_000_000_000_000 + 20_000 * n:x}",
    "by the clock of a version 1 UUID": lambda n: str(
        uuid.UUID(fields=(0x5AF0 + 150_000 * n, 0x6B2C, 0x11E7, 0x80, 0x1A, 0x2B3C4D5E6F70))
    ),
    "by MD5": lambda n: hashlib.md5(str(n).encode(), usedforsecurity=False).hexdigest(),
    "by SHA-256, cut short": lambda n: hashlib.sha256(f"{n + 41}".encode()).hexdigest()[:24],
}

DRAWN: dict[str, Callable[[random.Random, int], str]] = {
    "a version 4 UUID": lambda chance, _: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    "sixteen bytes in base64": lambda chance, _: base64.urlsafe_b64encode(
        chance.randbytes(16)
    ).decode(),
    "the time, and eighty bits": lambda chance, n: (
        f"{1_500_000_000_000 + 12 * n:012x}{chance.getrandbits(80):020x}"
    ),
    "forty bits": lambda chance, _: f"{chance.getrandbits(40):010x}",
    "thirty-two bits": lambda chance, _: f"{chance.getrandbits(32):08x}",
    "ten letters": lambda chance, _: "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=10)),
}


@pytest.mark.parametrize("make", COUNTED.values(), ids=COUNTED.keys())
def test_what_is_counted_is_seen_to_follow(make: Maker) -> None:
    """A count is a count in whatever notation it is written."""
    assert followed([make(number) for number in range(COUNT)])


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN.keys())
def test_what_is_drawn_is_never_said_to_follow(draw: Callable[[random.Random, int], str]) -> None:
    """Two hundred cities that draw their ids are none of them accused."""
    for seed in range(200):
        chance = random.Random(seed)  # noqa: S311  simulation
        assert not followed([draw(chance, number) for number in range(COUNT)])


def test_few_neighbours_are_left_to_chance() -> None:
    """One pair fewer than it takes accuses nobody."""
    far = [str(7919**each) for each in range(9, COUNT + 9)]
    near = [str(10**14 + each) for each in range(LEAST)]

    assert not followed([*near, *far])
    assert followed([*near, str(10**14 + LEAST), *far])


def test_the_distance_of_an_id_to_itself_is_none() -> None:
    """Letters in common do not count, before or after."""
    assert distance("A-17-Z", "A-17-Z") == 0
    assert distance("A-099-Z", "A-101-Z") == distance("99", "101") == 2


def test_the_numbers_next_to_one_are_written_as_it_is() -> None:
    """What separates the digits stays where it is, and no number is below the first."""
    assert list(neighbours("10-0098-9", 2)) == ["10-0099-0", "10-0099-1", "10-0098-8", "10-0098-7"]
    assert list(neighbours("00", 2)) == ["01", "02"]
