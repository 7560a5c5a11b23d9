"""The templates beside this module, every escape on and our plain words at hand."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound

from idaudit.reports import words

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


@cache
def environment() -> Environment:
    """Return jinja2 as every page uses it; what a target said passes through autoescape."""
    made = Environment(
        loader=_Shipped(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["words"] = words
    made.filters |= {"day": _day, "minute": _minute, "size": _size, "duration": _duration}
    return made


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
