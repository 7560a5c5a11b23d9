"""
``report.html``: one file for a reader with no engineering.

No network, no script: the page forbids both to itself. Everything a target
said passes through autoescape.
"""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound

from idaudit.reports import words
from idaudit.reports.audit import Audit
from idaudit.reports.page import arrange
from idaudit.reports.renderers import renderer
from idaudit.threatmodel.model import ThreatModel

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1000


class _Shipped(BaseLoader):
    """Templates as they lie beside this module, in a checkout or a wheel."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:  # noqa: ARG002  jinja2's signature
        """Return a template's text."""
        file = files("idaudit.reports").joinpath("templates", template)
        if not file.is_file():
            raise TemplateNotFound(template)
        return file.read_text(encoding="utf-8"), template, None


@renderer("html")
def html(audit: Audit, model: ThreatModel) -> str:
    """Render the page."""
    return _environment().get_template("report.html").render(page=arrange(audit, model))


@cache
def _environment() -> Environment:
    """Return jinja2 with every escape on and our plain words at hand."""
    environment = Environment(
        loader=_Shipped(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["words"] = words
    environment.filters |= {"day": _day, "minute": _minute, "size": _size, "duration": _duration}
    return environment


def _day(moment: datetime) -> str:
    """Return a date as a newspaper prints it, in UTC."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y}"


def _minute(moment: datetime) -> str:
    """Return a date and time of day, in UTC."""
    return f"{_day(moment)}, {moment.astimezone(UTC):%H:%M} UTC"


def _size(number: int) -> str:
    """Return bytes in the largest fitting decimal unit."""
    amount, unit = float(number), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{amount:.0f} {_UNITS[unit]}" if not unit else f"{amount:.1f} {_UNITS[unit]}"


def _duration(seconds: float) -> str:
    """Return seconds as a person says them."""
    return f"{seconds:.1f} s"
