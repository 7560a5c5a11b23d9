"""
Filling a folder whole or not at all, and never one that is somebody else's.

Everything is rendered first, written into a folder beside the one asked for,
and swapped in whole. Only a folder that this suite wrote is ever replaced.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from idaudit.threatmodel.errors import SetupError


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of folder that this suite writes."""

    noun: str  # what is in it, as an error says it: "report"
    author: str  # what writes it: "run"
    names: Collection[str]  # of every file that may lie in it
    is_ours: Callable[[Path], bool]  # tells from its content that we wrote it
    marks: str  # what that content is, in words


def replace_folder(out: Path, texts: Mapping[str, bytes], kind: Kind) -> None:
    """
    Fill *out* with *texts*, by name, in place of whatever we left there before.

    Raises:
        SetupError: it is not ours, or cannot be written; *out* is as it was.

    """
    out = out.absolute().resolve()
    refuse_foreign(out, kind)
    try:
        _swap(_written(texts, out), out)
    except OSError as error:
        raise SetupError(
            f"{out}: the {kind.noun} cannot be written ({error.strerror}); expected a folder whose "
            "parent is writable; name another one with --out"
        ) from error


def refuse_foreign(out: Path, kind: Kind) -> None:
    """
    Refuse to replace what this suite did not write.

    Worth calling before a long run as well as after it.
    """
    try:
        names = {entry.name for entry in out.iterdir()} if out.exists() else set()
    except OSError as error:
        raise SetupError(
            f"{out}: is no folder that can be read ({error.strerror}); name another with --out"
        ) from error
    if strangers := sorted(names - set(kind.names)):
        raise SetupError(
            f"{out}: holds {', '.join(strangers[:3])}, which no {kind.author} wrote; expected an "
            f"empty folder or one a {kind.author} filled; move them away or name another folder "
            "with --out"
        )
    if names and not kind.is_ours(out):
        raise SetupError(
            f"{out}: holds files named like a {kind.author}'s, but {kind.marks}; move them away or "
            "name another folder with --out"
        )


def read_file(path: Path) -> bytes:
    """Return a file's bytes, or say as a :class:`SetupError` why not."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror})") from error


def _written(texts: Mapping[str, bytes], out: Path) -> Path:
    """Write everything into a new folder beside *out*, and return it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = _beside(out, "new")
    folder.mkdir()
    try:
        for name, text in texts.items():
            _write(folder / name, text)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _write(path: Path, text: bytes) -> None:
    """Write one file down to the disk."""
    with path.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _swap(new: Path, out: Path) -> None:
    """Put *new* in the place of *out*; on failure *out* is back as it was."""
    old = _beside(out, "old")
    try:
        if out.exists():
            out.rename(old)
        new.rename(out)
    except OSError:
        if old.exists() and not out.exists():
            old.rename(out)
        shutil.rmtree(new, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _beside(out: Path, word: str) -> Path:
    """Return an unused name in the same folder, so that a rename stays on one disk."""
    return out.parent / f".{out.name}.{word}-{secrets.token_hex(4)}"
