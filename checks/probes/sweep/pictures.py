"""
Finding a paper by its look.

Products re-encode, resize and rename what they are given, so a kept scan need
not share one byte with the file that was shown. Every picture found anywhere
is decoded and its fingerprint compared with that of every planted paper, in
four rotations.
"""

import struct
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from idaudit.checks.probes.sweep.carving import SHAPES
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.documents import NEAR, Document, fingerprint

SMALLEST = 32
"""Pixels on the shorter side: below it, pictures are icons and all look alike."""

LOOK_BYTES = 32
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
            with Image.open(BytesIO(data[at:end]), formats=("JPEG", "PNG")) as image:
                return fingerprint(image)
    return bytes(LOOK_BYTES)


def pixels_of(data: bytes, most: int) -> bytes:
    """Return the pixels of the image file *data* as they lie, none where there are too many."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(data), formats=("PNG",)) as image:
                return image.tobytes() if image.width * image.height <= most else b""
        except (Image.DecompressionBombError, *_UNDECODABLE):
            return b""


class Gallery:
    """The looks of all planted papers."""

    def __init__(self, pictures: Iterable[Picture], pixels: int) -> None:
        """Hang *pictures*; what has more than *pixels* is not decoded."""
        self._pictures = tuple(pictures)
        looks = b"".join(picture.look for picture in self._pictures)
        self._planted = np.frombuffer(looks, np.uint8).reshape(-1, LOOK_BYTES)
        self._pixels = pixels

    def __bool__(self) -> bool:
        """Whether there is anything to compare with."""
        return bool(self._pictures)

    def like(self, data: bytes) -> Picture | None:
        """
        Return the nearest planted paper that the image file *data* looks like.

        Raises :class:`TooManyPixels` where the image is too large to be decoded.
        """
        looks = list(self._looks(data))
        if not looks:
            return None
        seen = np.frombuffer(b"".join(looks), np.uint8).reshape(-1, 1, LOOK_BYTES)
        apart = np.bitwise_count(seen ^ self._planted).sum(axis=2)
        nearest = apart.min(axis=0)
        at = int(nearest.argmin())
        return self._pictures[at] if nearest[at] <= NEAR else None

    def _looks(self, data: bytes) -> Iterator[bytes]:
        """Yield the fingerprint in each rotation; nothing where it is no picture."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a hostile file warns as it likes
            try:
                image = Image.open(BytesIO(data), formats=("JPEG", "PNG"))
                if image.width * image.height > self._pixels:
                    message = f"{image.width} x {image.height} pixels"
                    raise TooManyPixels(message)
                if min(image.size) < SMALLEST:
                    return
                small = _reduced(image)
            except Image.DecompressionBombError as error:
                raise TooManyPixels("more pixels than Pillow opens") from error
            except _UNDECODABLE:
                return
        for turn in _ROTATIONS:
            yield fingerprint(small if turn is None else small.transpose(turn))


class TooManyPixels(Exception):
    """An image claims more pixels than the sweep will decode."""


_UNDECODABLE = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,  # Pillow's word for a broken PNG
    ValueError,
    struct.error,
    EOFError,
    KeyError,
    IndexError,
    OverflowError,
    MemoryError,
)


def _reduced(image: Image.Image) -> Image.Image:
    """Return *image* in grey, as flat ground where it is transparent."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L")
