"""The files of a finished run, written so that there is never half a report."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from idaudit.reports import folder
from idaudit.reports.audit import Audit
from idaudit.reports.audit_json import AUDIT_SCHEMA
from idaudit.reports.bundle.identity import KEYLESS
from idaudit.reports.bundle.sealing import NAMES, Seal, sealed
from idaudit.reports.folder import Kind, read_file, replace_folder
from idaudit.reports.languages.tongue import languages
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
} | {f"report.{language}.html": f"html-{language}" for language in languages()[1:]}
"""Each file in an output folder, with the format it holds."""


def write_outputs(
    audit: Audit,
    model: ThreatModel,
    out: Path,
    evidence: Path | None = None,
    seal: Seal | None = None,
    inspect: Callable[[Mapping[str, bytes]], None] | None = None,
) -> None:
    """
    Fill *out* with every output, and a copy of the run's *evidence* where given.

    *evidence* may already lie in *out*. With a *seal* the folder is a bundle.
    *inspect* sees every file before any is in place, and raises where one may
    not be. Raises :class:`SetupError`, and leaves *out* as it was, where the
    folder cannot be written.
    """
    texts = rendered(audit, model)
    if evidence:
        texts[EVIDENCE] = read_file(evidence)
    if seal:
        texts = sealed(texts, audit, model, seal)
    if inspect:
        inspect(texts)
    replace_folder(out, texts, RUN)


def rendered(audit: Audit, model: ThreatModel) -> dict[str, bytes]:
    """Return every file that follows from *audit*, by name; the same audit, the same bytes."""
    return {name: render(form, audit, model).encode() for name, form in FILES.items()}


def refuse_foreign(out: Path) -> None:
    """
    Refuse to replace what no run wrote.

    Worth calling before a long run as well as after it.
    """
    folder.refuse_foreign(out, RUN)


def _is_ours(out: Path) -> bool:
    """Whether a run left this folder, finished or not."""
    try:
        return bool(json.loads(read_file(out / "audit.json"))["schema"] == AUDIT_SCHEMA)
    except (SetupError, ValueError, TypeError, KeyError):
        pass
    try:
        first = json.loads(read_file(out / EVIDENCE).partition(b"\n")[0])
        return bool(first["record"]["schema"] == EVIDENCE_SCHEMA)
    except (SetupError, ValueError, TypeError, KeyError):
        return False


RUN = Kind(
    noun="report",
    author="run",
    names=frozenset({*FILES, EVIDENCE, *NAMES, KEYLESS}),
    is_ours=_is_ours,
    marks=f"neither {AUDIT_SCHEMA} nor {EVIDENCE_SCHEMA}",
)
"""The folder of one run."""
