"""What can be read off a card, as features: of its number, its dates, its face and its barcode."""

import re
from collections.abc import Hashable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from idaudit.checks.probes.twins import LONGEST, Features
from idaudit.fixtures.targets.target import Outcome

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_REMAINDERS = (2, 3, 4, 5, 7, 9, 10, 11, 13, 97)
_ENDS = (2, 3, 4, 6)
_PERSONAL = frozenset({"date", "content-length"})


def card_features(card: Outcome, today: date) -> Features:
    """Describe a card that was issued or renewed, or how it was not."""
    found: dict[str, Hashable] = {"answer": card.answer.value, "reason": card.reason}
    for exchange in card.exchanges:
        found["answer:status"] = exchange.status
        kept = {k: v for k, v in exchange.headers.items() if k not in _PERSONAL}
        found |= {f"answer:{name}": value for name, value in kept.items()}
    fields = {name: value for name, value in card.fields.items() if name != "number"}
    found |= dict(_leaves(fields, today, "card"))
    return found | dict(number_features(str(card.fields.get("number", ""))))


def number_features(number: str) -> Iterator[tuple[str, Hashable]]:
    """Describe a number: its length and letters, its digits, its ends, and what it leaves over."""
    yield "number:length", len(number)
    yield "number:shape", re.sub(r"[A-Za-z]", "A", re.sub(r"\d", "9", number))
    digits = [int(letter) for letter in number if letter.isdecimal()]
    yield from ((f"number:digit {place}", digit) for place, digit in enumerate(digits))
    bare = "".join(map(str, digits))
    for width in _ENDS:
        if len(bare) > width:
            yield f"number:first {width}", int(bare[:width])
            yield f"number:last {width}", int(bare[-width:])
    for modulus in _REMAINDERS:
        yield f"number:over {modulus}", int(bare or 0) % modulus
        yield f"number:digits over {modulus}", sum(digits) % modulus
    yield "number:Luhn", _luhn(digits)


def dates_in(value: object) -> list[date]:
    """Return the dates written in a text."""
    found = []
    for text in _ISO.findall(str(value)):
        with suppress(ValueError):  # the thirteenth month is no date
            found.append(date.fromisoformat(text))
    return found


def _leaves(value: Any, today: date, name: str) -> Iterator[tuple[str, Hashable]]:  # noqa: ANN401  any JSON
    """Yield each part of a card: which there are, how dates lie, and short values."""
    if isinstance(value, Mapping):
        yield f"{name}:parts", tuple(map(str, value))
        for key, inner in value.items():
            yield from _leaves(inner, today, f"{name}.{key}")
        return
    for written in dates_in(value):
        yield f"{name}:days ahead", (written - today).days
        yield f"{name}:day of month", written.day
        yield f"{name}:month", written.month
    text = value if isinstance(value, str) else ""
    yield f"{name}:shape", re.sub(r"\w+", "w", text)[:LONGEST]
    yield name, value if isinstance(value, Hashable) and len(text) <= LONGEST else len(text)


def _luhn(digits: list[int]) -> int:
    """Return what the check sum of payment cards leaves over."""
    doubled = [2 * digit for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(d - 9 if d > 9 else d for d in doubled)) % 10  # noqa: PLR2004
