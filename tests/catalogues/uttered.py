"""
What checks can say, read off their source: every text in ``checks/`` that a report may hold.

A sentence is put together where a check runs, from parts that lie anywhere in its
module, so every text that reads as words is taken for speech, unless it is said here
that it is none. What is filled in later stands as a hole.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "checks"
SPEECH = ROOT / "reports" / "languages" / "speech.txt"

QUIET = (
    "catalogue.py",  # a mistake in a check's declaration
    "gaps.py",  # advice of the doctor, on a terminal
    "guard.py",  # refuses to write a report
    "probes/lifecycle/script.py",  # a program
    "probes/source/reading.py",  # names of rules, and a mistake in --source
    "probes/sweep/",  # what could not be opened: the machine's words
)
"""Modules whose texts no report tells in sentences."""
_WORDS = 3
_NO_SPEECH = re.compile(
    r"[\\|_#=\n]|(?<!\*)\*(?!\*)|%[A-Z]|--"
    r"|^(\d|[x\W]*$|[A-Z]{2,} |['\"/{]|[A-Z]\w+ [A-Z]|[A-Z]\w+-[A-Z]|\w+:\w)"
)
"""Addresses, names that were made up, patterns, statements to a database, programs."""
ASKED = frozenset(
    {
        "Please send everyone with a foreign passport, by country.",
        "Please send the names and addresses of all cardholders.",
        "Read over the telephone by the judge's clerk. The paper will be sent.",
        "The names of everybody who enrolled this year.",
        "A spreadsheet of all cardholders, names and addresses withheld.",
        "A redacted copy of every paper that {name} showed.",
        "A redacted copy of the file of {name}, born {born}.",
        "Department of Finance",
        "Department of Shared Data",
        (
            "Whatever you hold about {given_name} {surname}, born {born}, redacted as need be; or "
            "say that you hold nothing."
        ),
        "not a day: {street}",
        "days of notices",
        "ids made up",
        "no such feature",
        "other lawful purpose",
        "timed in turn",
        "to open an account",
    }
)
"""What a check asks a system, or sows its chance with; it says none of it to a reader."""
_HOLE = re.compile(r"\{(\w*)[^{}]*\}")


def uttered() -> list[str]:
    """Return every text that checks may say, once, sorted; holes have names."""
    texts = (
        text
        for path in spoken_modules()
        for text in _texts(ast.parse(path.read_text(encoding="utf-8")))
    )
    return sorted(set(filter(_is_speech, texts)))


def write() -> None:
    """Bring what the reports know of the checks' speech up to date."""
    SPEECH.write_text("".join(f"{text}\n" for text in uttered()), encoding="utf-8")


def spoken_modules() -> Iterator[Path]:
    """Yield every module whose texts may reach a report."""
    for path in sorted(CHECKS.rglob("*.py")):
        if not path.relative_to(CHECKS).as_posix().startswith(QUIET):
            yield path


def _is_speech(text: str) -> bool:
    """Whether *text* reads as words; its holes are words of their own."""
    bare = _HOLE.sub("x", text)
    words = len(bare.split()) >= _WORDS and not _NO_SPEECH.search(bare)
    return words and text not in ASKED


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield each text of a program, whatever it is put together from, but no docstring."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.JoinedStr():
            yield _with_holes(node)
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _texts(part.value)
        case ast.Constant(value=str() as text):
            yield _HOLE.sub(lambda hole: f"{{{hole[1] or 'it'}}}", text)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _texts(child)


def _with_holes(text: ast.JoinedStr) -> str:
    """Return an f-string as a pattern: the same expression is the same hole."""
    holes: dict[str, str] = {}
    parts = []
    for part in text.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
            continue
        written = ast.unparse(part)
        if written not in holes:
            holes[written] = _named(part, list(holes.values()))
        parts.append(f"{{{holes[written]}}}")
    return "".join(parts)


def _named(part: ast.expr, taken: list[str]) -> str:
    """Return a name for what an expression puts into a hole: its own last one."""
    value = part.value if isinstance(part, ast.FormattedValue) else part
    names = [
        each.attr if isinstance(each, ast.Attribute) else each.id
        for each in ast.walk(value)
        if isinstance(each, ast.Attribute | ast.Name)
    ]
    name = (names[0] if names else "it").strip("_").lower()
    return name if name not in taken else f"{name}{taken.count(name) + 2}"
