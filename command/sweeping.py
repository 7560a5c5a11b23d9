"""``idaudit sweep``: the residue probe by itself, on files, folders and addresses."""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
from rich.console import Console

from idaudit.checks.probes.sweep import Hit, Limits, Refusal
from idaudit.checks.probes.sweep.sharing import Share, shares, sweeping
from idaudit.command.canaries import Planted, read_canaries
from idaudit.command.printing import write_text
from idaudit.command.progress import Steps
from idaudit.threatmodel.errors import UsageError

CLEAN, FOUND, UNREAD = 0, 1, 3
SHOWN = 20
"""So many hits are printed; the rest are counted, and all are in the JSON."""

_FETCHED = 1 << 30
_SCHEMES = "a path, file:, sqlite:, http: or https:"


def sweep_places(
    canaries: Path, places: Sequence[str], out: Path | None, jobs: int, limits: Limits
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
        every = [share for place in places for share in _shares(place, refused, stack)]
        swept = stack.enter_context(sweeping(lambda: planted.sweep(limits), jobs))
        hits: list[Hit] = []
        alone = 0
        with Steps(console, "sweeping", len(every)) as steps:
            for found in swept(every):
                hits += found.hits
                refused += found.refused
                alone += len(found.alone)
                what = f"{len(found.share.files)} files, {found.share.size >> 20} MiB"
                steps.step(what, f"{len(found.hits)} hits")
    hits.sort(key=lambda hit: (hit.surface, hit.location, hit.offset, hit.form))
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


def _shares(place: str, refused: list[Refusal], stack: ExitStack) -> Iterator[Share]:
    """Yield the files of one place in shares."""
    path = _path(place, stack)
    if path.is_dir():
        yield from shares(place, _below(path, place, refused))
    else:
        yield from shares(place, [(path.name, path)])


def _path(place: str, stack: ExitStack) -> Path:
    """Return where the bytes of *place* lie, fetched first if they lie elsewhere."""
    try:
        address = urlsplit(place)
    except ValueError as error:
        raise UsageError(f"{place}: is no address ({error}); expected {_SCHEMES}") from error
    if address.scheme in {"http", "https"}:
        return _fetched(place, stack)
    if address.scheme in {"file", "sqlite"}:
        path = Path(unquote(address.path).removeprefix("/" * (address.scheme == "sqlite")))
    elif "://" in place:
        raise UsageError(f"{address.scheme}://: no such kind of place; expected {_SCHEMES}")
    else:
        path = Path(place)
    if not path.exists():
        raise UsageError(f"{place}: there is nothing there; expected {_SCHEMES}")
    return path


def _fetched(address: str, stack: ExitStack) -> Path:
    """Return a file with what *address* answers, its headers before the body."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="idaudit-sweep-")))
    path = folder / "answer"
    size = 0
    try:
        with (
            httpx.stream("GET", address, follow_redirects=True, timeout=30) as answer,
            path.open("wb") as file,
        ):
            for name, value in answer.headers.raw:
                file.write(name + b": " + value + b"\n")
            for block in answer.iter_bytes():
                size += len(block)
                if size > _FETCHED:
                    raise UsageError(
                        f"{address}: answers more than {_FETCHED >> 20} MiB; sweep it where it lies"
                    )
                file.write(block)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UsageError(f"{address}: cannot be fetched ({error})") from error
    return path


def _below(folder: Path, place: str, refused: list[Refusal]) -> Iterator[tuple[str, Path]]:
    """Yield every file below *folder* with its name within; note what may not be listed."""

    def unlisted(error: OSError) -> None:
        where = os.path.relpath(error.filename, folder)
        refused.append(Refusal(place, where, 0, (), f"cannot be listed ({error.strerror})"))

    for within, below, names in os.walk(folder, onerror=unlisted):
        below.sort()
        for name in sorted(names):
            path = Path(within, name)
            yield str(path.relative_to(folder)), path


def _tell(
    hits: Sequence[Hit], refused: Sequence[Refusal], alone: int, planted: Planted, console: Console
) -> None:
    """Print what was found and what was not read, and no value."""
    for hit in hits[:SHOWN]:
        named = planted.named(hit.canary) or f"{planted.seed}.?"
        told = (
            f"found: {named} in {hit.surface}: {hit.location}@{hit.offset}: {' > '.join(hit.form)}"
        )
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    for refusal in refused[:SHOWN]:
        told = f"not read: {refusal.surface}: {refusal.location}@{refusal.offset}: {refusal.why}"
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    people = len({hit.applicant for hit in hits} - {None})
    console.print(
        f"{len(hits)} hits of {people} applicants; {len(refused)} places not read; "
        f"{alone} numbers alone, which prove nothing",
        highlight=False,
    )
