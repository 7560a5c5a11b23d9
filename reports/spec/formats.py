"""The formats a specification is written in, by the names the command knows."""

from collections.abc import Callable, Mapping

from idaudit.reports.spec.catalog import catalog
from idaudit.reports.spec.document import Spec
from idaudit.reports.spec.markdown import markdown
from idaudit.reports.spec.page import html
from idaudit.reports.spec.profile import profile
from idaudit.reports.spec.sheet import sheet

FORMATS: Mapping[str, Callable[[Spec], str]] = {
    "md": markdown,
    "html": html,
    "csv": sheet,
    "oscal-catalog": catalog,
    "oscal-profile": profile,
}
"""Each is a pure function: no clock, no network; the same specification, the same text."""
