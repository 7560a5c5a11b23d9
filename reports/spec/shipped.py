"""The templates of the specification, with its own words besides everybody's."""

from collections.abc import Callable

from jinja2 import Environment

from idaudit.reports.jinja import fresh
from idaudit.reports.spec import wording


def environment(
    *, autoescape: bool, finalize: Callable[[object], object] | None = None
) -> Environment:
    """Return jinja2 with our words at hand; each format says how it escapes."""
    made = fresh(autoescape=autoescape, finalize=finalize)
    made.globals["wording"] = wording
    return made
