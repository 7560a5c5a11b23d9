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

    def beside(self, data: bytes, start: int, end: int) -> str:
        """Return the letters, upper case, on that side of ``data[start:end]`` where its body is."""
        for step, length in zip(self.steps, (*self._inner(), len(self.tag)), strict=True):
            around = step.codec.read(data, start, end, step.phase)
            data, start = around.plain, around.at
            end = start + length
        text = data.upper().decode("latin-1")  # in this order: "ß" upper-cased is two letters
        if text[start:end] != self.tag:
            return ""
        return text[end:] if self.leads else text[:start]

    def _inner(self) -> Iterator[int]:
        """Yield the length of what each codec but the last was given to write."""
        return (len(step.literal) for step in self.steps[1:])


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


def owner(mint: Mint, spelling: Spelling, beside: str) -> Canary | None:
    """
    Return whose token the tag is that has the letters *beside* it.

    The body must pass its check and be of the tag's own cohort. Where what
    stands beside the tag is no body, separators are taken out once: a token
    folded over two lines is still a token.
    """
    for letters in (beside, "".join(filter(ALPHABET.__contains__, beside))):
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
