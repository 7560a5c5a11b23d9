"""
What one applicant leaves behind and is answered, so that twins can be compared.

Places where data rests are read before and after: rows as rows, everything else
as the words and bytes it gained. Whatever is different for each single
applicant (ids, clocks, cipher) proves nothing and needs no masking.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

from idaudit.checks.case import Case
from idaudit.checks.finding import Place
from idaudit.checks.probes.twins import LONGEST, Features, Tables, Tell, row_features, tells
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.surfaces.surface import Surface, Tabular
from idaudit.fixtures.targets.target import Exchange, Outcome
from idaudit.threatmodel.errors import Inconclusive

Life = Callable[[Case, Applicant], Sequence[Outcome]]
"""What one applicant goes through; returns the answers that are to be compared."""

PAIRS = 8
"""Enough for sixty ways to divide people that could tell, with chance in one run of a hundred."""

AT_REST, ANSWERED = "at rest: ", "answer "
_WORD = re.compile(r"[^\W\d_][\w-]{1,40}")
_TELLING_HEADERS = frozenset({"date", "content-length", "server"})


def told_apart(case: Case, life: Life, one: Differences, other: Differences) -> list[Tell]:
    """
    Return what tells people who differ as *one* and *other* do, after the same *life*.

    Raises:
        Inconclusive: the first kind of people do not get through that life, so
            that comparing means nothing, or nothing anywhere changed by it.

    """
    _must_see(case)
    groups: tuple[list[Features], list[Features]] = ([], [])
    for pair in range(PAIRS):
        first = case.people.next(**one)
        twins = (first, case.people.twin(first, apart=True, **other))
        for number in (0, 1) if pair % 2 else (1, 0):  # what drifts with time falls on both alike
            person = case.meet(twins[number])
            groups[number].append(_traces(case, life, person, must=number == 0))
    case.bound(
        f"Anything that always tells {PAIRS} people of one kind from {PAIRS} of the other would "
        "have been seen; what tells them apart only sometimes might not."
    )
    return tells(*groups)


def expect_alike(
    case: Case, told: Sequence[Tell], at_rest: tuple[str, str], answered: tuple[str, str]
) -> None:
    """Expect that nothing tells; the pairs are the reason and the sentence for either place."""
    case.trials += 1
    for tell in told:
        kept = tell.feature.startswith(AT_REST)
        reason, sentence = at_rest if kept else answered
        where = tell.feature.removeprefix(AT_REST)
        surface, _, place = where.partition(":") if kept else ("", "", where)
        case.broken(reason, sentence, Place(surface, place))


def _must_see(case: Case) -> None:
    """Prove sight of every place before its silence is taken for an answer."""
    case.sight.look([])


def _traces(case: Case, life: Life, person: Applicant, *, must: bool) -> Features:
    """Describe what *person* leaves and is answered."""
    before = _read(case)
    outcomes = life(case, person)
    if must and not all(outcome.allowed for outcome in outcomes):
        raise Inconclusive("the people to compare with do not get through either")
    left = _gained(before, _read(case))
    if not any(value for name, value in left.items() if name.endswith(":gained")):
        raise Inconclusive("a whole application changed nothing in any declared place")
    return {**left, **answer_features(outcomes)}


Snapshot = tuple[Mapping[str, Tables], Mapping[str, bytes]]
"""Every place at one moment: tables by surface, and other bytes by surface and location."""


def _read(case: Case) -> Snapshot:
    case.sight.settle()
    tables: dict[str, Tables] = {}
    files: dict[str, bytes] = {}
    for surface in case.sight.resting():
        if isinstance(surface, Tabular):
            tables[surface.id] = surface.tables()
        else:
            files |= _files(surface)
    return tables, files


def _files(surface: Surface) -> dict[str, bytes]:
    """Return the bytes of each location; a file's name is a location of its own."""
    found: dict[str, bytes] = {}
    for part in surface.parts():
        name = f"{surface.id}/{part.location}"
        found[name] = found.get(name, b"")[: part.offset] + part.data
    return found


def _gained(before: Snapshot, after: Snapshot) -> Features:
    features: dict[str, Hashable] = {}
    for surface, tables in after[0].items():
        old = before[0].get(surface, {})
        features |= row_features(old, tables, f"{AT_REST}{surface}:")
    gained: dict[str, list[bytes]] = {}
    named: dict[str, list[bytes]] = {}
    for location, data in after[1].items():
        surface, _, name = location.partition("/")
        old_data = before[1].get(location)
        if old_data is None:
            named.setdefault(surface, []).append(name.encode())
        if data != old_data:
            gained.setdefault(surface, []).append(data.removeprefix(old_data or b""))
    for surface, pieces in gained.items():
        features |= _pieces(f"{AT_REST}{surface}", pieces, named.get(surface, []))
    return features


def _pieces(
    prefix: str, pieces: Sequence[bytes], names: Sequence[bytes]
) -> Iterator[tuple[str, Hashable]]:
    """Describe new bytes by how many and how long they are, and by their words."""
    yield f"{prefix}:gained", len(pieces)
    yield f"{prefix}:lengths", tuple(sorted(map(len, pieces)))
    words = Counter(word for piece in (*pieces, *names) for word in _words(piece))
    yield from ((f"{prefix}:word {word}", count) for word, count in words.items())


def _words(data: bytes) -> list[str]:
    """Return the words of a text; what is no text has none."""
    try:
        return _WORD.findall(data.decode())
    except UnicodeDecodeError:
        return []


def answer_features(outcomes: Sequence[Outcome]) -> Features:
    """Describe answers by how they ended, their size, their headers and their short values."""
    features: dict[str, Hashable] = {}
    for number, outcome in enumerate(outcomes, start=1):
        prefix = f"{ANSWERED}{number}"
        features[f"{prefix}:outcome"] = (outcome.answer.value, outcome.reason)
        features |= _values(prefix, outcome.fields)
        for exchange in outcome.exchanges:
            features |= _exchange(prefix, exchange)
    return features


def _exchange(prefix: str, exchange: Exchange) -> Features:
    kept = {k: v for k, v in exchange.headers.items() if k not in _TELLING_HEADERS}
    headers = {f"{prefix}:header {name}": value for name, value in kept.items()}
    return {f"{prefix}:status": exchange.status, f"{prefix}:size": len(exchange.body), **headers}


def _values(prefix: str, value: Any) -> dict[str, Hashable]:  # noqa: ANN401  any JSON
    """Flatten *value* to its leaves; a long text is described by its length."""
    match value:
        case Mapping():
            leaves = (_values(f"{prefix}.{name}", inner) for name, inner in value.items())
            return {name: leaf for each in leaves for name, leaf in each.items()}
        case list() | tuple():
            return {prefix: json.dumps(value, default=str, sort_keys=True)[:LONGEST]}
        case str() if len(value) > LONGEST:
            return {prefix: len(value)}
        case bytes():
            return {}
        case _:
            return {prefix: value}
