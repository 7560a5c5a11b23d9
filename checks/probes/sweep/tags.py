"""The tags of one run in every form, and reading whose token a tag belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from idaudit.checks.probes.sweep.codecs import CHAINS, Codec
from idaudit.checks.probes.sweep.engine import Needle, needle
from idaudit.fixtures.canaries import ALPHABET, BODY_LETTERS, Canary, Cohort, Mint


@dataclass(frozen=True, slots=True)
class Step:
    """One codec of a chain, with the core it must find and that core's alignment."""

    codec: Codec
    literal: bytes
    phase: int


@dataclass(frozen=True, slots=True)
class Spelling:
    """One tag, written in one way."""

    cohort: Cohort
    leads: bool  # whether it is the tag before the body
    tag: str
    steps: tuple[Step, ...]  # outermost first

    @property
    def form(self) -> tuple[str, ...]:
        """What a hit's form ends with."""
        return tuple(step.codec.name for step in self.steps)

    def text(self, data: bytes, start: int, end: int) -> str:
        """Return the letters around ``data[start:end]``, upper case, or "" if unreadable."""
        for at, step in enumerate(self.steps):
            data = step.codec.read(data, start, end, step.phase)
            if at + 1 < len(self.steps):
                # Folded: a core may have lost the bits that tell letter cases apart.
                inner = self.steps[at + 1].literal.lower()
                start = data.lower().find(inner)
                end = start + len(inner)
                if start < 0:
                    return ""
        return data.decode("latin-1").upper()


Tags = tuple[tuple[Cohort, tuple[str, str]], ...]


def tags_of(mint: Mint) -> Tags:
    """Return what decides the patterns of a run."""
    return tuple((cohort, mint.tags(cohort)) for cohort in Cohort)


@lru_cache(maxsize=8)
def tag_needles(tags: Tags) -> tuple[Needle[Spelling], ...]:
    """Return the patterns for all tags in all forms."""
    found = (
        needle(spelling.steps[0].literal, spelling, caseless=spelling.steps[0].codec.folds)
        for cohort, pair in tags
        for leads, tag in zip((True, False), pair, strict=True)
        for spelling in _spellings(cohort, tag, leads=leads)
    )
    return tuple({each.expression: each for each in found}.values())


def owner(mint: Mint, spelling: Spelling, text: str) -> Canary | None:
    """
    Return whose token the tag in *text* belongs to.

    The body must pass its check and be of the tag's own cohort. Where what
    stands beside the tag is no body, separators are taken out once: a token
    folded over two lines is still a token.
    """
    before, tag, after = text.partition(spelling.tag)
    if not tag:
        return None
    for strip in (False, True):
        side = after if spelling.leads else before
        letters = "".join(filter(ALPHABET.__contains__, side)) if strip else side
        body = letters[:BODY_LETTERS] if spelling.leads else letters[-BODY_LETTERS:]
        canary = mint.read_body(body)
        if canary is not None and canary.cohort is spelling.cohort:
            return canary
    return None


def _spellings(cohort: Cohort, tag: str, *, leads: bool) -> Iterator[Spelling]:
    """
    Yield *tag* in every letter case and form.

    Letter cases are patterns of their own: a case-insensitive base64 pattern
    would match other text.
    """
    cased = {tag.upper(): None, tag.lower(): None, tag.title(): None}
    for plain in cased if leads else [tag.upper(), tag.lower()]:
        for chain in CHAINS:
            for steps in _steps(chain, plain.encode("ascii")):
                yield Spelling(cohort, leads, tag, steps)


def _steps(chain: tuple[Codec, ...], plain: bytes) -> Iterator[tuple[Step, ...]]:
    """Yield the chain's steps for every alignment of every codec in it."""
    *outer, codec = chain
    for core in codec.cores(plain):
        here = Step(codec, core.literal, core.phase)
        if not outer:
            yield (here,)
        else:
            yield from ((*steps, here) for steps in _steps(tuple(outer), core.literal))
