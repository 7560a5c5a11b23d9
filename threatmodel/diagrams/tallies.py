"""What the threats aimed at one element or one flow amount to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from idaudit.threatmodel.attacks import Threat
from idaudit.threatmodel.diagrams.lettering import KEPT
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.status import Standing, Status

WORDS = {
    Status.REALISED: "realised",
    Status.EXPIRED: "acceptance expired",
    Status.NOT_RUN: "not run",
    Status.ACCEPTED: "accepted",
    Status.HELD: "held",
    Status.NOT_APPLICABLE: "not applicable",
}
"""Each status in words, the worst first."""

NEUTRAL = "neutral"
"""The class of what no threat is aimed at."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many threats stand where, the worst first; nothing that is zero."""

    counts: Mapping[Status, int]

    @property
    def worst(self) -> Status | None:
        """The worst status; none where no threat is aimed here."""
        return next(iter(self.counts), None)

    @property
    def css(self) -> str:
        """The class that a drawing gives it."""
        return self.worst.value if self.worst else NEUTRAL

    @property
    def words(self) -> str:
        """The counts in words: ``3 held · 1 not run``; "" where there are none."""
        return " · ".join(f"{count} {WORDS[status]}" for status, count in self.counts.items())

    @property
    def brief(self) -> str:
        """The worst in words, out of how many: ``1 realised of 13``."""
        if self.worst is None:
            return ""
        worst, every = self.counts[self.worst], sum(self.counts.values())
        of = f" of{KEPT}{every}" if every > worst else ""
        return f"{worst} {WORDS[self.worst]}{of}"


@dataclass(frozen=True, slots=True)
class Tallies:
    """The tally of every element and of every flow, by id."""

    elements: Mapping[str, Tally]
    flows: Mapping[str, Tally]
    named: Mapping[str, tuple[tuple[Status, Threat], ...]]  # the threats at each flow, worst first


def tally(statuses: Iterable[Status]) -> Tally:
    """Count *statuses*."""
    found = list(statuses)
    return Tally({status: found.count(status) for status in Status if status in found})


def together(tallies: Iterable[Tally]) -> Tally:
    """Add several tallies up."""
    every = list(tallies)
    return tally(s for each in every for s, count in each.counts.items() for _ in range(count))


def tallies(attack: AttackModel, standings: Mapping[str, Standing]) -> Tallies:
    """
    Count the threats aimed at each element and at each flow.

    A threat that nobody says anything about counts as not run.
    """
    at_elements: dict[str, list[Status]] = {id_: [] for id_ in attack.elements}
    at_flows: dict[str, list[tuple[Status, Threat]]] = {id_: [] for id_ in attack.flows}
    for id_, threat in attack.threats.items():
        status = standings[id_].status if id_ in standings else Status.NOT_RUN
        at_elements[threat.element.id].append(status)
        if threat.flow:
            at_flows[threat.flow.id].append((status, threat))
    return Tallies(
        elements={id_: tally(found) for id_, found in at_elements.items()},
        flows={id_: tally(status for status, _ in found) for id_, found in at_flows.items()},
        named={id_: tuple(sorted(found, key=_gravest)) for id_, found in at_flows.items()},
    )


def _gravest(found: tuple[Status, Threat]) -> tuple[int, str]:
    return list(Status).index(found[0]), found[1].id
