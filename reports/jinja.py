"""The templates beside this module, every escape on and our plain words at hand."""

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from types import SimpleNamespace

from jinja2 import Environment, FunctionLoader, StrictUndefined

from idaudit.reports import words
from idaudit.reports.languages.tongue import ENGLISH, SOURCE, Tongue, tongue
from idaudit.reports.named import check
from idaudit.reports.reliance import reliance
from idaudit.reports.text import count

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1000
_TOLD = (
    "title",
    "finding",
    "headline",
    "tried",
    "missed",
    "binding",
    "why",
)
_NAMED = {
    "VERDICTS": "verdict",
    "SUBJECTS": "subject",
    "SUBJECT_HINTS": "subject",
    "AREAS": "area",
    "OBLIGATIONS": "obligation",
    "MEANINGS": "meaning",
    "CHANGES": "change",
    "STATES": "state",
    "OUTCOMES": "outcome",
    "ASSURANCES": "assurance",
}
"""Each table of words that a template reads, with the kind of text in it."""


@cache
def environment(language: str = SOURCE) -> Environment:
    """Return jinja2 as every page uses it; what a target said passes through autoescape."""
    return fresh(autoescape=True, speaking=tongue(language))


def fresh(
    *,
    autoescape: bool,
    finalize: Callable[[object], object] | None = None,
    speaking: Tongue = ENGLISH,
) -> Environment:
    """Return jinja2 with our words at hand, to be added to; each format says how it escapes."""
    made = Environment(  # nosec B701
        loader=FunctionLoader(_read),
        autoescape=autoescape,  # noqa: S701  off for Markdown, which escapes in *finalize*
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(  # type: ignore[attr-defined]  # the extension adds it
        speaking.catalogue, newstyle=True
    )
    made.globals |= {"words": _words(speaking), "tongue": speaking, "count": count}
    made.filters |= {
        "day": speaking.day,
        "minute": speaking.minute,
        "size": _size,
        "duration": _duration,
        "foreign": speaking.foreign,
    }
    return made


def _words(speaking: Tongue) -> SimpleNamespace:
    """Return :mod:`idaudit.reports.words` as templates read it, in one language."""
    tables = {
        name: {key: speaking.kind(kind, text) for key, text in getattr(words, name).items()}
        for name, kind in _NAMED.items()
    }
    told = {name: partial(getattr(words, name), tongue=speaking) for name in _TOLD}
    told["reliance"] = partial(reliance, tongue=speaking)
    told["check"] = partial(check, tongue=speaking)
    plain = {
        name: getattr(words, name) for name in ("sentence", "spoken", "opening", "in_a_hundred")
    }
    return SimpleNamespace(**tables, **told, **plain, MARKS=words.MARKS)


def _read(name: str) -> str | None:
    """Return a template's text as it lies in a checkout or a wheel; none where there is none."""
    file = files("idaudit.reports").joinpath("templates", name)
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _size(number: int) -> str:
    """Return bytes in the largest fitting decimal unit."""
    amount, unit = float(number), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{amount:.0f} {_UNITS[unit]}" if not unit else f"{amount:.1f} {_UNITS[unit]}"


def _duration(seconds: float) -> str:
    """Return seconds as a person says them."""
    return f"{seconds:.1f} s"
