"""Whether what is answered about a file tells it from one that nobody has."""

import json
import random
import re
from dataclasses import dataclass

from idaudit.checks.access.naming import names_of
from idaudit.checks.case import File
from idaudit.checks.disclosure.confirmation import like
from idaudit.checks.probes.fuzz.asking import Asker, Voice
from idaudit.checks.probes.fuzz.described import Described

TRIES = 2
"""How often an answer is asked for before it counts as another."""

_SHORT = 6
"""Letters below which a name is likely to stand in an answer by chance."""

_IDLE = frozenset({"date", "content-length", "x-request-id", "traceparent", "server-timing", "age"})


def never_given(known: File, chance: random.Random) -> File:
    """Return a file nobody has, whose names are written as those of *known* are."""
    application = _made_up(known.application, chance)
    alike = known.application == known.record
    record = application if alike else _made_up(known.record, chance)
    return File(known.applicant, application, record)


def _made_up(known: str, chance: random.Random) -> str:
    """Return a name nobody was given: where they are counted, a number not reached yet."""
    counted = known.isdecimal() and len(known) < _SHORT
    return str(int(known) + chance.randrange(1000, 9000)) if counted else like(known, chance)


@dataclass(frozen=True, slots=True)
class Answers:
    """All that a file's answers tell: as they came, and with its name left out."""

    plain: tuple[object, ...]
    nameless: tuple[object, ...]


def same(one: Answers, other: Answers) -> bool:
    """Whether two files cannot be told apart; a short name also stands in other words."""
    return one.plain == other.plain or one.nameless == other.nameless


def answers_about(asker: Asker, operation: Described, voice: Voice, file: File) -> Answers:
    """Ask *operation* about *file* in every way it can be named there."""
    plain: list[object] = []
    nameless: list[object] = []
    for names in names_of(operation, file):
        exchange = asker.ask(operation.label, voice, operation.question(names)).exchange
        headers = {name: value for name, value in exchange.headers.items() if name not in _IDLE}
        said = json.dumps(headers, sort_keys=True)
        body = exchange.body.decode("latin-1")
        plain += [exchange.status, body, said]
        nameless += [exchange.status, _without(body, file), _without(said, file)]
    return Answers(tuple(plain), tuple(nameless))


def _without(said: str, file: File) -> str:
    """Return *said* with the names of *file* left out; a number only where it stands alone."""
    for name in {file.record, file.application}:
        whole = f"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z])"
        said = re.sub(whole, "{id}", said) if len(name) < _SHORT else said.replace(name, "{id}")
    return said
