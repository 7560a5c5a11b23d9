"""
``report.html``: one file for a reader with no engineering.

No network, no script: the page forbids both to itself. Everything a target
said passes through autoescape.
"""

from idaudit.reports.audit import Audit
from idaudit.reports.jinja import environment
from idaudit.reports.page import arrange
from idaudit.reports.renderers import renderer
from idaudit.threatmodel.model import ThreatModel


@renderer("html")
def html(audit: Audit, model: ThreatModel) -> str:
    """Render the page."""
    return environment().get_template("report.html").render(page=arrange(audit, model))
