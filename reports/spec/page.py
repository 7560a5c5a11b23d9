"""
The specification as one HTML file, for somebody who reads it on paper or on a telephone.

No network, no script: the page forbids both to itself. Every word passes
through autoescape.
"""

from functools import cache

from jinja2 import Environment

from idaudit.reports.spec.document import Spec
from idaudit.reports.spec.shipped import environment
from idaudit.reports.text import inert


def html(spec: Spec) -> str:
    """Render *spec* as a page."""
    return inert(_environment().get_template("spec.html").render(spec=spec))


@cache
def _environment() -> Environment:
    return environment(autoescape=True)
