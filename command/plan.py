"""Which checks a run asks, decided before anything is touched."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from idaudit.checks.catalogue import Declaration, Tier, every_check
from idaudit.command.options import RunOptions
from idaudit.threatmodel.errors import UsageError, did_you_mean
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import Programme, ThreatModel


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked in one run."""

    programme: Programme
    tier: Tier
    selected: tuple[str, ...]  # guarantee ids
    checks: Mapping[str, Declaration]

    def narrowed(self, names: Collection[str]) -> "Plan":
        """Return the plan with the checks in *names* alone."""
        kept = {name: each for name, each in self.checks.items() if name in names}
        return replace(self, checks=kept)

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the checks."""
        return tuple(self.checks)


def programme_called(model: ThreatModel, name: str) -> Programme:
    """
    Return the programme called *name*.

    Raises:
        UsageError: there is none; the message suggests the nearest.

    """
    if name not in model.programmes:
        hint = did_you_mean(name, model.programmes)
        raise UsageError(f"no programme is called {name!r}{hint} (see: idaudit list programs)")
    return model.programmes[name]


def planned(options: RunOptions) -> Plan:
    """
    Return the checks that *options* ask for; the same in every process.

    Raises:
        UsageError: the programme or a guarantee that is named does not exist.

    """
    model = load()
    return make_plan(model, programme_called(model, options.program), options.tier, options.only)


def make_plan(model: ThreatModel, programme: Programme, tier: Tier, only: Sequence[str]) -> Plan:
    """
    Return the checks of every guarantee that applies and is selected, at this tier.

    Raises:
        UsageError: *only* names a guarantee that does not exist, or one that
            this programme does not promise.

    """
    for name in only:
        if name not in model.guarantees:
            hint = did_you_mean(name, model.guarantees)
            raise UsageError(
                f"no guarantee is called {name!r}{hint} (see: idaudit list guarantees)"
            )
        if not programme.clauses[name].applies:
            why = programme.clauses[name].why
            raise UsageError(f"{programme.id} does not promise {name!r}: {why}")
    selected = tuple(only) or tuple(model.guarantees)
    checks = {
        name: declared
        for name, declared in every_check().items()
        if declared.guarantee in selected
        and programme.clauses[declared.guarantee].applies
        and tier.includes(declared.tier)
    }
    return Plan(programme, tier, selected, checks)
