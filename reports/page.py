"""What ``report.html`` shows, arranged for its template; nothing is judged here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from idaudit.reports import words
from idaudit.reports.audit import Audit, Headline, Judgement
from idaudit.reports.headlines import headlines
from idaudit.reports.languages.tongue import ENGLISH, SOURCE, Tongue, languages
from idaudit.reports.languages.tongue import tongue as tongue_of
from idaudit.reports.places import Quarter, State, quarters
from idaudit.reports.record import CheckRecord, Finding, SurfaceRecord
from idaudit.threatmodel.model import (
    Area,
    Citation,
    Clause,
    Guarantee,
    Programme,
    Source,
    ThreatModel,
)
from idaudit.threatmodel.verdict import Verdict

T = TypeVar("T")
Filed = tuple[str, int, CheckRecord]  # a check with its anchor and its number

TOLD = 5  # findings of one promise told in full; one is enough to break it


@dataclass(frozen=True, slots=True)
class Told:
    """One finding, with links to the evidence behind it."""

    finding: Finding
    check: str
    check_anchor: str
    number: int  # of the check, as the evidence is numbered
    surface_anchor: str  # "" where the surface is none of the declared ones


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise with what this run says of it."""

    judgement: Judgement
    guarantee: Guarantee
    clause: Clause
    told: tuple[Told, ...]
    untold: int
    checks: tuple[Filed, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict, where templates look for it."""
        return self.judgement.verdict

    @property
    def unasked(self) -> bool:
        """Whether nobody asked, so that there is nothing to tell but that."""
        return not self.checks and not self.judgement.required

    @property
    def bounds(self) -> tuple[str, ...]:
        """What its checks would still have seen, each sentence once."""
        return tuple(dict.fromkeys(self.judgement.bounds))

    @property
    def cited(self) -> tuple[Citation, ...]:
        """Where the promise comes from, the programme's own source first."""
        own = [self.clause.source] if self.clause.source else []
        return tuple(dict.fromkeys([*own, *self.guarantee.sources]))


@dataclass(frozen=True, slots=True)
class Family:
    """The promises of one area: as the model lists them, and the worst first."""

    area: Area
    promises: tuple[Promise, ...]
    worst_first: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """One headline with the tally behind it."""

    headline: Headline
    tally: tuple[tuple[Verdict, int], ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same report in another language."""

    code: str
    told: str
    file: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the template needs."""

    audit: Audit
    model: ThreatModel
    programme: Programme
    topics: tuple[Topic, ...]
    families: tuple[Family, ...]
    tally: tuple[tuple[Verdict, int], ...]
    checks: tuple[tuple[str, CheckRecord], ...]  # with their anchors
    surfaces: tuple[tuple[str, SurfaceRecord], ...]
    quarters: tuple[Quarter, ...]
    elsewhere: tuple[Elsewhere, ...]

    @property
    def states(self) -> tuple[tuple[State, int], ...]:
        """Count the places by what is known of them, leaving out what does not occur."""
        found = [place.state for quarter in self.quarters for place in quarter.places]
        return tuple((state, found.count(state)) for state in State if state in found)

    @property
    def evidence(self) -> tuple[tuple[Guarantee, tuple[Filed, ...]], ...]:
        """Every check that ran, by promise."""
        promises = [promise for family in self.families for promise in family.promises]
        return tuple((each.guarantee, each.checks) for each in promises if each.checks)

    @property
    def kept(self) -> bool:
        """Whether any promise says how little it might have missed."""
        return any(words.in_a_hundred(one) is not None for one in self.audit.guarantees)

    @property
    def told(self) -> bool:
        """Whether any story is told."""
        return any(promise.told for family in self.families for promise in family.promises)

    @property
    def broken(self) -> tuple[Promise, ...]:
        """Every broken promise, in the order of the areas."""
        return tuple(
            promise
            for family in self.families
            for promise in family.promises
            if promise.verdict is Verdict.BROKEN
        )

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source behind a promise on this page, once, in the model's order."""
        cited = {
            one.source.id
            for family in self.families
            for promise in family.promises
            for one in promise.cited
        }
        return tuple(source for source in self.model.sources.values() if source.id in cited)

    @property
    def unnamed(self) -> tuple[SurfaceRecord, ...]:
        """The places that the suite came upon, or would not have; the target had named none."""
        return tuple(surface for _, surface in self.surfaces if not surface.declared)

    @property
    def unseen(self) -> tuple[SurfaceRecord, ...]:
        """The surfaces where finding nothing means nothing."""
        return tuple(surface for _, surface in self.surfaces if not surface.seen)


def arrange(audit: Audit, model: ThreatModel, tongue: Tongue = ENGLISH) -> Page:
    """Return *audit* as a page."""
    checks = [check for one in audit.guarantees for check in one.checks]
    told = headlines(audit.guarantees, model, completed=audit.completed, tongue=tongue)
    surfaces = tuple(numbered("surface", audit.surfaces))
    return Page(
        audit=audit,
        model=model,
        programme=model.programmes[audit.header.program],
        topics=tuple(_topic(line, audit, model) for line in told),
        families=_families(audit, model, _Anchors(checks, audit.surfaces)),
        tally=_tally(audit.guarantees),
        checks=tuple(numbered("check", checks)),
        surfaces=surfaces,
        quarters=quarters(audit, model, surfaces),
        elsewhere=tuple(_elsewhere(code) for code in languages() if code != tongue.code),
    )


def _elsewhere(code: str) -> Elsewhere:
    """Return where the report can be read in another language, told in that one."""
    file = "report.html" if code == SOURCE else f"report.{code}.html"
    return Elsewhere(code, tongue_of(code).say("This report in English:"), file)


def numbered(word: str, items: Sequence[T]) -> list[tuple[str, T]]:
    """Pair each item with an anchor; a target's own names may not be fit for one."""
    return [(f"{word}-{number}", item) for number, item in enumerate(items, 1)]


class _Anchors:
    """Where on the page each check and each surface is."""

    def __init__(self, checks: Sequence[CheckRecord], surfaces: Sequence[SurfaceRecord]) -> None:
        self.checks = {(one.guarantee, one.id): place for place, one in numbered("check", checks)}
        self.surfaces = {one.id: place for place, one in numbered("surface", surfaces)}

    def told(self, check: CheckRecord, finding: Finding) -> Told:
        """Return *finding* with its links."""
        place = self.checks[check.guarantee, check.id]
        number = int(place.rpartition("-")[2])
        return Told(finding, check.id, place, number, self.surfaces.get(finding.surface, ""))

    def filed(self, check: CheckRecord) -> Filed:
        """Return *check* with its anchor and its number."""
        place = self.checks[check.guarantee, check.id]
        return place, int(place.rpartition("-")[2]), check


def _families(audit: Audit, model: ThreatModel, anchors: _Anchors) -> tuple[Family, ...]:
    """Return every area that has a promise."""
    clauses = model.programmes[audit.header.program].clauses
    families = []
    for area in Area:
        own = [one for one in audit.guarantees if model.guarantees[one.guarantee].area is area]
        promises = {one.guarantee: _promise(one, clauses[one.guarantee], anchors) for one in own}
        worst = tuple(promises[one.guarantee] for one in words.worst_first(own))
        if own:
            families.append(Family(area, tuple(promises.values()), worst))
    return tuple(families)


def _promise(judgement: Judgement, clause: Clause, anchors: _Anchors) -> Promise:
    """Return one promise with its shortest stories told."""
    found = [(check, finding) for check in judgement.checks for finding in check.findings]
    found.sort(key=lambda each: len(each[1].story))
    told = [anchors.told(check, finding) for check, finding in found]
    return Promise(
        judgement=judgement,
        guarantee=clause.guarantee,
        clause=clause,
        told=tuple(told[:TOLD]),
        untold=len(told[TOLD:]),
        checks=tuple(map(anchors.filed, judgement.checks)),
    )


def _topic(line: Headline, audit: Audit, model: ThreatModel) -> Topic:
    """Return one headline with how its promises fared."""
    about = [
        one for one in audit.guarantees if line.subject in model.guarantees[one.guarantee].subjects
    ]
    return Topic(line, _tally(about))


def _tally(judgements: Sequence[Judgement]) -> tuple[tuple[Verdict, int], ...]:
    """Count *judgements* by verdict, the worst first, leaving out what does not occur."""
    verdicts = [one.verdict for one in judgements]
    return tuple(
        (verdict, verdicts.count(verdict)) for verdict in reversed(Verdict) if verdict in verdicts
    )
