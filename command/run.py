"""One audit from start to finish: plan, gather evidence, judge, write."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from idaudit.command.gather import gather
from idaudit.command.options import RunOptions
from idaudit.command.plan import make_plan, programme_called
from idaudit.reports.audit import Audit
from idaudit.reports.evidence import read_evidence
from idaudit.reports.judge import judge
from idaudit.reports.outputs import refuse_foreign, write_outputs
from idaudit.reports.waivers import read_waivers
from idaudit.threatmodel.errors import SetupError
from idaudit.threatmodel.loader import load


def run_audit(options: RunOptions, console: Console) -> Audit:
    """
    Audit, write everything to ``options.out``, and return what was judged.

    Raises:
        UsageError: something named does not exist.
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
    _refuse_unwritable(options.out)
    with tempfile.TemporaryDirectory(prefix="idaudit-") as scratch:
        evidence = Path(scratch, "evidence.jsonl")
        gather(options, plan, evidence, console)
        audit = judge(read_evidence(evidence), model, waivers)
        write_outputs(audit, model, options.out, evidence)
    return audit


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
