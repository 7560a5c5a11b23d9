"""The specification as Markdown, saying what the page says in the same order."""

import html
import re
from functools import cache

from jinja2 import Environment

from idaudit.reports.markdown import quoted
from idaudit.reports.spec.document import Spec
from idaudit.reports.spec.shipped import environment
from idaudit.reports.text import inert

_BLANKS = re.compile(r"\n{3,}")
_WHOLE = 1_000_000  # characters: nothing in a specification is cut


class _Plain(str):
    """Markdown we wrote ourselves, which is not escaped again."""

    __slots__ = ()


def markdown(spec: Spec) -> str:
    """Render *spec* as GitHub reads Markdown."""
    text = _environment().get_template("spec.md").render(spec=spec)
    return inert(_BLANKS.sub("\n\n", text))


@cache
def _environment() -> Environment:
    """Return jinja2 with every expression escaped for Markdown unless it says that it is."""
    made = environment(autoescape=False, finalize=_escaped)
    made.filters |= {"md": _Plain, "code": _code, "attribute": _attribute}
    return made


def _escaped(value: object) -> str:
    return value if isinstance(value, _Plain) else quoted(str(value), _WHOLE)


def _attribute(value: object) -> _Plain:
    """Return an id for an anchor."""
    return _Plain(html.escape(str(value)))


def _code(value: object) -> _Plain:
    """Return an id in typewriter, or as words where it could end the code or the cell."""
    text = str(value)
    unsafe = any(sign in text for sign in "`|<\n")
    return _Plain(quoted(text, _WHOLE) if unsafe else f"`{text}`")
