"""
Finding a paper by its picture.

Products re-encode, resize and rename what they are given, so a kept scan need
not share one byte with the file that was shown. Every picture found anywhere
is decoded and its fingerprint compared with that of every planted paper, in
four rotations. A fingerprint knows whole pictures alone: of any other the mark
is looked for that is woven into papers, which a piece of one still carries.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from idaudit.checks.probes.sweep.carving import SHAPES
from idaudit.checks.probes.sweep.decoding import FORMATS, TooManyPixels, grey_of, pixels_of
from idaudit.checks.probes.sweep.marks import mark_in
from idaudit.fixtures.canaries import Cohort, Field, Mint
from idaudit.fixtures.documents import NEAR, Document, fingerprint
from idaudit.fixtures.papers.fingerprint import SIDE
from idaudit.fixtures.papers.marks import CONTROL

__all__ = ["LOOK_BYTES", "SMALLEST", "SMALLEST_MARKED", "Gallery", "Likeness", "Picture"]
__all__ += ["TooManyPixels", "look_of", "pixels_of"]

SMALLEST = 32
"""Pixels on the shorter side: below it, pictures are icons and all look alike."""

SMALLEST_MARKED = 40
"""Pixels on the shorter side: below it, no mark was ever read."""

LOOK_BYTES = 32
_REMEMBERED = 1 << 16  # files that need not be decoded again
_TOGETHER = 1 << 16  # looks compared at one time: two mebibytes of them
_ROTATIONS = (
    None,
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_180,
    Image.Transpose.ROTATE_270,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One planted paper: the file that was shown, and how it looks."""

    applicant: int
    data: bytes
    look: bytes  # 256-bit fingerprint

    @classmethod
    def of(cls, document: Document) -> "Picture":
        """Return what the sweep must know of *document* to find it again."""
        return cls(document.owner, document.data, fingerprint(document.picture))


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whose paper a picture shows, and by what it was known."""

    applicant: int
    form: tuple[str, ...]  # ("picture",) by its look; by its mark e.g. ("jpeg", "crop", "mark")
    cohort: Cohort = Cohort.SUBJECT

    @property
    def id(self) -> str:
        """What reports may print: "a7.document_picture"."""
        return f"a{self.applicant}.{Field.DOCUMENT_PICTURE}"


def look_of(data: bytes) -> bytes:
    """Return the fingerprint of the first picture in the file *data*; NULs where there is none."""
    for shape in SHAPES:
        at = data.find(shape.start)
        end = shape.end(data, at) if at >= 0 else 0
        if end > 0:
            with Image.open(BytesIO(data[at:end]), formats=FORMATS) as image:
                return fingerprint(image)
    return bytes(LOOK_BYTES)


class Gallery:
    """The looks of all planted papers, and the run whose marks they carry."""

    def __init__(self, pictures: Iterable[Picture], pixels: int, mint: Mint | None = None) -> None:
        """Hang *pictures*, know *mint*'s marks; what has more than *pixels* is not decoded."""
        self._owners = [(picture.applicant, picture.look) for picture in pictures]
        looks = b"".join(look for _, look in self._owners)
        self._planted = np.frombuffer(looks, np.uint64).reshape(-1, LOOK_BYTES // 8)
        self._pixels = pixels
        self._mint = mint
        self._known: OrderedDict[bytes, Likeness | None] = OrderedDict()

    def __bool__(self) -> bool:
        """Whether there is anything to compare with."""
        return bool(self._owners) or self._mint is not None

    def like(self, data: bytes) -> Likeness | None:
        """
        Return whose paper the image file *data* shows, whole or a piece of it.

        A file that was looked at before is not decoded again: surfaces are swept
        more than once, and systems keep one file in several places.

        Raises :class:`TooManyPixels` where the image is too large to be decoded.
        """
        digest = blake2b(data, digest_size=16).digest()
        if digest not in self._known:
            self._known[digest] = self._likeness(data)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[digest]

    def _likeness(self, data: bytes) -> Likeness | None:
        """Return whose paper the image file *data* shows."""
        opened = grey_of(data, self._pixels, SMALLEST)
        if opened is None:
            return None
        kind, picture = opened
        return self._look_alike(picture) or self._marked(kind, picture)

    def _look_alike(self, picture: Image.Image) -> Likeness | None:
        """Return the nearest planted paper, if it is near."""
        if not self._owners:
            return None
        looks = np.frombuffer(b"".join(_looks(picture)), np.uint64).reshape(-1, 1, LOOK_BYTES // 8)
        apart, at = min(self._distances(looks))
        return Likeness(self._owners[at][0], ("picture",)) if apart <= NEAR else None

    def _distances(self, looks: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
        """Yield the least distance of each batch of planted papers, and the paper's number."""
        for start in range(0, len(self._planted), _TOGETHER):
            planted = self._planted[start : start + _TOGETHER]
            nearest = np.bitwise_count(looks ^ planted).sum(axis=2, dtype=np.uint16).min(axis=0)
            at = int(nearest.argmin())
            yield int(nearest[at]), start + at

    def _marked(self, kind: str, picture: Image.Image) -> Likeness | None:
        """Return whose mark *picture*, from a file of one *kind*, carries."""
        if self._mint is None or min(picture.size) < SMALLEST_MARKED:
            return None
        mark = mark_in(picture, self._mint)
        if mark is None:
            return None
        cohort = Cohort.CONTROL if mark.kind == CONTROL else Cohort.SUBJECT
        return Likeness(mark.applicant, (kind, *mark.form, "mark"), cohort)


def _looks(picture: Image.Image) -> Iterator[bytes]:
    """Yield the fingerprint of a grey *picture* in each rotation."""
    small = picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    for turn in _ROTATIONS:
        yield fingerprint(small if turn is None else small.transpose(turn))
