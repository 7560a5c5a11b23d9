"""
Scans of one to four megabytes for a crowd, faster than anybody could draw them.

A few model papers are drawn; for each applicant every canary in one of them is
written over with the applicant's own, so that a copy of it names its owner.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from idaudit.fixtures.applicants import Applicant, Applicants, Document
from idaudit.fixtures.canaries import TOKEN_LETTERS, Cohort, Field, Mint

SIZES = (1_000_000, 1_800_000, 2_600_000, 4_000_000)


@dataclass(frozen=True, slots=True, repr=False)
class Scan(Document):
    """A paper whose bytes are at hand."""

    content: bytes = b""

    @property
    def data(self) -> bytes:
        """The file."""
        return self.content


@dataclass
class Models:
    """The model papers of one run."""

    mint: Mint
    sizes: Sequence[int] = SIZES

    def scan(self, of: Applicant, number: int) -> Scan:
        """Return a scan of paper *number* of an applicant, with the applicant's own canaries."""
        place = (of.index + number) % len(self._drawn)
        raw, spots = self._drawn[place]
        page = raw.copy()
        first = (number + 1) * 8192
        tokens = self.mint.tokens(of.index, Field.DOCUMENT_BYTES, range(first, first + len(spots)))
        page[spots[:, None] + np.arange(TOKEN_LETTERS)] = tokens
        paper = of.documents[number % len(of.documents)]
        said = {each.name: getattr(paper, each.name) for each in fields(Document)}
        said["media_type"] = "image/jpeg"
        return Scan(**said, content=page.tobytes())

    @cached_property
    def _drawn(self) -> list[tuple[np.ndarray, np.ndarray]]:
        people = Applicants(self.mint)
        first, last = self.mint.tags(Cohort.SUBJECT)
        pattern = re.compile(f"{first}[A-Z]{{16}}{last}".encode())
        drawn = []
        for size in self.sizes:
            paper = people.next(media_type="image/jpeg", size=size).documents[0]
            spots = [found.start() for found in pattern.finditer(paper.data)]
            drawn.append((np.frombuffer(paper.data, np.uint8), np.array(spots)))
        return drawn
