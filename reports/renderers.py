"""
The registry of renderers: a finished audit, told to different readers.

Each is a pure function: no clock, no network, no target. The same audit always
renders to the same text, and no renderer ever sees a control character.
"""

from collections.abc import Callable
from functools import wraps
from importlib import import_module

from idaudit.reports.audit import Audit
from idaudit.reports.codec import mapped
from idaudit.reports.text import inert
from idaudit.threatmodel.errors import UsageError, did_you_mean
from idaudit.threatmodel.model import ThreatModel

Renderer = Callable[[Audit, ThreatModel], str]

RENDERERS: dict[str, Renderer] = {}
"""Every format ``idaudit report --format`` knows, once :func:`render` or :func:`formats` ran."""

_MODULES = (
    "audit_json",
    "html",
    "intoto",
    "junit",
    "markdown",
    "oscal.plan",
    "oscal.results",
    "sarif",
    "sarif_github",
    "sheet",
)


def renderer(name: str) -> Callable[[Renderer], Renderer]:
    """Register a renderer under its format's *name*."""

    def register(function: Renderer) -> Renderer:
        @wraps(function)
        def harmless(audit: Audit, model: ThreatModel) -> str:
            return function(mapped(audit, inert), model)

        RENDERERS[name] = harmless
        return harmless

    return register


def formats() -> tuple[str, ...]:
    """Return the name of every format."""
    for module in _MODULES:
        import_module(f"idaudit.reports.{module}")
    return tuple(sorted(RENDERERS))


def render(name: str, audit: Audit, model: ThreatModel) -> str:
    """Return *audit* in the format *name*."""
    if name not in (known := formats()):
        raise UsageError(
            f"no report format is called {name!r}{did_you_mean(name, known)}; "
            f"expected one of {', '.join(known)}"
        )
    return RENDERERS[name](audit, model)
