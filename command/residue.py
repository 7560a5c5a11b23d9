"""The two commands of the residue probe by itself: plant, and look."""

import os
import secrets
from pathlib import Path

import click
from rich.console import Console

from idaudit.checks.probes.sweep import Limits
from idaudit.command.canaries import mint_canaries
from idaudit.command.sweeping import Crew, sweep_places
from idaudit.fixtures.canaries import APPLICANTS


@click.command()
@click.option("--count", type=click.IntRange(1, APPLICANTS - 1), required=True, help="Applicants.")
@click.option("--seed", type=click.IntRange(0), help="Makes them repeatable; random if left out.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Write the canaries here."
)
@click.option(
    "--documents", type=click.Path(path_type=Path), help="Draw each applicant's paper into here."
)
def canaries(count: int, seed: int | None, out: Path, documents: Path | None) -> int:
    """Mint what a run would plant."""
    chosen = secrets.randbelow(2**32) if seed is None else seed
    return mint_canaries(count, chosen, out, documents, Console(stderr=True))


@click.command()
@click.option(
    "--canaries",
    "listed",
    type=click.Path(path_type=Path),
    required=True,
    help="What idaudit canaries wrote.",
)
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write every hit here.")
@click.option("--deep", is_flag=True, help="Look for headerless deflate at every byte too.")
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Files at a time."
)
@click.option(
    "--scan-on",
    "scheduler",
    metavar="tcp://HOST:PORT",
    help="Sweep on the workers of a Dask scheduler, who see the same paths.",
)
@click.argument("places", nargs=-1, required=True, metavar="PATH|URL...")
def sweep(
    listed: Path,
    path: Path | None,
    jobs: int,
    scheduler: str | None,
    places: tuple[str, ...],
    *,
    deep: bool,
) -> int:
    """
    Search files, folders and addresses for planted canaries, in whatever form.

    Each PLACE is a path or an address: http:, postgresql:, mysql:, redis:, or
    what fsspec can open, such as s3:. A login in it should be one that may only
    read; its password is never printed.

    Leaves with 0 where nothing was found, 1 where residue was, 3 where something could not be
    read.
    """
    return sweep_places(listed, places, path, Crew(jobs, scheduler), Limits(deep=deep))
