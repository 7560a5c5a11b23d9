"""
What became of each promise from one audit to the next.

"Not found any more" is not "fixed": only a promise shown to be kept is fixed,
and one that was kept and can no longer be shown has got worse.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from idaudit.reports.comparing.reported import Reported, Said
from idaudit.reports.comparing.words import Change
from idaudit.reports.languages.tongue import ENGLISH, Tongue
from idaudit.threatmodel.verdict import Verdict

_KEPT = frozenset({Verdict.KEPT, Verdict.LAWFUL_HOLD})
_UNSHOWN = frozenset({Verdict.NOT_SHOWN, Verdict.ATTESTED})


BROKEN = frozenset({Change.NEW, Change.ANOTHER_WAY})
LOST = frozenset({Change.NO_LONGER_SHOWN, Change.NO_LONGER_PROMISED})
QUIET = frozenset({Change.STILL_KEPT, Change.NOT_APPLICABLE})
"""What a comparison need not print a line for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One promise in two audits; None where one of them does not know it."""

    guarantee: str
    before: Said | None
    after: Said | None
    change: Change

    @property
    def appeared(self) -> tuple[str, ...]:
        """The reason codes that are found now and were not."""
        return tuple(sorted(_codes(self.after) - _codes(self.before)))

    @property
    def gone(self) -> tuple[str, ...]:
        """The reason codes that were found and are not now."""
        return tuple(sorted(_codes(self.before) - _codes(self.after)))


def steps(old: Reported, new: Reported) -> tuple[Step, ...]:
    """Return what became of every promise that either audit knows, the worst first."""
    before, after = old.by_guarantee, new.by_guarantee
    found = [_step(id_, before.get(id_), after.get(id_)) for id_ in {**after, **before}]
    return tuple(sorted(found, key=lambda step: list(Change).index(step.change)))


def exit_code(found: Sequence[Step]) -> int:
    """
    Return 1 where something is newly broken, 2 where something is no longer shown, else 0.

    It judges the change; what is still broken is for the run's own exit code.
    """
    changes = {step.change for step in found}
    if changes & BROKEN:
        return 1
    return 2 if changes & LOST else 0


def cautions(audits: Sequence[Reported], tongue: Tongue = ENGLISH) -> Iterator[str]:
    """Yield what makes *audits* hard to compare."""
    programmes, tiers, versions = zip(
        *((audit.program, audit.tier, audit.version) for audit in audits), strict=True
    )
    if len(set(programmes)) > 1:
        yield tongue.say("Not of the same programme: {these}.", these=", ".join(programmes))
    if len(set(tiers)) > 1:
        yield tongue.say("Not of the same tier: {these}.", these=", ".join(tiers))
    if len(set(versions)) > 1:
        yield tongue.say("Not of the same version of idaudit: {these}.", these=", ".join(versions))
    for audit in audits:
        if not audit.completed:
            yield tongue.say("{path} did not finish, so much of it is not shown.", path=audit.path)


def _step(id_: str, before: Said | None, after: Said | None) -> Step:
    return Step(id_, before, after, _change(before, after))


def _change(before: Said | None, after: Said | None) -> Change:
    was = before.verdict if before else Verdict.NOT_APPLICABLE
    now = after.verdict if after else Verdict.NOT_APPLICABLE
    if now is Verdict.BROKEN:
        return _fallen(before, after)
    if now is Verdict.WAIVED:
        return Change.ACCEPTED
    if now is Verdict.NOT_APPLICABLE:
        return Change.NOT_APPLICABLE if was is now else Change.NO_LONGER_PROMISED
    if now in _UNSHOWN:
        return _unshown(was)
    if before and before.broken:
        return Change.FIXED
    return Change.STILL_KEPT if was in _KEPT else Change.NEWLY_SHOWN


def _fallen(before: Said | None, after: Said | None) -> Change:
    """Return what became of a promise that is broken now."""
    if before is None or not before.broken:
        return Change.NEW
    return Change.ANOTHER_WAY if _codes(after) - _codes(before) else Change.STILL_BROKEN


def _unshown(was: Verdict) -> Change:
    """Return what became of a promise that nobody can show now."""
    if was in _KEPT:
        return Change.NO_LONGER_SHOWN
    broken = was in {Verdict.BROKEN, Verdict.WAIVED}
    return Change.NOT_SHOWN_FIXED if broken else Change.STILL_NOT_SHOWN


def _codes(said: Said | None) -> frozenset[str]:
    return said.codes if said else frozenset()
