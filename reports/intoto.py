"""
in-toto statements of an audit, unsigned: two lines, for whoever signs in their own way.

A bundle has the same two statements signed, about every file in it; these are
about ``audit.json`` alone.
"""

from idaudit.reports.audit import Audit
from idaudit.reports.bundle.basis import basis_of
from idaudit.reports.bundle.manifest import digest
from idaudit.reports.bundle.statements import (
    Circumstances,
    result_statement,
    spelt,
    verdict_statement,
    version,
)
from idaudit.reports.renderers import render, renderer
from idaudit.threatmodel.model import ThreatModel


@renderer("intoto")
def intoto(audit: Audit, model: ThreatModel) -> str:
    """Render the verdicts and the standard test result, a statement a line."""
    files = {"audit.json": digest(render("json", audit, model).encode())}
    until = basis_of(audit, model).relied_on_until
    writer = version(audit.header.suite_version, audit.header.suite_commit)
    about = Circumstances(until, key="none", written_by=writer, variant="unsigned")
    statements = (verdict_statement(audit, model, files, about), result_statement(audit, files))
    return "".join(f"{spelt(each).decode()}\n" for each in statements)
