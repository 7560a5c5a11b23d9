"""``idaudit load``: one day of load, its account on disk, and what it says of the promise."""

import importlib.util
import json
import math
import secrets
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table

from idaudit.command.lenders import REFERENCE, TargetChoice, open_lender
from idaudit.command.plan import programme_called
from idaudit.command.printing import write_text
from idaudit.fixtures.targets.from_file import load_target
from idaudit.fixtures.targets.operation import Operation
from idaudit.loadtests.account import account
from idaudit.loadtests.conductor import Conductor
from idaudit.loadtests.crew import work
from idaudit.loadtests.limits import read_limits
from idaudit.loadtests.mix import nobody_for
from idaudit.loadtests.orders import Orders
from idaudit.loadtests.shapes import SHAPES
from idaudit.reports.load import load_page
from idaudit.threatmodel.errors import SetupError, UsageError
from idaudit.threatmodel.loader import load as read_model

DEFAULT_OUT = Path("reports/out/load")
_INSTALL = "Locust is not installed; install idaudit[load], or in a checkout run `make test` once"


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What one day of load is asked to be."""

    target: TargetChoice
    program: str
    orders: Orders
    cardholders: int
    out: Path
    limits: Path | None
    faults: bool
    elsewhere: bool = False
    """Whether the generators' workers are started on other machines."""


def run_load(options: LoadOptions, console: Console) -> dict[str, Any]:
    """
    Play the day, write ``load.json`` and ``load.html``, and return the account.

    Raises:
        UsageError: something named does not exist, or cannot be had together.
        SetupError: Locust is not installed, or the system cannot be driven.

    """
    _make_folder(options.out)
    limits, programme = read_limits(options.limits), programme_called(read_model(), options.program)
    if importlib.util.find_spec("locust") is None:
        raise SetupError(_INSTALL)
    if options.cardholders and not options.target.anew:
        raise UsageError("--cardholders: only the reference city has a way to be filled at once")
    with ExitStack() as stack:
        lender = stack.enter_context(open_lender(options.target, programme, options.orders.seed))
        target = stack.enter_context(lender.unused())
        if not target.disposable:
            raise SetupError(
                "load: a crowd is only let into a system that may be destroyed; say so"
            )
        if not target.offers(Operation.OPEN_APPLICATION):
            raise SetupError("load: nobody can apply at this target; see idaudit doctor")
        day = Conductor(
            target,
            programme,
            options.orders,
            lambda said: console.print(said, markup=False, highlight=False),
            with_faults=options.faults,
            cardholders=options.cardholders,
            elsewhere=options.elsewhere,
        ).play()
        told = {
            **account(day, limits),
            "target": {"name": target.name, "kind": target.kind, "database": target.database},
            "program": programme.id,
            "cardholders": options.cardholders,
        }
    write_text(options.out / "load.json", json.dumps(_finite(told), indent=1, allow_nan=False))
    write_text(options.out / "load.html", load_page(told))
    return told


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"{out}: no account can be written there ({error.strerror})") from error


def print_day(told: dict[str, Any], out: Path, console: Console) -> None:
    """Print what a day held, how long it took, and what it says."""
    held, guarantee = told["held"], told["guarantee"]
    table = Table("step", "times", "p50 s", "p99 s", "p99.9 s", box=None, pad_edge=False)
    rows = {
        "all": {"count": held["requests"], **told["latency"]["all"]},
        **told["latency"]["steps"],
    }
    for name, took in rows.items():
        marks = [f"{took[mark]:.3f}" for mark in ("p50", "p99", "p99.9")]
        table.add_row(name, str(took["count"]), *marks)
    console.print(table)
    for each in told["limits"]:
        met = "met" if each["met"] else "MISSED"
        _say(console, f"{each['name']}: {each['found']:.3g}, wanted {each['wanted']}: {met}")
    wrk = told["generator"]["wrk_per_second"]
    beside = f"; wrk {wrk:.0f}" if wrk else ""
    ceiling = told["generator"]["ceiling_per_second"]
    _say(console, f"the generators' own ceiling: {ceiling:.0f} a second{beside}")
    _say(console, _held_line(held))
    for each in told["left_out"]:
        _say(console, f"left out: {each}")
    for each in guarantee["findings"]:
        _say(console, f"  {each['reason']} ({each['times']}): {each['sentence']}")
    _say(console, f"{guarantee['id']}: {guarantee['verdict']} ({guarantee['reason']})")
    _say(console, f"written: {out / 'load.html'}")


def _held_line(held: dict[str, Any]) -> str:
    return (
        f"held: {held['came']} of {held['due']} visitors, {held['requests']} requests, "
        f"{held['answered_per_second']:.1f} answered a second, {held['busiest_second']} in the "
        f"fullest one, {held['errors']} errors"
    )


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _finite(value: Any) -> Any:  # noqa: ANN401  JSON
    """Return *value* with nothing in it that JSON has no word for."""
    match value:
        case dict():
            return {name: _finite(each) for name, each in value.items()}
        case list() | tuple():
            return [_finite(each) for each in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value


@click.command()
@click.option("--target", default=REFERENCE, help="target.toml, FILE.py, or 'reference'.")
@click.option("--program", help="Whose promises, on what terms.")
@click.option(
    "--shape",
    type=click.Choice(list(SHAPES)),
    default="launch-day",
    help="What kind of day it is.",
)
@click.option(
    "--surge", type=click.FloatRange(0, min_open=True), default=1.0, help="Times the crowd."
)
@click.option(
    "--duration",
    type=click.FloatRange(5),
    default=60.0,
    metavar="SECONDS",
    help="How long the day is made.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, help="Generators side by side.")
@click.option(
    "--cardholders", type=click.IntRange(0), default=0, help="On the roster before the day begins."
)
@click.option(
    "--database", default="sqlite", help="The reference city's: sqlite, postgres, or a URL."
)
@click.option("--defect", help="Reference city only: load a city with that seeded defect.")
@click.option(
    "--every-defect",
    is_flag=True,
    help="Instead, load every city that fails only in a crowd, and see each caught.",
)
@click.option("--faults/--no-faults", default=True, help="Whether power, disk and database fail.")
@click.option(
    "--meet",
    metavar="HOST:PORT",
    help="Meet the workers here; they are started on other machines with the same words.",
)
@click.option(
    "--worker",
    type=click.IntRange(0),
    metavar="N",
    help="Be worker N, from 0, of a run that another machine leads; --meet says where.",
)
@click.option("--limits", type=click.Path(path_type=Path), help="A limits.toml of one's own.")
@click.option("--seed", type=click.IntRange(0), help="Makes the crowd repeatable.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=DEFAULT_OUT, help="Where the account goes."
)
def load(**words: Any) -> int:  # noqa: ANN401  click hands over what it parsed
    """Let a crowd come to one ID system, and see what gives way: speed, or what it promised."""
    if words["every_defect"]:
        return _every_defect(words["defect"], words["seed"] or 0)
    choice = TargetChoice(words["target"], words["defect"], words["database"])
    choice.check()
    orders = Orders(
        shape=words["shape"],
        surge=words["surge"],
        seconds=words["duration"],
        seed=secrets.randbelow(2**32) if words["seed"] is None else words["seed"],
        workers=words["workers"],
        spec="" if choice.anew else choice.spec,
        **_met(words, choice),
    )
    if words["worker"] is not None:
        _be_worker(orders, words["worker"])
    options = LoadOptions(
        target=choice,
        program=words["program"] or choice.programme(),
        orders=orders,
        cardholders=words["cardholders"],
        out=words["out"],
        limits=words["limits"],
        faults=words["faults"],
        elsewhere=words["meet"] is not None,
    )
    console = Console()
    told = run_load(options, console)
    print_day(told, options.out, console)
    return int(told["exit_code"])


def _met(words: dict[str, Any], choice: TargetChoice) -> dict[str, Any]:
    """Return where the generators meet, if other machines take part."""
    if words["meet"] is None:
        if words["worker"] is not None:
            raise UsageError("--worker: say with --meet HOST:PORT where the run is led")
        return {}
    if choice.anew:
        raise UsageError("--meet: other machines do not reach the reference city; give --target")
    if words["seed"] is None:
        raise UsageError("--meet: every machine draws the same crowd; give all the same --seed")
    host, _, port = words["meet"].rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(f"--meet {words['meet']!r}: expected HOST:PORT, as in 192.0.2.10:5557")
    return {"host": host, "port": int(port)}


def _be_worker(orders: Orders, number: int) -> NoReturn:
    """Send one share of the crowd, for a run that another machine leads."""
    if number >= orders.workers:
        raise UsageError(f"--worker {number}: the run has {orders.workers}, counted from 0")
    with closing(load_target(orders.spec)) as target:
        without = tuple(nobody_for(target, orders.day))
    work(replace(orders, without=without), number)


def _every_defect(only: str | None, seed: int) -> int:
    # Imported here: it plays days with what this module offers.
    from idaudit.command.load_matrix import run_load_matrix  # noqa: PLC0415  as said

    return 0 if run_load_matrix((only,) if only else (), seed, Console()) else 1
