"""
The gates: what must hold between the model, the checks, the defects and what ran.

All of them are fatal, and none can be switched off. A gate that is passed by
having nothing to look at is no gate, so the numbers of everything are written
down in ``register.toml``. Gates 1 and 2, that the files keep to their schema and
that whatever they point at exists, are the loader's: it reads nothing else.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from idaudit.threatmodel.coverage import Gap, gaps
from idaudit.threatmodel.diagrams.views import undrawn
from idaudit.threatmodel.links import CheckLink, DefectLink, Links
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.proof import Proof
from idaudit.threatmodel.register import Register, unregistered
from idaudit.threatmodel.sightings import Sightings, drift
from idaudit.threatmodel.sources import uncited
from idaudit.threatmodel.status import honest_run, proven, standings
from idaudit.threatmodel.traceability import holes, trace


@dataclass(frozen=True, slots=True)
class Court:
    """Everything the gates look at."""

    model: ThreatModel
    links: Links
    proof: Proof
    register: Register
    seen: Sightings
    today: date


def breaches(court: Court) -> tuple[Gap, ...]:
    """Return everything that no gate lets through; an honest suite has none."""
    return tuple(gap for gate in GATES for gap in gate(court))


def structure(court: Court) -> Iterator[Gap]:
    """Gates 5 and 6: everything in the model is somebody's threat; each segment has a word."""
    yield from gaps(court.model)
    yield from uncited(court.model)
    yield from undrawn(court.model.attack)


def registered(court: Court) -> Iterator[Gap]:
    """Gates 1 and 10: no id goes or comes, and no number falls or rises, unnoticed."""
    yield from unregistered(court.model, court.links, court.register)


def no_drift(court: Court) -> Iterator[Gap]:
    """Gate 8: what an audit sees moving and resting is what the model declares."""
    yield from drift(court.model.attack, court.seen)


def countered(court: Court) -> Iterator[Gap]:
    """Gate 3: a threat has a check, or an acceptance that runs, or a reason in words."""
    accepted = {each.threat: each for each in court.model.attack.acceptances}
    for threat in court.model.threats.values():
        checks = list(court.links.countering(threat.id))
        judged = [id_ for id_ in threat.breaks if not court.model.guarantees[id_].no_check_yet]
        reasons = bool(threat.no_check_yet) + (threat.id in accepted)
        if checks and reasons:
            yield _threat(threat.id, f"{checks[0].id} counters it: strike out its excuse.")
        if not checks and judged and not reasons:
            yield _threat(threat.id, f"No check counters it, though {judged[0]} is judged.")
        if not judged and threat.no_check_yet:
            yield _threat(threat.id, "Its promises say already why no check would see it.")
    for each in accepted.values():
        if each.expired(court.today):
            yield _threat(each.threat, f"Its acceptance by {each.owner} ran out: {each.review_by}.")


def two_sided(court: Court) -> Iterator[Gap]:
    """Gate 4: each check passes on the honest city, and fails where its threats happen."""
    passed = court.proof.passed()
    for check in court.links.checks.values():
        if check.id not in passed:
            yield Gap("check", check.id, "It was not seen passing on the honest city.")
        for threat in check.counters:
            if not any(d.caught_by == check.id for d in court.links.realising(threat)):
                yield Gap("check", check.id, f"No defect shows that it can see {threat} happen.")
    for defect in court.links.defects.values():
        if not proven(defect, court.proof):
            lost = _listed(defect.realises)
            yield Gap("defect", defect.id, f"Its own check was not seen catching it; lost: {lost}.")


def no_ghosts(court: Court) -> Iterator[Gap]:
    """Gate 4, the other way: what was proven once is still there."""
    for id_ in sorted(court.proof.passed() - set(court.links.checks)):
        lost = [each for each in court.links.defects.values() if each.caught_by == id_]
        told = _listed(sorted({threat for each in lost for threat in each.realises}))
        yield Gap("check", id_, f"It was proven and is gone; lost its cover: {told}.")
    for id_ in sorted(set(court.proof.caught) - set(court.links.defects)):
        by = _listed(court.proof.caught[id_].by)
        yield Gap("defect", id_, f"It was proven and is gone; lost what it showed of: {by}.")


def no_orphans(court: Court) -> Iterator[Gap]:
    """Gates 2 and 5: checks and defects point at threats that break the same promise."""
    for check in court.links.checks.values():
        yield from _of_check(court, check)
    for defect in court.links.defects.values():
        yield from _of_defect(court, defect)
    judged = {check.guarantee for check in court.links.checks.values()}
    for guarantee in court.model.guarantees.values():
        if guarantee.id in judged and guarantee.no_check_yet:
            yield Gap("guarantee", guarantee.id, "It is judged: strike out no_check_yet.")
        if guarantee.id not in judged and not guarantee.no_check_yet:
            yield Gap("guarantee", guarantee.id, "No check judges it, and it does not say why.")


def _of_check(court: Court, check: CheckLink) -> Iterator[Gap]:
    if check.guarantee not in court.model.guarantees:
        yield Gap("check", check.id, f"It judges {check.guarantee}, which is no promise.")
    if not check.counters:
        yield Gap("check", check.id, "It counters no threat.")
    yield from _pointing(court, "check", check.id, check.counters, check.guarantee)


def _of_defect(court: Court, defect: DefectLink) -> Iterator[Gap]:
    if not defect.realises:
        yield Gap("defect", defect.id, "It makes no threat happen.")
    yield from _pointing(court, "defect", defect.id, defect.realises, defect.breaks)
    check = court.links.checks.get(defect.caught_by)
    if check is None:
        lost = _listed(defect.realises)
        yield Gap("defect", defect.id, f"Its check {defect.caught_by} is gone; lost: {lost}.")
        return
    for threat in defect.realises:
        if threat not in check.counters:
            yield Gap("defect", defect.id, f"Its check {check.id} does not counter {threat}.")


def _pointing(
    court: Court, kind: str, id_: str, threats: Iterable[str], guarantee: str
) -> Iterator[Gap]:
    """Yield each threat pointed at that is gone, or breaks another promise."""
    for name in threats:
        threat = court.model.threats.get(name)
        if threat is None:
            yield Gap(kind, id_, f"It points at the threat {name}, which is gone.")
        elif guarantee not in threat.breaks:
            yield Gap(kind, id_, f"It is about {guarantee}, which {name} does not break.")


def no_holes(court: Court) -> Iterator[Gap]:
    """Gate 3, once more: no cell of the traceability is empty without a reason."""
    stand = standings(court.model, court.links, court.proof, honest_run(court.proof), court.today)
    yield from holes(trace(court.model, court.links, stand))


GATES: tuple[Callable[[Court], Iterator[Gap]], ...] = (
    structure,
    registered,
    no_drift,
    no_orphans,
    countered,
    two_sided,
    no_ghosts,
    no_holes,
)
"""Every gate, in the order in which a reader wants to hear of breaches."""


def _threat(id_: str, what: str) -> Gap:
    return Gap("threat", id_, what)


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(ids) or "nothing"
