"""The command line: read the words, call the one function, return the exit code."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from idaudit.checks.catalogue import Tier
from idaudit.command.bundling import key, publish, verify, with_key
from idaudit.command.cities import cities, put_to
from idaudit.command.comparing import diff
from idaudit.command.examine import examine_target
from idaudit.command.initiating import init
from idaudit.command.interrupts import INTERRUPTS
from idaudit.command.lenders import REFERENCE, TargetChoice
from idaudit.command.listing import KINDS
from idaudit.command.load import load
from idaudit.command.matrix import run_matrix
from idaudit.command.model import show_model
from idaudit.command.options import DEFAULT_OUT, RunOptions
from idaudit.command.printing import print_matrix, write_text
from idaudit.command.reporting import report
from idaudit.command.residue import canaries, sweep
from idaudit.command.run import run_audit
from idaudit.command.settings import read_settings
from idaudit.command.specifying import spec
from idaudit.command.version import __version__
from idaudit.command.vouching import keyless_of, with_keyless
from idaudit.fixtures.defects.registry import HOUSE_PROGRAMME, defect_called
from idaudit.reports.audit import exit_code
from idaudit.reports.bundle.basis import RELIED_ON_DAYS
from idaudit.reports.table import print_verdicts
from idaudit.reports.text import inert, one_line
from idaudit.threatmodel.errors import SuiteError, did_you_mean

USAGE, INTERNAL, INTERRUPTED = 64, 70, 130
_LONGEST = 4000  # letters of one complaint: a target has a say in some of them
CORES = os.cpu_count() or 1


class Commands(click.Group):
    """A group that suggests the nearest command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say which command may have been meant."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            hint = did_you_mean(args[0], self.commands)
            raise click.UsageError(f"no command is called {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="idaudit")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Tell whether a municipal ID system keeps its promises."""
    ctx.default_map = read_settings(Path.cwd(), cli)


target_options = [
    click.option("--target", default=REFERENCE, help="target.toml, FILE.py, or 'reference'."),
    click.option(
        "--program", help=f"Whose promises, on what terms; {HOUSE_PROGRAMME} if left out."
    ),
    click.option(
        "--seed", type=click.IntRange(0), help="Makes a run repeatable; random if left out."
    ),
    click.option("--defect", help="Reference city only: audit a city with that seeded defect."),
]


def with_target(function: Any) -> Any:  # noqa: ANN401  click's decorators are untyped here
    """Add the options that name a target."""
    for option in reversed(target_options):
        function = option(function)
    return function


with_database = click.option(
    "--database",
    default="sqlite",
    help="What the reference city keeps its registry in: sqlite, postgres, or a server's URL.",
)


@cli.command()
@with_target
@click.option(
    "--tier",
    type=click.Choice([tier.value for tier in Tier]),
    default="gate",
    help="How long it may take.",
)
@click.option(
    "--only", multiple=True, metavar="GUARANTEE", help="Ask about this promise; repeatable."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=DEFAULT_OUT, help="Where the reports go."
)
@click.option(
    "--waivers", type=click.Path(path_type=Path), help="Accepted violations, with owner and expiry."
)
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The target's own Python, to be read as well.",
)
@with_key
@with_keyless
@click.option(
    "--valid-for",
    type=click.IntRange(1, 3660),
    default=RELIED_ON_DAYS,
    metavar="DAYS",
    help="How long a signed audit may be relied on.",
)
@with_database
@click.option(
    "--jobs", type=click.IntRange(1), default=CORES, help="Checks at a time (reference city)."
)
@click.option(
    "--minutes",
    type=click.FloatRange(0, min_open=True),
    default=240,
    help="After so long it stops, and tells what it has seen; 240 if left out.",
)
def run(**words: Any) -> int:  # noqa: ANN401  click hands over what it parsed
    """Audit one ID system and write what was found."""
    console = Console()
    full = Tier(words["tier"]).includes(Tier.FULL)
    choice = TargetChoice(words["target"], words["defect"], words["database"], memory=full)
    seeded = {} if words["seed"] is None else {"seed": words["seed"]}
    options = RunOptions(
        target=choice,
        program=words["program"] or choice.programme(),
        tier=Tier(words["tier"]),
        only=tuple(words["only"]),
        out=words["out"],
        waivers=words["waivers"],
        source=words["source"],
        key=words["key"],
        keyless=keyless_of(words["identity_token"], words["trust_config"], wanted=words["keyless"]),
        relied_on_days=words["valid_for"],
        jobs=words["jobs"],
        minutes=words["minutes"],
        **seeded,
    )
    audit = run_audit(options, console)
    print_verdicts(audit, options.out / "report.html", console)
    return exit_code(audit)


@cli.command()
@with_target
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def doctor(
    target: str, program: str | None, seed: int | None, defect: str | None, *, as_json: bool
) -> int:
    """Say what can be driven and what can be seen, before any check."""
    choice = TargetChoice(target, defect)
    return examine_target(
        choice, program or choice.programme(), seed or 0, Console(), as_json=as_json
    )


@cli.command()
@click.option("--defect", "only", multiple=True, metavar="ID", help="Only this city; repeatable.")
@click.option(
    "--guarantee", "asked", multiple=True, help="Ask only about this promise; repeatable."
)
@click.option("--every-check", is_flag=True, help="Put all checks to the defective cities too.")
@click.option("--innocent", is_flag=True, help="Only the honest and the lawful cities.")
@click.option(
    "--deal",
    "hands",
    type=click.IntRange(1),
    default=1,
    help="Put one promise in so many to each lawful city, and those it is odd about; "
    "with another seed, others.",
)
@click.option("--jobs", type=click.IntRange(1), default=CORES, help="Cities at a time.")
@click.option("--seed", type=click.IntRange(0), default=0, help="What the audits are seeded with.")
@with_database
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the matrix here.")
def matrix(  # noqa: PLR0913  one for each option
    only: tuple[str, ...],
    asked: tuple[str, ...],
    hands: int,
    jobs: int,
    seed: int,
    database: str,
    path: Path | None,
    *,
    innocent: bool,
    every_check: bool,
) -> int:
    """Show that every seeded defect is caught, and no honest or lawful city is flagged."""
    for name in only:
        defect_called(name)
    wanted = cities(only, innocent=innocent)
    chosen = put_to(wanted, asked, every_check=every_check, hands=hands, turn=seed)
    found = run_matrix(chosen, seed, jobs, Console(), database)
    if path and not found.missing:
        write_text(path, found.as_json())
    print_matrix(found, Console())
    return 0 if found.proven else 1


@cli.command()
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write diagrams, exports and tables here."
)
@click.option(
    "--audit",
    type=click.Path(path_type=Path),
    help="A run's folder: where the threats stand on that system, instead of on our own city.",
)
@click.option(
    "--matrix",
    "proof",
    type=click.Path(path_type=Path),
    help="A detection matrix to go by, instead of the one that ships.",
)
def threatmodel(out: Path | None, audit: Path | None, proof: Path | None) -> int:
    """Hold the suite to its threat model; draw it, export it, trace each promise to its proof."""
    return show_model(out, audit, proof, Console())


@cli.command(name="list")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def list_(kind: str, *, as_json: bool) -> int:
    """List every id of one kind."""
    rows = KINDS[kind]()
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    width = max(len(str(row["id"])) for row in rows)
    for row in rows:
        click.echo(f"{row['id']:<{width}}  {row['statement']}")
    return 0


cli.add_command(canaries)
cli.add_command(diff)
cli.add_command(report)
cli.add_command(spec)
cli.add_command(init)
cli.add_command(load)
cli.add_command(sweep)
cli.add_command(verify)
cli.add_command(publish)
cli.add_command(key)


def main(words: list[str] | None = None) -> None:
    """Run the command and leave with its exit code; every error is one clear line."""
    sys.exit(exit_code_of(sys.argv[1:] if words is None else words))


def exit_code_of(words: list[str]) -> int:
    """Return the exit code of running *words*, having printed any error on one line."""
    try:
        with INTERRUPTS.watching():
            code = cli.main(words, prog_name="idaudit", standalone_mode=False)
    except click.ClickException as error:
        return _complain(error.format_message(), USAGE)
    except SuiteError as error:
        return _complain(str(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _complain("interrupted; nothing was written", INTERRUPTS.code or INTERRUPTED)
    except Exception as error:  # the last line of defence
        if os.environ.get("IDAUDIT_TRACEBACK"):
            raise
        told = f"{type(error).__name__}: {error}"
        return _complain(
            f"a fault of idaudit itself: {told} (IDAUDIT_TRACEBACK=1 shows where)", INTERNAL
        )
    return INTERRUPTS.code or (code if isinstance(code, int) else 0)


def _complain(message: str, code: int) -> int:
    """Print *message* as one line on standard error and return *code*."""
    click.echo(f"idaudit: {one_line(inert(message), _LONGEST)}", err=True)
    return code
