"""``idaudit spec``: the model, the checks and the adapter contract, put together for a tender."""

from pathlib import Path

import click

from idaudit.command.contract import adapter_contract
from idaudit.command.linking import links
from idaudit.command.plan import programme_called
from idaudit.command.printing import write_text
from idaudit.reports.spec.build import build
from idaudit.reports.spec.formats import FORMATS
from idaudit.threatmodel.loader import load


def specification(program: str, shape: str) -> str:
    """
    Return the specification of the programme *program* in the format *shape*.

    Raises:
        UsageError: there is no such programme.

    """
    model = load()
    programme = programme_called(model, program)
    return FORMATS[shape](build(model, programme, links(), adapter_contract()))


@click.command()
@click.option("--program", required=True, help="Whose promises, on what terms.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(list(FORMATS)),
    default="md",
    help="What it is written in.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write here instead of printing.")
def spec(program: str, shape: str, out: Path | None) -> int:
    """Print what a tender asks of an ID system: promises, acceptance, what it must offer."""
    text = specification(program, shape)
    if out:
        write_text(out, text)
    else:
        click.echo(text, nl=False)
    return 0
