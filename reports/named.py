"""The names of checks, which are whole sentences, in words."""

from markupsafe import Markup

from idaudit.reports.languages.tongue import ENGLISH, Tongue
from idaudit.reports.text import opening
from idaudit.reports.words import in_words, spoken


def check(code: str, tongue: Tongue = ENGLISH) -> str | Markup:
    """Return the name of a check, which is a whole sentence, in a language that knows it."""
    name = in_words(code)
    known = tongue is not ENGLISH and tongue.knows("check", name)
    return opening(tongue.kind("check", name)) if known else tongue.foreign(spoken(code))
