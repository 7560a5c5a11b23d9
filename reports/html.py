"""
``report.html``: one file for a reader with no engineering.

No network, no script: the page forbids both to itself. Everything a target
said passes through autoescape.
"""

from idaudit.reports.audit import Audit
from idaudit.reports.jinja import environment
from idaudit.reports.languages.tongue import tongue
from idaudit.reports.page import arrange
from idaudit.reports.renderers import speaker
from idaudit.threatmodel.model import ThreatModel


@speaker("html")
def html(audit: Audit, model: ThreatModel, language: str) -> str:
    """Render the page in *language*."""
    page = arrange(audit, model, tongue(language))
    return environment(language).get_template("report.html").render(page=page)
