"""Questions that have to be declined, with somebody's value in them."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from idaudit.checks.access.naming import names_of
from idaudit.checks.access.rounds import Street
from idaudit.checks.probes.fuzz.asking import Asker, Seen, Voice
from idaudit.checks.probes.fuzz.described import Described, Question

JSON = {"Content-Type": "application/json"}
Spoil = Callable[[Described, Question, str], Question]

DEEP = 500
"""So many brackets inside one another: more than any form, and less than any stack."""


def mistyped(operation: Described, question: Question, mark: str) -> Question:
    """Write *mark*, and letters no form takes, into every field at once."""
    del operation
    return _saying(question, _everywhere(question.json, f"{mark}\x00\x1b{'*' * 300}"))


def with_more(operation: Described, question: Question, mark: str) -> Question:
    """Put *mark* into fields that nobody asked for, and leave out one that was asked for."""
    del operation
    said = dict(question.json) if isinstance(question.json, dict) else {}
    left = dict(list(said.items())[1:])
    return _saying(question, {**left, "note": mark, "details": [{"remark": mark}]})


def cut_short(operation: Described, question: Question, mark: str) -> Question:
    """Say *mark* in what stops being JSON half-way."""
    del operation
    return _with_body(question, json.dumps({"name": mark, "street": mark}).encode()[:-2])


def of_another_kind(operation: Described, question: Question, mark: str) -> Question:
    """Say *mark* in a form of the kind that browsers send."""
    del operation
    headers = {**question.headers, "Content-Type": "application/x-www-form-urlencoded"}
    return Question(question.method, question.path, headers, f"name={mark}".encode())


SPOILT: Mapping[str, Spoil] = {
    "mistyped": mistyped,
    "with more": with_more,
    "cut short": cut_short,
    "of another kind": of_another_kind,
}
"""Every way to spoil a form that is asked for."""

BREAKING = (
    b'{"name": "\\ud800"}',
    b'\xff\xfe{"name": 1}',
    b"[" * DEEP + b"]" * DEEP,
    b'{"name": 1e9999, "born": -1e9999}',
    b"null",
    b"",
)
"""Bodies that make a careless reader fail rather than decline."""

ODD_IDS = ("%00", "'", "..%2f..%2fetc%2fpasswd", "-1", "0" * 2000, "%F0%9F%AA%AA", "{{7*7}}")
"""What somebody types where an id belongs."""


def spoilt(
    asker: Asker, street: Street, everybody: list[Voice], mark: str
) -> Iterator[tuple[Seen, Voice, Spoil, Described, Question]]:
    """Ask everything that takes a form with a form that is spoilt, as each of *everybody*."""
    for operation, question in forms(street):
        for spoil in SPOILT.values():
            for voice in everybody:
                seen = asker.ask(operation.label, voice, spoil(operation, question, mark))
                yield seen, voice, spoil, operation, question


def forms(street: Street) -> Iterator[tuple[Described, Question]]:
    """Return every operation that takes a form, with one that fits, about the stranger's file."""
    for operation in street.operations:
        names = next(names_of(operation, street.residents.stranger), {})
        question = operation.question(names)
        if question.json is not None:
            yield operation, question


def breaking(asker: Asker, street: Street, everybody: list[Voice]) -> Iterator[Seen]:
    """Ask everything in ways that make a careless system fail."""
    for operation in street.operations:
        question = operation.question({})
        asked = [_with_body(question, body) for body in BREAKING if question.json is not None]
        asked += [operation.question({}, case) for case in operation.unfitting]
        for each in asked:
            yield from (asker.ask(operation.label, voice, each) for voice in everybody)
    for operation in street.reading():
        for odd in ODD_IDS if operation.parts else ():
            path = "/".join(odd if "{" in part else part for part in operation.path.split("/"))
            yield asker.ask(operation.label, everybody[-1], Question("GET", path, {}))


def _everywhere(said: Any, text: str) -> Any:  # noqa: ANN401  JSON
    match said:
        case dict():
            return {name: _everywhere(value, text) for name, value in said.items()}
        case list():
            return [_everywhere(value, text) for value in said] or [text]
        case _:
            return text


def _saying(question: Question, said: Any) -> Question:  # noqa: ANN401  JSON
    return _with_body(question, json.dumps(said).encode())


def _with_body(question: Question, body: bytes) -> Question:
    return Question(question.method, question.path, {**question.headers, **JSON}, body)
