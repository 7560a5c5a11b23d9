"""
How wide letters are, taken generously.

A browser picks its own sans-serif; these widths are those of a wide one, so
that a line measured here fits wherever it is shown.
"""

KEPT = "\u00a0"
"""A space at which no line breaks."""

_THOUSANDTHS = {
    **dict.fromkeys("ijlI'", 300),
    **dict.fromkeys(f" .,:;!|·\u2019{KEPT}", 340),
    **dict.fromkeys("ft()[]/-r", 420),
    **dict.fromkeys("ckszvxyJ", 600),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ&w", 800),
    **dict.fromkeys("mMW@%—→", 1000),
}
_USUAL, _FOREIGN = 640, 1000
_LAST_LATIN = "\u024f"


def width(text: str, size: int, *, bold: bool = False) -> int:
    """Return how many pixels *text* takes up at most, rounded up."""
    thousandths = sum(map(_letter, text)) * size
    return -(-thousandths * (106 if bold else 100) // 100_000)


def wrap(text: str, size: int, room: int, *, bold: bool = False) -> tuple[str, ...]:
    """
    Break *text* into lines no wider than *room*, and a word only if it must be.

    A space that may not break is kept.
    """
    lines = [""]
    for word in (
        part for whole in text.split(" ") for part in _parts(whole, size, room, bold=bold)
    ):
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(line for line in lines if line)


def fits(text: str, size: int, room: int, *, bold: bool = False) -> bool:
    """Whether every word of *text* fits on a line."""
    return all(width(word, size, bold=bold) <= room for word in text.split(" "))


def _letter(letter: str) -> int:
    usual = _USUAL if letter <= _LAST_LATIN else _FOREIGN
    return _THOUSANDTHS.get(letter, usual)


def _parts(word: str, size: int, room: int, *, bold: bool) -> list[str]:
    parts = [""]
    for letter in word:
        if parts[-1] and width(parts[-1] + letter, size, bold=bold) > room:
            parts.append("")
        parts[-1] += letter
    return parts
