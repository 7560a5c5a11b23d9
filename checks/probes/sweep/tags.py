"""The tags of one run in every form, and reading whose token a tag belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from idaudit.checks.probes.sweep.codecs import Codec, Core
from idaudit.checks.probes.sweep.engine import Needle, needle
from idaudit.checks.probes.sweep.forms import CHAINS, MASKED
from idaudit.fixtures.canaries import ALPHABET, BODY_LETTERS, Canary, Cohort, Mint


@dataclass(frozen=True, slots=True)
class Step:
    """One codec of a chain, with the core it must find and that core's alignment."""

    codec: Codec
    core: Core


@dataclass(frozen=True, slots=True)
class Read:
    """What stands at a tag once all its forms are undone."""

    beside: str  # the letters, upper case, on that side of the tag where its body is
    form: tuple[str, ...]
    sure: bool  # False where this is the tag only if it reads as such, and it does not


@dataclass(frozen=True, slots=True)
class Spelling:
    """One tag, written in one way."""

    cohort: Cohort
    leads: bool  # whether it is the tag before the body
    tag: str
    steps: tuple[Step, ...]  # outermost first

    def read(self, data: bytes, start: int, end: int) -> Read:
        """Undo the forms of ``data[start:end]`` one by one, and of what stands around it."""
        form, sure = [], True
        for step, length in zip(self.steps, (*self._inner(), len(self.tag)), strict=True):
            around = step.codec.read(data, start, end, step.core.phase)
            data, start = around.plain, around.at
            end = start + length
            form.append(around.name or step.codec.name)
            sure = sure and around.sure
        text = data.upper().decode("latin-1")  # in this order: "ß" upper-cased is two letters
        if not self._is_tag(text[max(0, start) : end]):
            return Read("", tuple(form), sure)
        return Read(text[end:] if self.leads else text[:start], tuple(form), sure=True)

    def _is_tag(self, text: str) -> bool:
        """Whether *text* is the tag; where a letter was misread, the pattern has held the rest."""
        wrong = sum(map(str.__ne__, text, self.tag))
        return len(text) == len(self.tag) and wrong <= (self.steps[-1].codec.name == "misread")

    def _inner(self) -> Iterator[int]:
        """Yield the length of what each codec but the last was given to write."""
        return (len(step.core.literal) for step in self.steps[1:])


Tags = tuple[tuple[Cohort, tuple[str, str]], ...]


def tags_of(mint: Mint) -> Tags:
    """Return what decides the patterns of a run."""
    return tuple((cohort, mint.tags(cohort)) for cohort in Cohort)


@lru_cache(maxsize=8)
def tag_needles(tags: Tags) -> tuple[Needle[Spelling], ...]:
    """Return the patterns for all tags in all forms."""
    found = (
        _needle(spelling)
        for cohort, pair in tags
        for leads, tag in zip((True, False), pair, strict=True)
        for spelling in _spellings(cohort, tag, leads=leads)
    )
    first: dict[bytes, Needle[Spelling]] = {}
    for each in found:
        first.setdefault(each.expression, each)
    return tuple(first.values())


def _needle(spelling: Spelling) -> Needle[Spelling]:
    """Return the pattern of the outermost form."""
    codec, core = spelling.steps[0].codec, spelling.steps[0].core
    if core.expression:
        return Needle(core.expression, len(core.literal), spelling)
    return needle(core.literal, spelling, caseless=codec.folds)


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
        for chain in (*CHAINS, *MASKED) if plain.isupper() else CHAINS:
            for steps in _steps(chain, plain.encode("ascii")):
                yield Spelling(cohort, leads, tag, steps)


def _steps(chain: tuple[Codec, ...], plain: bytes) -> Iterator[tuple[Step, ...]]:
    """Yield the chain's steps for every alignment of every codec in it."""
    *outer, codec = chain
    for core in codec.cores(plain):
        here = Step(codec, core)
        if not outer:
            yield (here,)
        else:
            yield from ((*steps, here) for steps in _steps(tuple(outer), core.literal))
