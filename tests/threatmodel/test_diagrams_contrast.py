"""Whoever sees little contrast can still read the diagrams."""

import pytest

from idaudit.threatmodel.diagrams.folders import BLANK, EDGE, FOLDER
from idaudit.threatmodel.diagrams.marks import LOOKS
from idaudit.threatmodel.diagrams.svg import GROUND, INK, PAPER, SOFT, WHITE
from idaudit.threatmodel.status import Status


def luminance(colour: str) -> float:
    """Return the relative luminance of *colour*, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("status", [status for status in LOOKS if status])
def test_words_stand_out_from_their_ground(status: Status) -> None:
    """WCAG 2.2 AA asks 4.5 to 1 of words."""
    of = LOOKS[status]

    assert contrast(of.ink, of.tint) >= 4.5
    assert min(contrast(of.ink, ground) for ground in (PAPER, GROUND, WHITE)) >= 4.5
    assert min(contrast(ink, of.tint) for ink in (INK, SOFT)) >= 4.5


@pytest.mark.parametrize("ground", [FOLDER, BLANK, PAPER, GROUND, WHITE])
def test_words_stand_out_from_folders_and_panels(ground: str) -> None:
    """What is no status is read as easily."""
    assert min(contrast(ink, ground) for ink in (INK, SOFT)) >= 4.5
    assert contrast(EDGE, FOLDER) >= 4.5


def test_the_outline_of_what_nobody_attacks_is_seen() -> None:
    """WCAG 2.2 AA asks 3 to 1 of what is no word."""
    assert min(contrast(LOOKS[None].ink, ground) for ground in (PAPER, GROUND, WHITE)) >= 3
