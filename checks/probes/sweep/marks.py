"""
Reading the mark that is woven into every drawn paper, from any piece of its picture.

What stands still in the weave (see :mod:`idaudit.fixtures.papers.marks`) is
looked for in every size and turn in which a piece of a paper can fill a
picture. Where it stands out, the moved parts are read, and spell whose paper it
was. Nothing is compared with what was planted, so a picture costs the same
whether the run has ten applicants or a million.

Scores are in standard deviations of what chance gives at one place. Of
pictures without a mark, or with another run's, none came near both bounds
(see ``docs/picture-marks.md``), and the number that chance would spell is
refuted by its check 31 times in 32 on top.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from idaudit.checks.probes.sweep.waves import SIDE, Comb, Waves, spectrum
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.papers import drawing
from idaudit.fixtures.papers.marks import CELLS, DIGITS, Moves, Weave, owner_of, weave

PROMISING = 4.4
"""What the first, coarse look must score for a second to be worth its time."""
SEEN = 5.5
"""What the part that stands still must score."""
READ = 4.4
"""What each moved part must score."""

_FINER = 9  # sizes tried around a coarse one
_ROUGHLY, _CLOSELY = 2, 4  # places to a cell
_WHOLE = 0.96  # of a paper's sides: a picture that shows less is a piece


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a paper a weave lies, and how much of it a picture may show."""

    name: str
    size: tuple[int, int]  # of the place, in pixels of the paper
    cell: int
    most: float  # of its longer side that a picture's longer side shows
    least: float
    sizes: int  # tried in between


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that was read."""

    applicant: int
    kind: int  # of paper, or CONTROL
    form: tuple[str, ...]  # what became of the paper: "portrait", "crop", "turned"
    seen: float
    read: float


@dataclass(frozen=True, slots=True)
class _Find:
    """Where the part that stands still was seen."""

    score: float
    tile: float  # pixels
    turn: int
    down: float  # cells
    across: float


_LEFT, _TOP, _RIGHT, _BOTTOM = drawing.PORTRAIT
PLACES = (
    Place("page", drawing.SIZE, drawing.CELL, 1.05, 0.28, 48),
    Place("portrait", (_RIGHT - _LEFT, _BOTTOM - _TOP), drawing.PORTRAIT_CELL, 1.6, 0.5, 28),
)
"""Where marks are looked for."""


def mark_in(picture: Image.Image, mint: Mint) -> Mark | None:
    """Return whose mark of *mint*'s run a grey *picture* carries, if any."""
    waves = spectrum(picture)
    for place in PLACES:
        mark = _reader(mint, place).read(waves, picture.size)
        if mark is not None:
            return mark
    return None


class _Part:
    """One part of a weave, to be compared with what a picture shows."""

    def __init__(self, weave: Weave, number: int) -> None:
        """Take the waves of part *number*."""
        self.chosen = weave.part == number
        self.waves = weave.waves[self.chosen]
        unit = 1 / np.sqrt(2 * len(self.waves))
        self._expected = (unit * np.exp(-1j * weave.phase[self.chosen])).astype(np.complex64)

    def scores(self, phases: Waves, places: int) -> NDArray[np.float32]:
        """Return how well *phases* agree with it moved to each place, *places* to a cell."""
        side = CELLS * places
        row = side // 2 + 1
        agree = phases * (self._expected * (side * side))
        field = np.zeros((*phases.shape[:-1], side * row), np.complex64)
        down, across = self.waves.T
        field[..., down % side * row + across] = agree
        upright = across == 0  # of these the transform wants both halves
        field[..., -down[upright] % side * row] = agree[..., upright].conj()
        field = field.reshape(*phases.shape[:-1], side, row)
        return np.asarray(np.fft.irfft2(field, (side, side)), np.float32)


@lru_cache(maxsize=8)
def _reader(mint: Mint, place: Place) -> "Reader":
    return Reader(mint, place)


class Reader:
    """Finds and reads the weave of one place."""

    def __init__(self, mint: Mint, place: Place) -> None:
        """Read what *mint*'s run has woven into *place*."""
        self._mint, self._place = mint, place
        self._waves = weave(mint, place.name).waves
        shown = np.linspace(place.most, place.least, place.sizes)
        self._tiles = place.cell * CELLS * SIDE / (max(place.size) * shown)
        self._still, *self._digits = (
            _Part(weave(mint, place.name), number) for number in range(DIGITS + 1)
        )
        self._comb = Comb(self._still.waves, self._tiles, (0, 1, 2, 3))

    def read(self, waves: Waves, size: tuple[int, int]) -> Mark | None:
        """Return the mark in the spectrum *waves* of a picture of one *size*."""
        find = self.find(waves)
        if find is None or find.score < SEEN:
            return None
        score, moves = self.digits(waves, find)
        owner = owner_of(self._mint, moves) if score >= READ else None
        return owner and Mark(*owner, self._form(find, size), find.score, score)

    def find(self, waves: Waves) -> _Find | None:
        """Return where the part that stands still is seen best, if anywhere."""
        coarse = self._still.scores(self._comb.phases(waves), 1).max(axis=(2, 3))
        at, turn = divmod(int(coarse.argmax()), coarse.shape[1])
        return self._refined(waves, at, turn) if coarse.max() >= PROMISING else None

    def _refined(self, waves: Waves, at: int, turn: int) -> _Find:
        """Return the best find near the size *at*."""
        inverse = 1 / self._tiles  # evenly apart, as the mark loses its hold
        step = inverse[1] - inverse[0]
        tiles = 1 / (inverse[at] + step * np.linspace(-1, 1, _FINER))
        phases = Comb(self._still.waves, tiles, (turn,)).phases(waves)
        size = int(self._still.scores(phases, _ROUGHLY).max(axis=(1, 2, 3)).argmax())
        scores = self._still.scores(phases[size, 0], _CLOSELY)
        down, across = divmod(int(scores.argmax()), CELLS * _CLOSELY)
        where = down / _CLOSELY, across / _CLOSELY
        return _Find(float(scores.max()), float(tiles[size]), turn, *where)

    def digits(self, waves: Waves, find: _Find) -> tuple[float, Moves]:
        """Return the score of the weakest digit at *find*, and all of them."""
        comb = Comb(self._waves, np.array([find.tile]), (find.turn,))
        back = self._waves @ np.array([find.down, find.across]) / CELLS
        phases = comb.phases(waves)[0, 0] * np.exp(2j * np.pi * back)
        surfaces = [digit.scores(phases[digit.chosen], 1) for digit in self._digits]
        moves = tuple(divmod(int(surface.argmax()), CELLS) for surface in surfaces)
        return min(float(surface.max()) for surface in surfaces), moves

    def _form(self, find: _Find, size: tuple[int, int]) -> tuple[str, ...]:
        """Return what became of a paper that fills a picture of *size* as found."""
        scale = find.tile / (self._place.cell * CELLS) * max(size) / SIDE
        sides = size[::-1] if find.turn % 2 else size
        pairs = zip(sides, self._place.size, strict=True)
        piece = any(side < _WHOLE * whole * scale for side, whole in pairs)
        words = {self._place.name: self._place.name != "page", "crop": piece, "turned": find.turn}
        return tuple(word for word, told in words.items() if told)
