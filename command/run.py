"""One audit from start to finish: plan, gather evidence, judge, write."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from idaudit.checks.catalogue import Tier
from idaudit.checks.guard import Guard
from idaudit.command.bundling import signer_of, tell_signer
from idaudit.command.gather import gather
from idaudit.command.interrupts import INTERRUPTS
from idaudit.command.options import RunOptions
from idaudit.command.plan import make_plan, programme_called
from idaudit.command.vouching import vouch
from idaudit.fixtures.canaries import Mint
from idaudit.reports.audit import Audit, Waiver
from idaudit.reports.bundle.sealing import Seal
from idaudit.reports.evidence import read_evidence
from idaudit.reports.judge import judge
from idaudit.reports.outputs import refuse_foreign, write_outputs
from idaudit.reports.record import RunRecord
from idaudit.reports.waivers import read_waivers
from idaudit.threatmodel.errors import SetupError
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Verdict


def run_audit(options: RunOptions, console: Console) -> Audit:
    """
    Audit, write everything to ``options.out``, and return what was judged.

    Raises:
        UsageError: something named does not exist.
        Leak: a report would have held an applicant's value; none is written.
        SetupError: the target cannot be driven, or the outputs not written.
        WaiverError: a waiver is wrong, expired, or matched nothing.

    """
    model = load()
    programme = programme_called(model, options.program)
    plan = make_plan(model, programme, options.tier, options.only)
    waivers = (
        read_waivers(options.waivers, model, datetime.now(UTC).date()) if options.waivers else ()
    )
    options.target.check()
    options.keyless.check()
    INTERRUPTS.limit(options.minutes)
    seal = _seal(options)
    _refuse_unwritable(options.out)
    notary = options.keyless.notary(console, sealed=True)
    with tempfile.TemporaryDirectory(prefix="idaudit-") as scratch:
        evidence = Path(scratch, "evidence.jsonl")
        gather(options, plan, evidence, console)
        with INTERRUPTS.finishing():
            audit = _judged(read_evidence(evidence), model, waivers)
            inspect = Guard(Mint(options.seed)).inspect
            write_outputs(audit, model, options.out, evidence, seal, inspect)
            if seal and notary and not INTERRUPTS.code:
                # Only now: what was inspected may leave, and a failing service costs no audit.
                more = replace(seal, notary=notary)
                vouch(
                    lambda: write_outputs(audit, model, options.out, evidence, more, inspect),
                    options.out,
                )
    if seal:
        tell_signer(seal.signer, console)
    return audit


def _judged(record: RunRecord, model: ThreatModel, waivers: Sequence[Waiver]) -> Audit:
    """Judge *record*; what an interrupted run never came to cannot fail to match a waiver."""
    if INTERRUPTS.why:
        broken = {each.guarantee for each in judge(record, model).of(Verdict.BROKEN)}
        waivers = [each for each in waivers if each.guarantee in broken]
    return judge(record, model, waivers)


def _seal(options: RunOptions) -> Seal | None:
    """Return what the outputs are signed with: always by who is named, or at tier full."""
    named = options.key or options.keyless.wanted
    if not named and not options.tier.includes(Tier.FULL):
        return None
    return Seal(signer_of(options.key), options.relied_on_days)


def _refuse_unwritable(out: Path) -> None:
    """Raise SetupError before anything is driven where the reports could not be kept."""
    refuse_foreign(out)
    folder = next(each for each in out.absolute().parents if each.exists())
    try:
        tempfile.TemporaryDirectory(dir=folder).cleanup()
    except OSError as error:
        raise SetupError(
            f"{out}: no report can be written there ({error.strerror}); "
            "name another folder with --out"
        ) from error
