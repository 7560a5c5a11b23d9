"""
Writing a run's outputs so that there is never half a report.

Everything is rendered first, written into a folder beside the one asked for,
and swapped in whole. Only a folder that this suite wrote is ever replaced.
"""

import json
import os
import secrets
import shutil
from pathlib import Path

from idaudit.reports.audit import Audit
from idaudit.reports.audit_json import AUDIT_SCHEMA
from idaudit.reports.record import EVIDENCE_SCHEMA
from idaudit.reports.renderers import render
from idaudit.threatmodel.errors import SetupError
from idaudit.threatmodel.model import ThreatModel

EVIDENCE = "evidence.jsonl"
FILES = {
    "audit.json": "json",
    "report.html": "html",
    "junit.xml": "junit",
    "sarif.json": "sarif",
    "sarif-github.json": "sarif-github",
    "summary.md": "md",
}
"""Each file in an output folder, with the format it holds."""

OWN = frozenset({*FILES, EVIDENCE})


def write_outputs(
    audit: Audit, model: ThreatModel, out: Path, evidence: Path | None = None
) -> None:
    """
    Fill *out* with every output, and a copy of the run's *evidence* where given.

    *evidence* may already lie in *out*. Raises :class:`SetupError`, and leaves
    *out* as it was, where that cannot be done.
    """
    texts = {name: render(form, audit, model).encode() for name, form in FILES.items()}
    if evidence:
        texts[EVIDENCE] = _read(evidence)
    out = out.absolute().resolve()
    refuse_foreign(out)
    try:
        _swap(_written(texts, out), out)
    except OSError as error:
        raise SetupError(
            f"{out}: the report cannot be written ({error.strerror}); expected a folder whose "
            "parent is writable; name another one with --out"
        ) from error


def refuse_foreign(out: Path) -> None:
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
    if strangers := sorted(names - OWN):
        raise SetupError(
            f"{out}: holds {', '.join(strangers[:3])}, which no run wrote; expected an empty "
            "folder or one a run filled; move them away or name another folder with --out"
        )
    if names and not _is_ours(out):
        raise SetupError(
            f"{out}: holds files named like a run's, but neither {AUDIT_SCHEMA} nor "
            f"{EVIDENCE_SCHEMA}; move them away or name another folder with --out"
        )


def _is_ours(out: Path) -> bool:
    """Whether a run left this folder, finished or not."""
    try:
        return bool(json.loads(_read(out / "audit.json"))["schema"] == AUDIT_SCHEMA)
    except (SetupError, ValueError, TypeError, KeyError):
        pass
    try:
        first = json.loads(_read(out / EVIDENCE).partition(b"\n")[0])
        return bool(first["record"]["schema"] == EVIDENCE_SCHEMA)
    except (SetupError, ValueError, TypeError, KeyError):
        return False


def _read(path: Path) -> bytes:
    """Return a file's bytes."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror})") from error


def _written(texts: dict[str, bytes], out: Path) -> Path:
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
