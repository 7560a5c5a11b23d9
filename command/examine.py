"""``idaudit doctor``: what can be driven and seen, and what can therefore be judged."""

import json
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from idaudit.checks.catalogue import Declaration, Tier
from idaudit.checks.doctor import Examination, examine
from idaudit.command.lenders import TargetChoice, open_lender
from idaudit.command.plan import make_plan, programme_called
from idaudit.command.share import crowd
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.loader import load


def examine_target(
    choice: TargetChoice, program: str, seed: int, console: Console, *, as_json: bool
) -> int:
    """
    Examine the target, print what was found, and return 0, or 3 where nothing can be judged.

    Raises:
        UsageError: something named does not exist.
        SetupError: the target cannot be started.

    """
    model = load()
    programme = programme_called(model, program)
    plan = make_plan(model, programme, Tier.DEEP, ())
    mint = Mint(seed)
    with open_lender(choice, programme, seed) as lender, lender.unused() as target:
        found = examine(target, mint, crowd(mint, anew=choice.anew)(target))
    can = sorted({each.guarantee for each in plan.checks.values() if judgeable(each, found)})
    if as_json:
        told = {**asdict(found), "judgeable": can}
        console.print_json(json.dumps(told, default=str))
    else:
        _print(found, can, len(model.guarantees), console)
    return 0 if can else 3


def judgeable(declared: Declaration, found: Examination) -> bool:
    """Return whether the target offers all that one check needs."""
    sighted = not declared.sees or (bool(found.surfaces) and not found.blind())
    return sighted and not declared.needs & found.missing().keys()


def _print(found: Examination, can: list[str], promises: int, console: Console) -> None:
    """Print what was found as two tables and a sentence."""
    operations = Table("operation", "works", "detail", title="What can be driven", box=None)
    for each in found.operations:
        operations.add_row(each.operation.value, _word(each.works), each.detail)
    surfaces = Table(
        "surface", "kind", "bytes", "seen", "detail", title="What can be seen", box=None
    )
    for surface in found.surfaces:
        seen = _word(surface.control_found)
        surfaces.add_row(surface.id, surface.kind, str(surface.size), seen, surface.detail)
    for place in found.undeclared:
        surfaces.add_row(place.id, place.kind, str(place.bytes), "no", place.note)
    if found.unlooked:
        surfaces.add_row("elsewhere", "unknown", "", "no", found.unlooked)
    console.print(operations, surfaces, sep="\n\n")
    console.print(f"\n{len(can)} of {promises} promises can be judged: {', '.join(can)}")
    wanting = next((each for each in found.operations if not each.works), None)
    if wanting:
        console.print(f"Next step that would add most: {_mend(wanting.operation)}")


def _word(works: bool) -> str:  # noqa: FBT001  a predicate turned into a word
    return "yes" if works else "no"


def _mend(operation: Operation) -> str:
    return f"let the adapter offer {operation.value!r}"
