"""The templates beside this module, every escape on and our plain words at hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from idaudit.reports import words

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1000


@cache
def environment() -> Environment:
    """Return jinja2 as every page uses it; what a target said passes through autoescape."""
    return fresh(autoescape=True)


def fresh(*, autoescape: bool, finalize: Callable[[object], object] | None = None) -> Environment:
    """Return jinja2 with our words at hand, to be added to; each format says how it escapes."""
    made = Environment(  # nosec B701
        loader=FunctionLoader(_read),
        autoescape=autoescape,  # noqa: S701  off for Markdown, which escapes in *finalize*
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["words"] = words
    made.filters |= {"day": _day, "minute": _minute, "size": _size, "duration": _duration}
    return made


def _read(name: str) -> str | None:
    """Return a template's text as it lies in a checkout or a wheel; none where there is none."""
    file = files("idaudit.reports").joinpath("templates", name)
    return file.read_text(encoding="utf-8") if file.is_file() else None


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
