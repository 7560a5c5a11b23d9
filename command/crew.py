"""
Asking the checks of one audit in several processes.

Each process has a nursery of its own, so this is only for targets that can be
had anew. The checks are dealt out in small hands, so that nobody waits long
for the slowest; those of one module stay together, because what one of them
found out may serve the others.
"""

import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from itertools import groupby

from idaudit.checks.catalogue import every_check
from idaudit.checks.plugin import Lender
from idaudit.command.lenders import open_lender
from idaudit.command.plan import planned
from idaudit.command.share import Share, ask, crowd
from idaudit.command.workers import Workers
from idaudit.fixtures.canaries import Mint
from idaudit.reports.record import CheckRecord
from idaudit.threatmodel.verdict import Outcome

HANDS = 6
"""How many hands of checks each process is dealt in all."""

_open = contextlib.ExitStack()
_lenders: list[Lender] = []


def ask_in_parts(
    share: Share,
    write: Callable[[CheckRecord], None],
    progress: Callable[[str, Outcome], None],
) -> str:
    """
    Ask every check of *share*, ``share.options.jobs`` at a time.

    Returns why checks are missing from the record, or "" where none is.
    """
    jobs = share.options.jobs
    with Workers[list[CheckRecord]](jobs) as workers:
        for hand in dealt(share.names, jobs * HANDS):
            workers.ask(ask_hand, replace(share, names=hand))
        try:
            for done in workers.done():
                for record in done.result():
                    write(record)
                    progress(record.id, record.outcome)
        except BrokenExecutor as error:
            return f"a process of the audit ended before its checks did: {error}"
    return ""


def dealt(names: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """Return the checks of *names* in *most* hands or fewer, about as many in each."""
    known = every_check()

    def module(name: str) -> str:
        return known[name].module

    together = [tuple(each) for _, each in groupby(sorted(names, key=module), module)]
    hands: list[tuple[str, ...]] = [()] * most
    for each in sorted(together, key=len, reverse=True):
        least = min(range(most), key=lambda at: len(hands[at]))
        hands[least] += each
    return [hand for hand in hands if hand]


def ask_hand(share: Share) -> list[CheckRecord]:
    """Ask the checks of *share* in this process, whose lender stays open for the next hand."""
    options = share.options
    plan = planned(options)
    if not _lenders:
        opened = open_lender(options.target, plan.programme, options.seed)
        _lenders.append(_open.enter_context(opened))
    records: list[CheckRecord] = []
    people = crowd(Mint(options.seed), anew=True)
    ask(share, plan, _lenders[0], people, records.append, lambda *_: None)
    return records
