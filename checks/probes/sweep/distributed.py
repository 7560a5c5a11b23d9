"""
One sweep over many machines, by way of a Dask scheduler.

Theory of operation. The work is cut between files and objects, never through
one, so a container or a picture is seen whole and no seam can hide anything.
What a worker must know travels as one *sealed* parcel, and each share, each
answer as another: a scheduler shows and logs names of tasks, arguments and
errors, and of all that it sees nothing but that they are sealed. The scheduler
itself gives the share of a worker that died to another one; an answer counts
once, whoever gave it.
"""

import gzip
import io
import logging
import pickle
import secrets
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from idaudit.checks.probes.sweep.hit import Limits
from idaudit.checks.probes.sweep.pictures import Picture
from idaudit.checks.probes.sweep.sharing import Found, Share, sweep_share
from idaudit.checks.probes.sweep.sweep import Sweep
from idaudit.fixtures.canaries import KnownValue, Mint
from idaudit.threatmodel.errors import SetupError

PATIENCE = 20.0
"""Seconds in which a scheduler must answer, and for which it may be without any worker."""

_LOOK = 1.0
_LOST = "lost"
"""Dask's word for an answer that died with the worker that held it; it is made again."""
_FAILED = ("error", "cancelled")

_NAME = "idaudit"


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """Something whose content is nobody's business on the way."""

    content: bytes

    @classmethod
    def of(cls, what: object) -> "Sealed":
        """Seal *what*."""
        return cls(pickle.dumps(what))

    def opened(self) -> Any:  # noqa: ANN401  whatever was sealed
        """Return what was sealed, by this program at the other end."""
        return pickle.loads(self.content)  # noqa: S301  from our own process, through Dask, which pickles all it carries

    def __repr__(self) -> str:
        """Say nothing."""
        return "sealed"


@dataclass(frozen=True, slots=True, repr=False)
class Recipe:
    """What another machine must know to sweep as this one would."""

    name: str
    packed: bytes

    @classmethod
    def of(
        cls, seed: int, known: Iterable[KnownValue], pictures: Iterable[Picture], limits: Limits
    ) -> "Recipe":
        """Pack all of it, one thing after another: of millions none waits in memory."""
        packed = io.BytesIO()
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as file:
            pickle.dump((_mine(), seed, limits), file)
            for value in known:
                pickle.dump((value.text, value.applicant, value.field), file)
            for each in chain([None], pictures, [None]):
                pickle.dump(each, file)
        return cls(secrets.token_hex(8), packed.getvalue())

    def sweep(self) -> Sweep:
        """
        Return the sweep that was meant.

        Raises:
            SetupError: this is another version of the program.

        """
        with gzip.GzipFile(fileobj=io.BytesIO(self.packed)) as file:
            theirs, seed, limits = pickle.load(file)  # noqa: S301  as above
            if theirs != _mine():
                raise SetupError(f"has {_NAME} {_mine()} and was asked by {theirs}")
            # The sweep asks for all values first and for the pictures then, as they were packed.
            known = iter(lambda: pickle.load(file), None)  # noqa: S301  as above
            pictures = iter(lambda: pickle.load(file), None)  # noqa: S301  as above
            return Sweep(Mint(seed), (KnownValue(*each) for each in known), pictures, limits)


@contextmanager
def scanning(
    address: str, recipe: Recipe, places: Sequence[str]
) -> Iterator[Callable[[Sequence[Share]], Iterator[Found]]]:
    """
    Lend a function that sweeps shares on the workers of the scheduler at *address*.

    Every worker must have this version of the program and see all *places*.

    Raises:
        SetupError: the scheduler does not answer, or a worker is not fit, or
            became unfit on the way.

    """
    with ExitStack() as stack, _silence(), _one_error(address):
        client = stack.enter_context(_client(address))
        _must_be_fit(client, address, places)
        yield lambda every: _swept(client, address, recipe, every)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Dask's own messages from the terminal: what matters is one error of ours."""
    logger = logging.getLogger("distributed")
    level, logger.level = logger.level, logging.CRITICAL
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.level = level


@contextmanager
def _one_error(address: str) -> Iterator[None]:
    """Turn whatever goes wrong with a scheduler into one error that tells what to do."""
    try:
        yield
    except SetupError:
        raise
    except (OSError, TimeoutError, ValueError) as error:
        raise SetupError(
            f"{address}: no Dask scheduler answers there ({type(error).__name__}); expected "
            "tcp://HOST:PORT of one that runs. Start it with: dask scheduler"
        ) from error


def _mine() -> str:
    """Return which version of the program this is."""
    return version(_NAME)


def _client(address: str) -> Any:  # noqa: ANN401  distributed is optional
    try:
        dask = import_module("distributed")
    except ImportError as error:
        raise SetupError(
            f'--scan-on: {error}; install what scans on many machines: pip install "idaudit[scan]"'
        ) from error
    return dask.Client(address, timeout=PATIENCE, set_as_default=False, name=_NAME)


def _must_be_fit(client: Any, address: str, places: Sequence[str]) -> None:  # noqa: ANN401
    """Refuse to begin where any worker could not do its part."""
    versions = client.run(version, _NAME, on_error="return")
    if not versions:
        raise SetupError(
            f"{address}: the scheduler has no worker; start some with: dask worker {address}"
        )
    for worker, found in versions.items():
        if found != _mine():
            has = f"has {_NAME} {found}" if isinstance(found, str) else f"has no {_NAME}"
            raise SetupError(
                f"{address}: worker {worker} {has}; expected {_mine()}, as here. Install it there."
            )
    unseen = client.run(_unseen, Sealed.of(tuple(places)), on_error="return")
    for worker, found in unseen.items():
        if isinstance(found, BaseException):
            raise SetupError(f"{address}: worker {worker} cannot load {_NAME}; install it anew.")
        if found:
            raise SetupError(
                f"{address}: worker {worker} does not see {places[found[0]]}; expected every "
                "worker to read it under the same path. Mount it there, or name an address."
            )


def _unseen(places: Sealed) -> list[int]:
    """Return, on a worker, which places are not there."""
    return [number for number, place in enumerate(places.opened()) if not Path(place).exists()]


def _swept(client: Any, address: str, recipe: Recipe, every: Sequence[Share]) -> Iterator[Found]:  # noqa: ANN401
    """Yield what each share held, in the order in which workers are done."""
    run = f"{_NAME}-sweep-{secrets.token_hex(6)}"
    # A task, not scattered data: the scheduler can make it again when its holder dies.
    known = client.submit(_handed_on, Sealed.of(recipe), key=f"{run}-recipe")
    largest = sorted(range(len(every)), key=lambda at: -every[at].size)
    done: Queue[Any] = Queue()
    lost: list[Any] = []
    waiting = {}
    for number in largest:
        key = f"{run}-{number}"
        future = client.submit(_sweep_one, known, Sealed.of(every[number]), key=key)
        waiting[key] = future  # Dask forgets a task that nobody holds
        future.add_done_callback(done.put)
    while waiting:
        future = _next(done, lost, client, address)
        waiting.pop(future.key)
        yield _answer(future, address)


def _next(done: "Queue[Any]", lost: list[Any], client: Any, address: str) -> Any:  # noqa: ANN401
    """
    Return the next task that ended; a scheduler may not be without workers for long.

    Keep in *lost* each whose answer died with its worker, until another one gives it again.
    """
    alone = 0.0
    while True:
        for future in lost:
            if future.status != _LOST:
                lost.remove(future)
                return future
        try:
            future = done.get(timeout=_LOOK)
        except Empty:
            alone = 0.0 if client.nthreads() else alone + _LOOK
            if alone > PATIENCE:
                raise SetupError(
                    f"{address}: every worker is gone; start some and sweep again. "
                    "Nothing was written."
                ) from None
        else:
            if future.status != _LOST:
                return future
            lost.append(future)


def _answer(future: Any, address: str) -> Found:  # noqa: ANN401
    """Return what a worker found, if it could look at all of its share."""
    if future.status in _FAILED:
        raise SetupError(
            f"{address}: a share could not be swept ({future.status}): the scheduler is gone, "
            "or one worker after another died over it. Nothing was written; sweep again."
        )
    found, unseen, fault = future.result().opened()
    if not fault and any(path.exists() for path in unseen):
        fault = "does not see files that are seen here; mount the same folder there"
    if fault:
        raise SetupError(f"{address}: a worker {fault}. Nothing was written.")
    answer: Found = found
    return answer


def _handed_on(parcel: Sealed) -> Sealed:
    """Return *parcel*, on the worker that keeps it."""
    return parcel


_lock = threading.Lock()
_sweeps: dict[str, Sweep] = {}
"""The sweep of the latest recipe; one sweep serves one thread, whoever asks."""


def _sweep_one(recipe: Sealed, share: Sealed) -> Sealed:
    """Sweep one share, on a worker; no error leaves it but by name."""
    try:
        with _lock:
            return Sealed.of(_found(recipe.opened(), share.opened()))
    except SetupError as error:
        return Sealed.of((None, (), str(error)))
    except Exception as error:  # noqa: BLE001  Dask would write its words, and so values, to its log
        return Sealed.of((None, (), f"failed ({type(error).__name__})"))


def _found(recipe: Recipe, share: Share) -> tuple[Found, tuple[object, ...], str]:
    if recipe.name not in _sweeps:
        _sweeps.clear()
        _sweeps[recipe.name] = recipe.sweep()
    unseen = tuple(path for _, path in share.files if not path.exists())
    return sweep_share(_sweeps[recipe.name], share), unseen, ""
