"""What keeps checks from judging a target, and which one step would let most of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from idaudit.checks.catalogue import Declaration
from idaudit.checks.doctor import Examination
from idaudit.fixtures.targets.meanings import CONTROLS
from idaudit.fixtures.targets.operation import Operation

DISPOSABLE = "disposable"
ANY_SURFACE = "surface"
DOOR = "door"
TLS = "tls"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to add, or a few that only count together, and what it would add."""

    things: tuple[str, ...]  # an operation, a control, "surface ID", "door", "tls", "disposable"
    checks: int
    guarantees: tuple[str, ...]  # that nothing judges yet

    def told(self) -> str:
        """Say it in a sentence."""
        more = f"{self.checks} more {'check' if self.checks == 1 else 'checks'}"
        names = f", and first of all about {', '.join(self.guarantees)}" if self.guarantees else ""
        return f"{' and '.join(map(_mend, self.things))}: {more}{names}"


def lacks(declared: Declaration, found: Examination, *, disposable: bool) -> frozenset[str]:
    """Return everything that keeps *declared* from being asked."""
    missing = found.missing()
    lacking = {each.value for each in declared.cannot_do_without if each in missing}
    if not disposable and (declared.destructive or declared.sees):
        withheld = {each.operation.value for each in found.operations if each.offered}
        lacking = {each for each in lacking if each not in withheld} | {DISPOSABLE}
    if declared.at_the_door and found.shut:
        lacking.add(DOOR if disposable else DISPOSABLE)
    if declared.over_tls and found.plain:
        lacking.add(TLS)
    if declared.sees and not found.surfaces:
        lacking.add(ANY_SURFACE)
    if declared.sees and disposable:
        lacking |= {f"surface {each}" for each in found.blind()}
    return frozenset(lacking)


def next_steps(
    checks: Iterable[Declaration], found: Examination, *, disposable: bool, most: int = 3
) -> tuple[Step, ...]:
    """Return the steps that add most, the best first; single ones where any single one counts."""
    wanting = {each: lacks(each, found, disposable=disposable) for each in checks}
    judged = {each.guarantee for each, lacking in wanting.items() if not lacking}
    sets = {lacking for lacking in wanting.values() if lacking}
    smallest = min(map(len, sets), default=0)
    steps = [_step(things, wanting, judged) for things in sets if len(things) <= max(1, smallest)]
    steps.sort(key=lambda each: (-len(each.guarantees), -each.checks, each.things))
    return tuple(steps[:most])


def _step(
    things: frozenset[str], wanting: Mapping[Declaration, frozenset[str]], judged: Collection[str]
) -> Step:
    freed = [each for each, lacking in wanting.items() if lacking and lacking <= things]
    anew = sorted({each.guarantee for each in freed} - {*judged})
    return Step(tuple(sorted(things)), len(freed), tuple(anew))


_MENDS = {
    DISPOSABLE: "audit a copy that may be destroyed, and say `disposable`",
    DOOR: "lend the door of a copy on this machine (`Target.door()`; a target.toml has one)",
    TLS: "name the address that people use over TLS (`front` in a target.toml)",
    ANY_SURFACE: "name a place where its data rests",
    Operation.DESCRIBE.value: (
        "say where its OpenAPI description is (`openapi` in a target.toml, or 'describe')"
    ),
}


def _mend(thing: str) -> str:
    if thing in _MENDS:
        return _MENDS[thing]
    if thing.startswith("surface "):
        return f"let {thing.removeprefix('surface ')!r} be seen"
    room = "control" if Operation(thing) in CONTROLS else "operation"
    return f"let the adapter offer the {room} {thing!r}"
