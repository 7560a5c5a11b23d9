"""
Making text from an audited system harmless before anybody renders it.

A target's words reach terminals, browsers and build logs. Control characters
are shown instead of obeyed; each renderer then escapes for its own format.
"""

import re
from typing import TypeVar

Text = TypeVar("Text", bound=str)

_C0 = {code: 0x2400 + code for code in range(0x20) if code not in {0x09, 0x0A}}
_INVISIBLE = (
    *range(0x7F, 0xA0),  # DEL and the C1 controls, which some terminals obey
    0x061C, 0x200E, 0x200F, 0x2028, 0x2029,
    *range(0x202A, 0x202F), *range(0x2066, 0x206A),  # overrides that reverse what is read
    *range(0xD800, 0xE000),  # lone surrogates: no encoding holds them
    *range(0xFDD0, 0xFDF0),
    *(plane + low for plane in range(0, 0x110000, 0x10000) for low in (0xFFFE, 0xFFFF)),
)  # fmt: skip
_SHOWN = {**dict.fromkeys(_INVISIBLE, 0xFFFD), **_C0}
_SPACE = re.compile(r"\s+")


def inert(text: str) -> str:
    """
    Return *text* with every control character shown, not obeyed.

    Newlines and tabs stay. What is left is legal in XML 1.0.
    """
    return text.translate(_SHOWN)


def one_line(text: str, limit: int | None = None) -> str:
    """Return *text* on one line, cut to *limit* characters with the cut shown."""
    flat = _SPACE.sub(" ", text).strip()
    return flat if limit is None or len(flat) <= limit else flat[: limit - 1] + "…"


def opening(text: Text) -> Text:
    """Return *text*, markup or not, as it begins a sentence."""
    return text[:1].upper() + text[1:]  # type: ignore[return-value]  # Markup stays Markup


def count(number: int, noun: str) -> str:
    """Return "1 promise", "3 promises": *noun* takes a plain s."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
