"""
Everything that is translated and stands in no template: our words, and the model's prose.

A catalogue keeps each under its kind, so that "Registry" as a place and as a
heading may differ. Reason codes of findings come from whoever declares them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from idaudit.reports import words
from idaudit.reports.languages.sentences import SENTENCES
from idaudit.reports.languages.tongue import MONTHS
from idaudit.reports.text import one_line
from idaudit.threatmodel.diagrams.folders import until
from idaudit.threatmodel.model import Guarantee, ThreatModel

OPTIONAL = frozenset({"finding"})
"""Kinds of which a catalogue may lack some: what it lacks is printed in English, marked so."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One text of one kind, with a note for whoever translates it."""

    kind: str
    text: str
    note: str = ""


def sayings(
    model: ThreatModel, reasons: Iterable[str] = (), checks: Iterable[str] = ()
) -> tuple[Saying, ...]:
    """Return every saying once; *reasons* are the codes of findings, *checks* the ids of checks."""
    every = [*_words(), *_promises(model), *_programmes(model), *_places(model)]
    every += [Saying("finding", words.spoken(code), code) for code in sorted(reasons)]
    every += [Saying("check", words.in_words(each), each) for each in sorted(checks)]
    found: dict[tuple[str, str], Saying] = {}
    for each in every:
        if each.text:
            found.setdefault((each.kind, each.text), each)
    return tuple(found.values())


def _words() -> Iterator[Saying]:
    """Yield the plain words every report uses."""
    for kind, table in (
        ("verdict", words.VERDICTS),
        ("meaning", words.MEANINGS),
        ("headline", words.HEADLINES),
        ("subject", words.SUBJECTS),
        ("subject", words.SUBJECT_HINTS),
        ("area", words.AREAS),
        ("obligation", words.OBLIGATIONS),
        ("change", words.CHANGES),
        ("state", words.STATES),
        ("outcome", words.OUTCOMES),
        ("assurance", words.ASSURANCES),
    ):
        yield from (Saying(kind, text, str(key)) for key, text in table.items())
    yield Saying("obligation", words.HOUSE)
    yield from (Saying("month", month) for month in MONTHS)
    for kind, texts in SENTENCES.items():
        yield from (Saying(kind, text, "words in braces stay as they are") for text in texts)


def _promises(model: ThreatModel) -> Iterator[Saying]:
    """Yield what is promised, and what no test can show."""
    for guarantee in model.guarantees.values():
        yield from _promise(guarantee)
    for limit in model.limits:
        yield Saying("limit", one_line(limit.statement), limit.id)
        yield Saying("limit", one_line(limit.instead), f"{limit.id}: what to ask for instead")
    for source in model.sources.values():
        yield Saying("caution", one_line(source.caution), source.title)


def _promise(guarantee: Guarantee) -> Iterator[Saying]:
    yield Saying("promise", one_line(guarantee.plain), f"{guarantee.id}: {guarantee.statement}")
    yield Saying("reason", one_line(guarantee.no_check_yet), guarantee.id)


def _programmes(model: ThreatModel) -> Iterator[Saying]:
    """Yield what each programme says of itself and of each promise."""
    for programme in model.programmes.values():
        yield Saying("programme", one_line(programme.title), programme.id)
        yield Saying("programme", one_line(programme.summary), programme.id)
        for id_, clause in programme.clauses.items():
            yield Saying("clause", one_line(clause.why), f"{programme.id}, {id_}")


def _places(model: ThreatModel) -> Iterator[Saying]:
    """Yield the places on the copies map, and what may rest in them."""
    for element in model.attack.elements.values():
        if element.surfaces:
            yield Saying("place", element.name, element.what)
            yield Saying("place", element.boundary.name, element.boundary.what)
            for kind, term in element.holds.items():
                yield Saying("data", model.attack.data[kind].name)
                yield Saying("until", until(term))
