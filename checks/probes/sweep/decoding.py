"""Opening picture files that nobody vouches for."""

import struct
import warnings
from io import BytesIO

from PIL import Image, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
"""What is opened."""

_ENOUGH = 700  # pixels to a side, as papers have; photographs of twice that are decoded coarsely


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


def grey_of(data: bytes, most: int, smallest: int) -> tuple[str, Image.Image] | None:
    """
    Return the format of the image file *data*, and its picture in grey.

    Returns None where it is no picture, or has fewer pixels to a side than *smallest*.

    Raises :class:`TooManyPixels` where it has more than *most*.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a hostile file warns as it likes
        try:
            image = Image.open(BytesIO(data), formats=FORMATS)
            if image.width * image.height > most:
                message = f"{image.width} x {image.height} pixels"
                raise TooManyPixels(message)
            if min(image.size) < smallest:
                return None
            image.draft("L", (_ENOUGH, _ENOUGH))
            return (image.format or "").lower(), _reduced(image)
        except Image.DecompressionBombError as error:
            raise TooManyPixels("more pixels than Pillow opens") from error
        except _UNDECODABLE:
            return None


def pixels_of(data: bytes, most: int) -> bytes:
    """Return the pixels of the image file *data* as they lie, none where there are too many."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(data), formats=("PNG",)) as image:
                return image.tobytes() if image.width * image.height <= most else b""
        except (Image.DecompressionBombError, *_UNDECODABLE):
            return b""


def _reduced(image: Image.Image) -> Image.Image:
    """Return *image* in grey, as flat ground where it is transparent."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L")
