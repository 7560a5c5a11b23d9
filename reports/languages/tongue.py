"""
One language in which a report speaks: what it says, and what it has no words for.

English is written in the code, the templates and the threat model, and is the
key by which a catalogue is looked up. What a check or a target said is
evidence: it stands as it was recorded, marked as English.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from markupsafe import Markup, escape

from idaudit.reports.languages.sentences import SENTENCES
from idaudit.reports.languages.stories import NAMED
from idaudit.reports.text import one_line, opening
from idaudit.threatmodel.errors import UsageError, did_you_mean

SOURCE = "en"
"""The language of the code and of the model."""

_NUMBER = re.compile(r"\d+")
_HOLE = re.compile(r"\{(\w+)\}")
_ONE = re.compile(r"(?<=\.) (?=[A-Z])")
_PROSE = re.compile(r"\b(?:[a-z]+ ){2,}[a-z]+\b")
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
        if told := self._told(text):
            return escape(told)
        for kind in (context, "speech"):
            if found := _fitting(kind, one_line(text)):
                pattern, kept = found
                holes = {name: self.retold(context, each) for name, each in kept.items()}
                return escape(self.kind(kind, pattern)).format(**holes)
        return self.foreign(text)

    def story(self, text: str) -> Markup:
        """Return one sentence of a story, whole in this language or whole as it was recorded."""
        if self.code == SOURCE:
            return escape(text)
        told = self._told(text)
        return escape(opening(told)) if told else self.foreign(text)

    def _told(self, text: str) -> str:
        """Return what the catalogue makes of *text*, all of it; "" where any part is unknown."""
        bare = text.removesuffix(".")
        if deed := self._deed(bare):
            return f"{deed}." if bare != text else deed
        if text.startswith("“") and self.knows("check", text.strip("“”")):
            return self.say("“{check}”", check=self.kind("check", text.strip("“”")))
        if told := self._filled("speech", text, self._told_or_named):
            return told
        every = [opening(self._told(one)) for one in _ONE.split(text)] if _ONE.search(text) else []
        return " ".join(every) if all(every) else ""

    def _deed(self, text: str) -> str:
        """Return what a story's pattern makes of *text*; "" where any part of it is unknown."""
        small = f"{text[:1].lower()}{text[1:]}"
        return text if _NUMBER.fullmatch(text) else self._filled("story", small, self._deed)

    def _told_or_named(self, text: str) -> str:
        """Return what *text* is in this language; what is no prose is a name, and stays."""
        return self._told(text) or ("" if _PROSE.search(text) else text)

    def _listed(self, text: str) -> str:
        """Return names as a list has them, each in this language where it has a word for it."""
        told = [self._told_or_named(each) for each in text.replace(" and ", ", ").split(", ")]
        if not all(told):
            return ""
        head = ", ".join(told[:-1])
        return self.say("{others} and {last}", others=head, last=told[-1]) if head else told[-1]

    def _filled(self, kind: str, text: str, fill: Callable[[str], str]) -> str:
        """Return *text* by the pattern of one *kind* that fits it, each hole put through *fill*."""
        for each in (text, f"{text[:1].lower()}{text[1:]}"):
            if self.knows(kind, each):
                return self.kind(kind, each)
        for pattern, kept in _all_fitting(kind, text):
            holes = {
                name: self._listed(each) if name in NAMED else fill(each)
                for name, each in kept.items()
            }
            if all(holes.values()):
                return self.kind(kind, pattern).format(**holes)
        return ""

    def day(self, moment: datetime) -> str:
        """Return a date as a newspaper prints it, in UTC."""
        utc = moment.astimezone(UTC)
        month = self.kind("month", MONTHS[utc.month - 1])
        return self.say("{day} {month} {year}", day=utc.day, month=month, year=utc.year)

    def calendar(self, day: date) -> str:
        """Return a day of the calendar as a newspaper prints it."""
        return self.day(datetime(day.year, day.month, day.day, tzinfo=UTC))

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
def _patterns(context: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Return each sentence with holes of one kind, how it begins, and what it fits."""
    texts = [text for text in SENTENCES.get(context, ()) if _HOLE.search(text)]
    texts.sort(key=lambda text: (-len(_HOLE.sub("", text)), text))  # the most telling first
    return tuple((text, _HOLE.split(text)[0], _shape(text)) for text in texts)


def _fitting(context: str, text: str) -> tuple[str, dict[str, str]] | None:
    """Return the most telling pattern that fits *text*, and what stands in its holes."""
    return next(_all_fitting(context, text), None)


def _all_fitting(context: str, text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every pattern that fits *text*, the most telling first."""
    for pattern, begin, shape in _patterns(context):
        if text.startswith(begin) and (found := shape.fullmatch(text)):
            yield pattern, found.groupdict()


def _shape(text: str) -> re.Pattern[str]:
    """Return what fits *text*: the same hole holds the same, and that of a number figures."""
    known: set[str] = set()
    parts = []
    for place, part in enumerate(_HOLE.split(text)):
        if not place % 2:
            parts.append(re.escape(part))
        elif part in known:
            parts.append(f"(?P={part})")
        else:
            parts.append(f"(?P<{part}>{_NUMBER.pattern if part == 'number' else '.+?'})")
            known.add(part)
    return re.compile("".join(parts), re.DOTALL)
