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
from idaudit.reports.languages.tongue import SOURCE, languages, tongue
from idaudit.reports.text import inert
from idaudit.threatmodel.errors import UsageError, did_you_mean
from idaudit.threatmodel.model import ThreatModel

Renderer = Callable[[Audit, ThreatModel], str]
Speaker = Callable[[Audit, ThreatModel, str], str]

RENDERERS: dict[str, Renderer] = {}
"""Every format ``idaudit report --format`` knows, once :func:`render` or :func:`formats` ran."""

_MODULES = (
    "audit_json",
    "html",
    "intoto",
    "junit",
    "markdown",
    "matrix",
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


def speaker(name: str) -> Callable[[Speaker], Speaker]:
    """
    Register a renderer that is told the language as well, once for each.

    "html" is English; "html-es" is the same page in Spanish.
    """

    def register(function: Speaker) -> Speaker:
        for language in languages():
            called = name if language == SOURCE else f"{name}-{language}"
            renderer(called)(_speaking(function, language))
        return function

    return register


def _speaking(function: Speaker, language: str) -> Renderer:
    """Return *function* as one that knows its language."""

    @wraps(function)
    def spoken(audit: Audit, model: ThreatModel) -> str:
        return function(audit, model, language)

    return spoken


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


def in_language(name: str, language: str) -> str:
    """
    Return the format that is *name* in *language*.

    Raises:
        UsageError: it is for programs and has no language, or not this one.

    """
    if language == SOURCE:
        return name
    if (spoken := f"{name}-{language}") in formats():
        return spoken
    tongue(language)  # complains of a language that there is none of
    raise UsageError(
        f"--lang {language}: the format {name!r} is for programs and has no language; "
        f"expected --lang {SOURCE}, or --format html"
    )
