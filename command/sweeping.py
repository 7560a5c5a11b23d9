"""``idaudit sweep``: the residue probe by itself, on files, folders, pages and stores."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from idaudit.checks.probes.sweep import Hit, Limits, Refusal
from idaudit.checks.probes.sweep.distributed import scanning
from idaudit.checks.probes.sweep.sharing import Found, Share, sweeping
from idaudit.command.addresses import combed
from idaudit.command.canaries import Planted, read_canaries
from idaudit.command.interrupts import INTERRUPTS, Interrupted
from idaudit.command.places import seen_at, shares_of
from idaudit.command.printing import write_text
from idaudit.command.progress import Steps
from idaudit.reports.text import inert, one_line

CLEAN, FOUND, UNREAD = 0, 1, 3
PARTS = 64
"""Into so many parts a store of objects is cut for many machines."""
SHOWN = 20
"""So many hits are printed; the rest are counted, and all are in the JSON."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who sweeps: so many processes here, or the workers of a scheduler."""

    jobs: int
    scheduler: str | None = None


def sweep_places(
    canaries: Path, places: Sequence[str], out: Path | None, crew: Crew, limits: Limits
) -> int:
    """
    Sweep *places* for what *canaries* lists; return 0, 1 (found) or 3 (not all could be read).

    Raises:
        UsageError: there is nothing at a place, or its address is of no kind we read.

    """
    console = Console(stderr=True)
    planted = read_canaries(canaries)
    with ExitStack() as stack:
        refused = [
            Refusal(path, path, 0, (), "the planted paper is gone") for path in planted.missing()
        ]
        swept, parts = _sweeper(crew, planted, limits, places, stack)
        every = [share for place in places for share in shares_of(place, refused, stack, parts)]
        hits: list[Hit] = []
        alone, asked = 0, 0
        with Steps(console, "sweeping", len(every)) as steps, suppress(Interrupted):
            for asked, found in enumerate(swept(every), start=1):  # noqa: B007  told afterwards
                hits += found.hits
                refused += [_combed(each, places) for each in found.refused]
                alone += len(found.alone)
                steps.step(_what(found.share), f"{len(found.hits)} hits")
    hits = sorted(dict.fromkeys(hits), key=_order)
    refused = sorted(dict.fromkeys(refused), key=lambda each: (*_order_of(each), each.why))
    if INTERRUPTS.why:
        _tell(hits, refused, alone, planted, Console())
        told = (
            f"The sweep was interrupted: {len(every) - asked} of {len(every)} parts were not read."
        )
        Console().print(told, highlight=False)
        return UNREAD
    if out:
        write_text(out, as_json(hits, planted))
    _tell(hits, refused, alone, planted, Console())
    return FOUND if hits else UNREAD if refused else CLEAN


def as_json(hits: Sequence[Hit], planted: Planted) -> str:
    """Return *hits* as the JSON that scripts read."""
    rows = [
        {
            "canary": planted.named(hit.canary),
            "surface": hit.surface,
            "location": hit.location,
            "offset": hit.offset,
            "form": [*hit.form],
        }
        for hit in hits
    ]
    return json.dumps(rows, indent=1) + "\n"


def _what(share: Share) -> str:
    """Return what a share is, for the line that tells of progress."""
    if share.store:
        return f"the {share.store.kind} store"
    return f"{len(share.files)} files, {share.size >> 20} MiB"


def _sweeper(
    crew: Crew, planted: Planted, limits: Limits, places: Sequence[str], stack: ExitStack
) -> tuple[Callable[[Sequence[Share]], Iterator[Found]], int]:
    """Return what sweeps shares, and into how many parts a store of objects is cut for it."""
    if crew.scheduler is None:
        return stack.enter_context(sweeping(lambda: planted.sweep(limits), crew.jobs)), 1
    paths = [path for place in places if (path := seen_at(place))]
    swept = scanning(crew.scheduler, planted.recipe(limits), paths)
    return stack.enter_context(swept), PARTS


def _order(hit: Hit) -> tuple[object, ...]:
    """Return what hits are sorted by: the list is the same whoever swept what first."""
    return (*_order_of(hit), hit.canary or "", hit.grade)


def _order_of(each: Hit | Refusal) -> tuple[str, str, int, tuple[str, ...]]:
    return each.surface, each.location, each.offset, each.form


def _combed(refusal: Refusal, places: Sequence[str]) -> Refusal:
    """Return *refusal* without any password of an address."""
    return replace(refusal, why=combed(refusal.why, places))


def _tell(
    hits: Sequence[Hit], refused: Sequence[Refusal], alone: int, planted: Planted, console: Console
) -> None:
    """Print what was found and what was not read, and no value."""
    for hit in hits[:SHOWN]:
        named = planted.named(hit.canary) or f"{planted.seed}.?"
        told = (
            f"found: {named} in {hit.surface}: {hit.location}@{hit.offset}: {' > '.join(hit.form)}"
        )
        console.print(one_line(inert(told)), markup=False, highlight=False, soft_wrap=True)
    for refusal in refused[:SHOWN]:
        told = f"not read: {refusal.surface}: {refusal.location}@{refusal.offset}: {refusal.why}"
        console.print(one_line(inert(told)), markup=False, highlight=False, soft_wrap=True)
    people = len({hit.applicant for hit in hits} - {None})
    console.print(
        f"{len(hits)} hits of {people} applicants; {len(refused)} places not read; "
        f"{alone} numbers alone, which prove nothing",
        highlight=False,
    )
