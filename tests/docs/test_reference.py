"""``docs/reference/`` is written from the code: what is promised, asked, seeded and understood."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from idaudit.checks.catalogue import Declaration, every_check
from idaudit.command.main import cli
from idaudit.fixtures.defects.registry import every_defect
from idaudit.threatmodel.loader import load

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "reference"
HEAD = "<!-- written by tests/docs/test_reference.py; `make docs` writes it anew -->\n"
MODEL = load()


def cell(text: str) -> str:
    """Return *text* so that a table's cell holds it, and a page shows it as it stands."""
    line = " ".join(text.split())
    for each, shown in (("|", "\\|"), ("<", "&lt;"), ("{", "&#123;")):
        line = line.replace(each, shown)
    return line


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    columns = list(head)
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' for _ in columns)} |"
    yield from (f"| {' | '.join(cell(each) for each in row)} |" for row in rows)
    yield ""


def promises() -> Iterator[str]:
    """Yield every promise, its source, and the ways to break it."""
    yield "# Promises\n"
    for each in MODEL.guarantees.values():
        yield f"## {each.id}\n"
        yield f"*{cell(each.plain)}* ({each.code}, {each.area})\n"
        yield f"{cell(each.statement)}\n"
        sources = "; ".join(f"{cite.source.title} {cite.place}".strip() for cite in each.sources)
        yield f"Source: {cell(sources)}.\n"
        yield from (f"{n}. {cell(way)}" for n, way in enumerate(each.violations, 1))
        yield ""


def checks() -> Iterator[str]:
    """Yield every check, by promise."""
    yield "# Checks\n"
    for guarantee in MODEL.guarantees:
        mine = [each for each in every_check().values() if each.guarantee == guarantee]
        yield f"## {guarantee}\n"
        yield from table(("check", "tier", "what it holds"), map(_check, mine))


def _check(each: Declaration) -> tuple[str, str, str]:
    return f"`{each.id}`", each.tier.value, each.summary


def defects() -> Iterator[str]:
    """Yield every seeded defect and every lawful oddity, by promise."""
    yield "# Seeded defects, and cities that only look like one\n"
    known = every_defect().values()
    for guarantee in MODEL.guarantees:
        bad = [each for each in known if each.breaks == guarantee and not each.lawful]
        odd = [each for each in known if each.lawful and guarantee in each.near]
        yield f"## {guarantee}\n"
        rows = ((f"`{e.id}`", e.summary, f"`{e.caught_by}`", f"`{e.reason}`") for e in bad)
        yield from table(("defect", "what it does", "caught by", "reason"), rows)
        if odd:
            lawful = ((f"`{each.id}`", each.summary) for each in odd)
            yield from table(("lawful", "what it does"), lawful)


def commands() -> Iterator[str]:
    """Yield what each command says of itself."""
    yield "# Commands\n"
    # click remembers a command's help option as it was first asked for: below `idaudit`, as always.
    above = click.Context(cli, info_name="idaudit", terminal_width=100, **cli.context_settings)
    for name, command in sorted(cli.commands.items()):
        told = click.Context(command, above, info_name=name)
        yield f"## idaudit {name}\n\n```text\n{command.get_help(told)}\n```\n"


def target_file() -> Iterator[str]:
    """Yield every key of a target file, by the schema that editors read."""
    yield "# The keys of a target file\n"
    schema = json.loads((DOCS / "target.schema.json").read_text(encoding="utf-8"))
    for name, kind in [("the file", schema), *sorted(schema["$defs"].items())]:
        if keys := kind.get("properties"):
            yield f"## {name}\n\n{cell(kind.get('description', ''))}\n"
            yield from table(("key", "if left out", "what it says"), map(_key, keys.items()))


def _key(named: tuple[str, Any]) -> tuple[str, str, str]:
    name, told = named
    default = json.dumps(told["default"]) if "default" in told else ""
    return f"`{name}`", f"`{default}`" if default else "", told.get("description", "")


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "promises.md": promises,
    "checks.md": checks,
    "defects.md": defects,
    "commands.md": commands,
    "target-file.md": target_file,
}


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_says_what_the_code_says(name: str) -> None:
    """Word for word; ``IDAUDIT_WRITE_DOCS=1`` mends it instead of failing."""
    text = HEAD + "\n".join(PAGES[name]()).rstrip() + "\n"
    if os.environ.get("IDAUDIT_WRITE_DOCS"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")

    assert (FOLDER / name).read_text(encoding="utf-8") == text


def test_nothing_else_is_taken_for_reference() -> None:
    """A page that nobody writes any more goes."""
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)
