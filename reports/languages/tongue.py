"""
One language in which a report speaks: what it says, and what it has no words for.

English is written in the code, the templates and the threat model, and is the
key by which a catalogue is looked up. What a check or a target said is
evidence: it stands as it was recorded, marked as English.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from markupsafe import Markup, escape

from idaudit.reports.languages.sentences import SENTENCES
from idaudit.reports.text import one_line, opening
from idaudit.threatmodel.errors import UsageError, did_you_mean

SOURCE = "en"
"""The language of the code and of the model."""

_NUMBER = re.compile(r"\d+")
_HOLE = re.compile(r"\{(\w+)\}")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language."""

    code: str  # as BCP 47 has it: "es"
    catalogue: NullTranslations

    def say(self, text: str, /, **holes: object) -> str:
        """Return *text* in this language, its holes filled."""
        return self.catalogue.gettext(text).format(**holes)

    def count(self, one: str, many: str, number: int, /, **holes: object) -> str:
        """Return *one* or *many*, as this language counts *number*, its holes filled."""
        told = self.catalogue.ngettext(one, many, number)
        return told.format(number=f"{number:,}", **holes)

    def kind(self, context: str, text: str) -> str:
        """Return a text of one kind, as :mod:`idaudit.reports.languages.sayings` names kinds."""
        return self.catalogue.pgettext(context, one_line(text))

    def knows(self, context: str, text: str) -> bool:
        """Whether the catalogue holds *text*; English knows everything."""
        return self.code == SOURCE or self.kind(context, text) != one_line(text)

    def prose(self, context: str, text: str) -> Markup:
        """Return a text of one kind for a page, marked as English where nobody translated it."""
        if self.knows(context, text):
            return escape(self.kind(context, text))
        return self.foreign(text)

    def foreign(self, text: str) -> Markup:
        """Return what was recorded in English, marked so that a page is read aloud rightly."""
        if self.code == SOURCE or not text:
            return escape(text)
        return Markup('<span lang="en">{}</span>').format(text)

    def retold(self, context: str, text: str) -> Markup:
        """
        Return a sentence that some pattern of the catalogue fits, its holes as they were.

        ``{check} tried nothing`` fits "ages tried nothing", so a sentence that
        was put together long ago can still be said in another language.
        """
        if self.code == SOURCE or self.knows(context, text):
            return escape(self.kind(context, text))
        for pattern, shape in _patterns(context):
            if found := shape.fullmatch(one_line(text)):
                told = escape(self.kind(context, pattern))
                kept = found.groupdict().items()
                holes = {name: self.retold(context, each) for name, each in kept}
                return told.format(**holes)
        return self.foreign(text)

    def story(self, text: str) -> Markup:
        """Return one sentence of a story, whole in this language or whole as it was recorded."""
        if self.code == SOURCE:
            return escape(text)
        told = self._deed(text.removesuffix("."))
        return escape(f"{opening(told)}.") if told else self.foreign(text)

    def _deed(self, text: str) -> str:
        """Return what a story's pattern makes of *text*; "" where any part of it is unknown."""
        small = f"{text[:1].lower()}{text[1:]}"
        if _NUMBER.fullmatch(text) or self.knows("story", small):
            return self.kind("story", small)
        for pattern, shape in _patterns("story"):
            if found := shape.fullmatch(small):
                holes = {name: self._deed(each) for name, each in found.groupdict().items()}
                if all(holes.values()):
                    return self.kind("story", pattern).format(**holes)
        return ""

    def day(self, moment: datetime) -> str:
        """Return a date as a newspaper prints it, in UTC."""
        utc = moment.astimezone(UTC)
        month = self.kind("month", MONTHS[utc.month - 1])
        return self.say("{day} {month} {year}", day=utc.day, month=month, year=utc.year)

    def minute(self, moment: datetime) -> str:
        """Return a date and time of day, in UTC."""
        clock = f"{moment.astimezone(UTC):%H:%M}"
        return self.say("{day}, {clock} UTC", day=self.day(moment), clock=clock)


ENGLISH = Tongue(SOURCE, NullTranslations())


@cache
def tongue(code: str) -> Tongue:
    """
    Return the language called *code*.

    Raises:
        UsageError: there is no catalogue of it.

    """
    if code == SOURCE:
        return ENGLISH
    if code not in (known := languages()):
        raise UsageError(
            f"no catalogue speaks {code!r}{did_you_mean(code, known)}; "
            f"expected one of {', '.join(known)}"
        )
    with files("idaudit.reports.languages").joinpath(f"{code}.mo").open("rb") as file:
        return Tongue(code, GNUTranslations(file))


@cache
def languages() -> tuple[str, ...]:
    """Return every language a report can be had in, English first."""
    folder = files("idaudit.reports.languages")
    names = (entry.name for entry in folder.iterdir())
    return SOURCE, *sorted(name.removesuffix(".mo") for name in names if name.endswith(".mo"))


@cache
def _patterns(context: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return each sentence with holes of one kind, and what it fits, the most telling first."""
    texts = sorted(SENTENCES[context], key=lambda text: (-len(_HOLE.sub("", text)), text))
    return tuple((text, _shape(text)) for text in texts)


def _hole(name: str) -> str:
    """Return what may stand in a hole: figures in that of a number, anything in another."""
    return rf"(?P<{name}>{_NUMBER.pattern if name == 'number' else '.+?'})"


def _shape(text: str) -> re.Pattern[str]:
    """Return what fits *text*, whatever stands in its holes."""
    parts = _HOLE.split(text)
    filled = (_hole(part) if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(filled), re.DOTALL)
