"""
Where each threat stands, computed from what ran and never typed.

Every framework this one learnt from lets somebody write "mitigated" beside a
threat. Here nobody can: a threat is held when its checks passed on the system
and each of them was seen failing on a city where the threat was made to happen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from idaudit.threatmodel.attacks import Threat
from idaudit.threatmodel.links import CheckLink, DefectLink, Links
from idaudit.threatmodel.model import Programme, ThreatModel
from idaudit.threatmodel.proof import Proof
from idaudit.threatmodel.verdict import Outcome


class Status(StrEnum):
    """Where a threat stands, the worst first."""

    REALISED = "realised"  # a check saw it happen
    EXPIRED = "acceptance-expired"  # somebody meant to look at it again, and did not
    NOT_RUN = "not-run"  # nothing that would have seen it ran to its end
    ACCEPTED = "accepted"  # somebody lives with it, until a date
    HELD = "held"  # its checks passed, and fail where it is made to happen
    NOT_APPLICABLE = "not-applicable"  # the programme makes none of the promises it breaks


@dataclass(frozen=True, slots=True)
class Standing:
    """One threat, where it stands, and what that rests on."""

    threat: Threat
    status: Status
    because: str  # a sentence
    checks: tuple[str, ...]  # ids of the checks that counter it
    defects: tuple[str, ...]  # ids of the defects that make it happen


@dataclass(frozen=True, slots=True)
class Result:
    """How one check ended in one run."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()  # the code of each finding
    why: str = ""  # what it could not do, where it could not judge


@dataclass(frozen=True, slots=True)
class Run:
    """One audit, as far as threats are concerned."""

    target: str  # how a sentence calls the system
    results: Mapping[str, Result]  # by check
    programme: Programme | None = None  # None: several, and none rules a promise out


def honest_run(proof: Proof) -> Run:
    """Return the run of every check on the honest reference city."""
    failed = {id_ for city in proof.honest.values() for id_ in city.accused_by}
    results = {id_: Result(Outcome.PASS) for id_ in proof.passed()}
    results |= {id_: Result(Outcome.FAIL) for id_ in failed}
    return Run("the reference city", results)


def standings(
    model: ThreatModel, links: Links, proof: Proof, run: Run, today: date
) -> dict[str, Standing]:
    """Return where every threat of *model* stands after *run*, by id."""
    bench = _Bench(model, links, proof, run, today)
    return {id_: bench.stands(threat) for id_, threat in model.threats.items()}


@dataclass(frozen=True, slots=True)
class _Bench:
    """Everything there is to judge a threat by."""

    model: ThreatModel
    links: Links
    proof: Proof
    run: Run
    today: date

    def stands(self, threat: Threat) -> Standing:
        checks = tuple(c for c in self.links.countering(threat.id) if self._promised(c.guarantee))
        defects = tuple(d for d in self.links.realising(threat.id) if self._promised(d.breaks))
        status, because = next(self._sayings(threat, checks, defects))
        ids = tuple(each.id for each in checks), tuple(each.id for each in defects)
        return Standing(threat, status, because, *ids)

    def _sayings(
        self, threat: Threat, checks: tuple[CheckLink, ...], defects: tuple[DefectLink, ...]
    ) -> Iterator[tuple[Status, str]]:
        """Yield everything that can be said of *threat*, the weightiest first."""
        if why := self._excused(threat):
            yield Status.NOT_APPLICABLE, why
        yield from ((Status.REALISED, why) for why in self._seen(checks, defects))
        yield from self._accepted(threat)
        yield from ((Status.NOT_RUN, why) for why in self._unjudged(threat, checks))
        yield from ((Status.NOT_RUN, why) for why in self._unproven(threat, checks, defects))
        catches = _number(len(defects), "defect")
        passed = f"{_number(len(checks), 'check')} passed on {self.run.target}"
        yield Status.HELD, f"{passed} and failed on {catches} that made it happen."

    def _excused(self, threat: Threat) -> str:
        """Return why the programme makes none of the promises it breaks, or ""."""
        if self.run.programme is None or any(map(self._promised, threat.breaks)):
            return ""
        return next(self.run.programme.clauses[id_].why for id_ in threat.breaks)

    def _promised(self, guarantee: str) -> bool:
        """Whether the programme makes this promise."""
        return self.run.programme is None or self.run.programme.clauses[guarantee].applies

    def _seen(
        self, checks: tuple[CheckLink, ...], defects: tuple[DefectLink, ...]
    ) -> Iterator[str]:
        """Yield how it was seen happening."""
        for check in checks:
            result = self._result(check)
            if result.outcome is not Outcome.FAIL:
                continue
            own = {each.reason for each in defects if each.caught_by == check.id}
            meaning = self._threats_by_reason(check)
            for reason in result.reasons:
                if reason in own and len(meaning[reason]) == 1:
                    yield f"{check.id} saw it happen: {reason}."
                elif reason in own or reason not in meaning:
                    yield f"{check.id} saw this or a threat it cannot tell from this: {reason}."
            if not result.reasons:
                yield f"{check.id} failed and gave no reason."

    def _accepted(self, threat: Threat) -> Iterator[tuple[Status, str]]:
        for each in self.model.attack.acceptances:
            if each.threat == threat.id:
                expired = each.expired(self.today)
                ran = "ran" if expired else "runs"
                harmed = ", ".join(bearer.name for bearer in each.harm_borne_by)
                told = (
                    f"{each.owner} accepted it on {each.accepted_on}, which {ran} out on "
                    f"{each.review_by}; borne by {harmed}: {each.reason}"
                )
                yield (Status.EXPIRED if expired else Status.ACCEPTED), told

    def _unjudged(self, threat: Threat, checks: tuple[CheckLink, ...]) -> Iterator[str]:
        """Yield why nothing would have seen it, or what would have did not run to its end."""
        if threat.no_check_yet:
            yield threat.no_check_yet
        if not checks:
            promises = [self.model.guarantees[id_] for id_ in threat.breaks]
            yield next(
                (p.no_check_yet for p in promises if p.no_check_yet), "No check counters it."
            )
        for check in checks:
            result = self._result(check)
            if result.outcome is Outcome.FAIL:
                yield f"{check.id} failed for another reason, and so vouches for nothing."
            elif result.outcome is not Outcome.PASS:
                yield f"{check.id} could not judge: {result.why}"

    def _unproven(
        self, threat: Threat, checks: tuple[CheckLink, ...], defects: tuple[DefectLink, ...]
    ) -> Iterator[str]:
        """Yield each check that was not seen failing where the threat was made to happen."""
        for check in checks:
            own = [each for each in defects if each.caught_by == check.id]
            if not own:
                yield f"No defect shows that {check.id} can see {threat.id} happen."
            yield from (
                f"{check.id} has not been seen catching {each.id}."
                for each in own
                if not proven(each, self.proof)
            )

    def _result(self, check: CheckLink) -> Result:
        return self.run.results.get(check.id, Result(Outcome.INCONCLUSIVE, why="it did not run."))

    def _threats_by_reason(self, check: CheckLink) -> Mapping[str, set[str]]:
        """Return which threats each reason code of *check* may stand for."""
        found: dict[str, set[str]] = {}
        for defect in self.links.defects.values():
            if defect.caught_by == check.id:
                found.setdefault(defect.reason, set()).update(defect.realises)
        return found


def proven(defect: DefectLink, proof: Proof) -> bool:
    """Whether *defect* was seen caught, by its own check and for its own reason."""
    catch = proof.caught.get(defect.id)
    if catch is None or not catch.caught:
        return False
    return defect.caught_by in catch.by and catch.reason == defect.reason


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
