"""Gathers everything the reports say, in the form translators work with."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from idaudit.checks.catalogue import every_check
from idaudit.fixtures.defects.registry import every_defect
from idaudit.reports.languages.sayings import OPTIONAL, sayings
from idaudit.threatmodel.loader import load

NEVER = datetime(2026, 1, 1, tzinfo=UTC)  # no date of its own: the same file, the same bytes
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "reports" / "languages"
_TEMPLATES = ROOT / "reports" / "templates"
Message = str | tuple[str, ...]  # one text, or one for each number
_METHODS = [("**.html", "jinja2.ext:babel_extract")]
_CALLS = {"say": None, "count": (1, 2)}  # how our code names what it says


def template() -> Catalog:
    """Return every text that has to be translated, without a translation."""
    catalogue = Catalog(project="idaudit", charset="utf-8")
    for message in (*_templates(), *_code()):
        catalogue.add(message)
    for each in sayings(load(), reasons(), every_check()):
        catalogue.add(each.text, context=each.kind, auto_comments=[each.note] if each.note else ())
    return catalogue


def _templates() -> Iterator[Message]:
    """Yield what the pages say."""
    calls = {"_": None, "gettext": None, "ngettext": (1, 2)}
    for found in extract_from_dir(_TEMPLATES, _METHODS, keywords=calls):
        yield found[2]


def _code() -> Iterator[Message]:
    """Yield what our code says, wherever it speaks a tongue."""
    for path in sorted((ROOT / "reports").rglob("*.py")):
        if "Tongue" in path.read_text(encoding="utf-8"):
            for found in extract_from_file("python", path, keywords=_CALLS):
                yield found[1]


def reasons() -> set[str]:
    """Return every reason that a seeded defect is caught for."""
    return {each.reason for each in every_defect().values() if each.reason}


def translations() -> Iterator[Path]:
    """Yield the catalogue of each language besides English."""
    yield from sorted(FOLDER.glob("*.po"))


def read(path: Path) -> Catalog:
    """Return a catalogue as its file has it."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem, charset="utf-8")
    catalogue.creation_date = catalogue.revision_date = NEVER
    return catalogue


def missing(catalogue: Catalog) -> list[str]:
    """Return what *catalogue* has to say and cannot; codes of findings may stay English."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and message.context not in OPTIONAL and not _said(message)
    ]


def _said(message: Entry) -> bool:
    """Whether every form of one message is translated, and by a person."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(forms) and not message.fuzzy


def compiled(catalogue: Catalog) -> bytes:
    """Return what the reports read at run time."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def shipped(language: str) -> bytes:
    """Return the compiled catalogue that ships."""
    return files("idaudit.reports.languages").joinpath(f"{language}.mo").read_bytes()
