"""
The waves in a picture, whatever its size: a spectrum, read at any place.

Every picture is brought to one length first, and the pull of print is cut off
(what stands out by more than a mark does says nothing about a mark). Where in
its spectrum a wave lies then follows from how large the pattern is in the
picture, and which of four ways the picture is turned; a :class:`Comb` works
that out once for many sizes, and reads them all in one go.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 192
"""Pixels of the longer side that every picture is brought to."""
SHORTEST = 4.0
"""Pixels of the shortest wave that can be read at that length."""

_ROOM = 512  # of the transform: each wave falls between two of its places at worst
_COLUMNS = int(_ROOM / SHORTEST) + 2
_LARGEST = 480  # more pixels to a side tell nothing more, and cost
_PATCHES = 20  # to a side: what is coarser is ground
_CUTS = 12, 10  # shades from the ground: what stands out by more is print
_TURNS = np.array([[[1, 0], [0, 1]], [[0, 1], [-1, 0]], [[-1, 0], [0, -1]], [[0, -1], [1, 0]]])

Waves = NDArray[np.complex64]


def spectrum(picture: Image.Image) -> Waves:
    """Return the spectrum of a grey *picture*, its middle taken as the origin."""
    grain = np.asarray(_grain(picture))
    height, width = grain.shape
    wide = np.zeros((height, _ROOM), np.float32)
    wide[:, :width] = grain
    rows = np.fft.rfft(np.roll(wide, -(width // 2), axis=1))[:, :_COLUMNS]
    tall = np.zeros((_ROOM, _COLUMNS), np.complex64)
    tall[:height] = rows
    centred = np.roll(tall, -(height // 2), axis=0)
    return np.fft.fft(centred, axis=0).astype(np.complex64)


def _grain(picture: Image.Image) -> Image.Image:
    """Return what stands out from the ground, at the length all pictures have."""
    if max(picture.size) > _LARGEST:
        picture = _fitted(picture, _LARGEST, Image.Resampling.BOX)
    paper = np.asarray(picture, np.float32)
    for cut in _CUTS:  # once to leave the print out of the ground, once to have the grain
        ground = _ground(paper)
        paper = np.clip(paper, ground - cut, ground + cut)
    grain = Image.fromarray(paper - ground)
    return _fitted(grain, SIDE, Image.Resampling.BICUBIC)


def _ground(paper: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the shades of *paper* without anything fine."""
    shades = Image.fromarray(paper.astype(np.uint8))
    coarse = _fitted(shades, _PATCHES, Image.Resampling.BOX)
    return np.asarray(coarse.resize(shades.size, Image.Resampling.BILINEAR), np.float32)


def _fitted(picture: Image.Image, side: int, how: Image.Resampling) -> Image.Image:
    """Return *picture* with its longer side *side* pixels long."""
    scale = side / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    return picture.resize((width, height), how)


class Comb:
    """Where certain waves of a tile lie in a spectrum, for tiles of several sizes."""

    def __init__(
        self, waves: NDArray[np.int64], tiles: NDArray[np.float64], turns: tuple[int, ...]
    ) -> None:
        """Look for *waves* (to a tile, down and across) in *tiles* so many pixels long."""
        turned = waves @ _TURNS[list(turns)].transpose(0, 2, 1)
        at = turned * (_ROOM / tiles[:, None, None, None])
        self._mirrored = at[..., 1] < 0
        at = np.where(self._mirrored[..., None], -at, at)
        base = np.floor(at).astype(np.int64)
        down, across = np.moveaxis(at - base, -1, 0)
        corners = [(0, 0, (1 - down) * (1 - across)), (1, 0, down * (1 - across))]
        corners += [(0, 1, (1 - down) * across), (1, 1, down * across)]
        self._parts = [
            ((base[..., 0] + y) % _ROOM * _COLUMNS + base[..., 1] + x, weight.astype(np.float32))
            for y, x, weight in corners
        ]

    def phases(self, spectrum: Waves) -> Waves:
        """Return the waves' phases as numbers of length 1: by tile, turn and wave."""
        flat = spectrum.ravel()
        read = sum(flat[place] * weight for place, weight in self._parts)
        np.conjugate(read, out=read, where=self._mirrored)
        return np.asarray(read / np.maximum(np.abs(read), np.finfo(np.float32).tiny), np.complex64)
