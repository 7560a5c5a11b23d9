"""What a sweep is pointed at, divided into shares: files, pages fetched first, stores."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import httpx

from idaudit.checks.probes.sweep import Refusal
from idaudit.checks.probes.sweep.sharing import Share, shares
from idaudit.command.addresses import EXPECTED, combed, parsed, shown, store_at
from idaudit.fixtures.surfaces.objects import ObjectsSurface
from idaudit.threatmodel.errors import UsageError

_FETCHED = 1 << 30


def shares_of(
    place: str, refused: list[Refusal], stack: ExitStack, parts: int = 1
) -> Iterator[Share]:
    """
    Yield what is at one place in shares; what may not be listed is noted in *refused*.

    A store of objects is cut into so many *parts*, each of whole objects.

    Raises:
        UsageError: there is nothing there, or its address is of no kind we read.

    """
    store = store_at(place)
    if isinstance(store, ObjectsSurface):
        stripes = [(number, parts) for number in range(parts)] if parts > 1 else [None]
        yield from (Share(store.id, (), 0, replace(store, stripe=each)) for each in stripes)
        return
    if store is not None:
        yield Share(store.id, (), 0, store)
        return
    path = _path(place, stack)
    if path.is_dir():
        yield from shares(shown(place), _below(path, place, refused))
    else:
        yield from shares(shown(place), [(path.name, path.absolute())])


def seen_at(place: str) -> str | None:
    """
    Return the path under which other machines must see *place*, None where it has an address.

    Raises:
        UsageError: it is a page, which is fetched to this machine alone.

    """
    if place.startswith(("http://", "https://")):
        raise UsageError(f"{shown(place)}: pages are swept where they are fetched; not --scan-on")
    if store_at(place):
        return None
    with ExitStack() as stack:
        return str(_path(place, stack).absolute())


def _path(place: str, stack: ExitStack) -> Path:
    """Return where the bytes of *place* lie, fetched first if they lie elsewhere."""
    path = Path(place)
    if "://" in place:
        address = parsed(place)
        if address.scheme in {"http", "https"}:
            return _fetched(place, stack)
        path = Path(unquote(address.path).removeprefix("/" * (address.scheme == "sqlite")))
    elif place.startswith(("file:", "sqlite:")):
        path = Path(unquote(place.partition(":")[2]))
    if not path.exists():
        raise UsageError(f"{shown(place)}: there is nothing there; expected {EXPECTED}")
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
                        f"{shown(address)}: answers more than {_FETCHED >> 20} MiB; "
                        "sweep it where it lies"
                    )
                file.write(block)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = combed(str(error), [address])
        raise UsageError(f"{shown(address)}: cannot be fetched ({why})") from error
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
            yield str(path.relative_to(folder)), path.absolute()
