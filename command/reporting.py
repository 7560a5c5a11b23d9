"""``idaudit report``: judge what a run left behind again, and render it."""

from pathlib import Path

import click

from idaudit.command.printing import render_again, shapes, write_bytes
from idaudit.reports.languages.tongue import SOURCE, languages
from idaudit.reports.renderers import in_language
from idaudit.reports.workbook import NAME as WORKBOOK
from idaudit.threatmodel.errors import UsageError


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--format", "shape", default="md", help=f"One of {', '.join(shapes())}.")
@click.option("--lang", default=SOURCE, help=f"One of {', '.join(languages())}; for pages.")
@click.option("--waivers", type=click.Path(path_type=Path), help="Accepted violations.")
@click.option("--out", type=click.Path(path_type=Path), help="Write here instead of printing.")
def report(bundle: Path, shape: str, lang: str, waivers: Path | None, out: Path | None) -> int:
    """Judge the evidence in BUNDLE again and render it."""
    if shape == WORKBOOK and not out:
        raise UsageError(f"--format {WORKBOOK} is no text to print; name a file with --out")
    data = render_again(bundle, in_language(shape, lang), waivers)
    if out:
        write_bytes(out, data)
    else:
        click.echo(data.decode(), nl=False)
    return 0
