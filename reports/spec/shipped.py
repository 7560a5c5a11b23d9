"""The templates of the specification, as they lie in the reports' own folder."""

from collections.abc import Callable
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from idaudit.reports import words
from idaudit.reports.spec import wording


def environment(
    *, autoescape: bool, finalize: Callable[[object], object] | None = None
) -> Environment:
    """Return jinja2 with our words at hand; each format says how it escapes."""
    made = Environment(  # nosec B701
        loader=FunctionLoader(_read),
        autoescape=autoescape,  # noqa: S701  off for Markdown, which escapes in *finalize*
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals |= {"words": words, "wording": wording}
    return made


def _read(name: str) -> str | None:
    """Return a template's text; none where there is no such template."""
    file = files("idaudit.reports").joinpath("templates", name)
    return file.read_text(encoding="utf-8") if file.is_file() else None
