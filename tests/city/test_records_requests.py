"""The records-request desk: numbers for everybody, and no number for a few."""

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from idaudit.fixtures.city.statistics import EVERYBODY, LEAST
from idaudit.fixtures.city.suppression import Cell, Knowledge, Roll, exposed

if TYPE_CHECKING:
    from conftest import Nursery, Town

DAY = 86_400
QUARTER = 95 * DAY


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_city.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def ask(town: "Town", about: str | None = None, text: str = "") -> list[dict[str, Any]]:
    """File a request as anybody, and read its answer."""
    body = {"requester": "Example Gazette", "about": about, "text": text}
    request = town.must(None, "POST", "/records-requests", body)["request"]
    return town.must(None, "GET", f"/records-requests/{request}")["statistics"]


def numbers(town: "Town", about: str) -> tuple[int | None, dict[str, int]]:
    """Return the total and the cells told under one heading."""
    (table,) = ask(town, about)
    return table["persons"], {cell["name"]: cell["persons"] for cell in table["cells"]}


def enrol(town: "Town", count: int, **changes: object) -> list[dict[str, Any]]:
    """Approve *count* people alike."""
    files = [town.apply(**changes) for _ in range(count)]
    for file in files:
        town.decide(file)
    return files


def test_a_number_for_a_few_is_not_told(town: "Town") -> None:
    """Nor is its name, nor a total that would give it away."""
    enrol(town, LEAST + 2, postcode="10001")
    enrol(town, 1, postcode="10463")
    answer = json.dumps(ask(town, "postcode"))

    assert numbers(town, "postcode") in (
        (None, {"10001": LEAST + 2}),
        (LEAST + 3, {}),
    )
    assert "10463" not in answer


def test_an_unfinished_application_is_no_cardholder(town: "Town") -> None:
    """Who is only asking, was refused or is only held for a court is not counted."""
    files = enrol(town, LEAST)
    town.apply()
    town.hold(files[0])
    town.delete(files[0])

    assert numbers(town, "city") == (None, {})


def test_two_tables_side_by_side_do_not_tell_who_came(town: "Town") -> None:
    """The numbers stand for a quarter, and then move by many or not at all."""
    enrol(town, LEAST + 2)
    first = numbers(town, "city")
    enrol(town, 1)
    same_day = numbers(town, "city")
    town.advance(QUARTER)
    next_quarter = numbers(town, "city")
    enrol(town, LEAST)
    town.advance(QUARTER)
    later = numbers(town, "city")

    assert first == same_day == next_quarter == (LEAST + 2, {"NEW YORK": LEAST + 2})
    assert later == (2 * LEAST + 3, {"NEW YORK": 2 * LEAST + 3})


def test_a_request_that_names_somebody_is_answered_like_any_other(town: "Town") -> None:
    """In the same words, the same length and the same headers, enrolled or not."""
    (file,) = enrol(town, 1)
    answers = []
    for form in (file["form"], town.form(), town.form()):
        text = f"Does {form['given_name']} {form['surname']}, {form['born']}, have a card?"
        body = {"requester": "Example Gazette", "text": text}
        filed = town.ask(None, "POST", "/records-requests", body)
        read = town.ask(None, "GET", f"/records-requests/{filed.json()['request']}")
        headers = {name: value for name, value in read.headers.items() if name != "date"}
        answers.append(
            (filed.status_code, len(filed.content), read.status_code, read.text, headers)
        )

    assert answers[0] == answers[1] == answers[2]
    assert json.loads(answers[0][3]) == {"status": "answered", "statistics": []}


def test_the_time_an_answer_takes_tells_nothing(town: "Town") -> None:
    """Nobody is looked up, so an enrolled name takes no longer than another."""
    (file,) = enrol(town, 1)
    names = {True: file["form"]["surname"], False: "Nobody0001"}
    taken: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(40):
        for enrolled, name in names.items():
            start = time.perf_counter()
            ask(town, text=name)
            taken[enrolled].append(time.perf_counter() - start)

    assert median(taken[True]) == pytest.approx(median(taken[False]), rel=0.5)


def test_a_pending_request_stops_no_destruction(town: "Town") -> None:
    """What is due goes on its day, and so does the request, with what it says."""
    file = town.apply()
    text = f"Keep the file of {file['form']['surname']}"
    body = {"requester": "Example Gazette", "text": text}
    request = town.must(None, "POST", "/records-requests", body)["request"]
    town.reopen()
    answer = town.ask(None, "GET", f"/records-requests/{request}")
    town.settle()
    lying = town.at_rest()
    town.advance(60 * DAY)

    assert answer.status_code == 200
    assert text.encode() not in lying
    assert town.read(file).status_code == 404
    assert town.ask(None, "GET", f"/records-requests/{request}").status_code == 404


def test_a_pending_request_does_not_stop_the_kill_switch(town: "Town") -> None:
    """Two signatures, and everything is gone, whoever is waiting for an answer."""
    (file,) = enrol(town, 1)
    ask(town, "city")
    town.kill()

    assert town.read(file).status_code == 404
    assert numbers(town, "city") == (None, {})


def test_counting_is_in_the_ledger(town: "Town") -> None:
    """Filing, reading and the one look at the whole roster are written down."""
    enrol(town, 1)
    for _ in range(2):
        ask(town, "city")

    assert town.acts()[-5:] == [
        ("public", "file_records_request", "allowed"),
        ("city", "count_cardholders", "allowed"),
        ("public", "read_records_answer", "allowed"),
        ("public", "file_records_request", "allowed"),
        ("public", "read_records_answer", "allowed"),
    ]


# -- what can be worked out ---------------------------------------------------------------


def rank(rows: list[list[Fraction]]) -> int:
    """Return the rank of a matrix, worked out in the schoolbook way."""
    found, rows = 0, [list(row) for row in rows]
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(found, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for r in range(found + 1, len(rows)):
            factor = rows[r][column] / rows[found][column]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[found], strict=True)]
        found += 1
    return found


@pytest.mark.parametrize("seed", range(40))
def test_what_follows_from_some_sums_is_known(seed: int) -> None:
    """The quick way and the schoolbook way agree on what can be worked out."""
    chance = random.Random(seed)  # noqa: S311  a test's dice
    width = chance.randint(1, 7)
    sets = [{a for a in range(width) if chance.random() < 0.5} for _ in range(5)]
    known, asked = sets[:-1], sets[-1]
    rows = [[Fraction(a in one) for a in range(width)] for one in known]
    follows = rank(rows) == rank([*rows, [Fraction(a in asked) for a in range(width)]])

    assert Knowledge(known).tells(asked) is follows


def test_a_small_group_is_found_out_across_tables_and_quarters() -> None:
    """What one table holds back another may tell, and so may last year's."""
    bronx, queens, old = Cell("city", "BRONX"), Cell("city", "QUEENS"), Cell("age", "old")
    atoms = (20, 3, 15)  # the young and the old of the Bronx, and the old of Queens
    members = {bronx: {0, 1}, queens: {2}, old: {1, 2}, Cell("age", "young"): {0}}
    roll = Roll(
        atoms,
        {cell: frozenset(m) for cell, m in members.items()} | {EVERYBODY: frozenset({0, 1, 2})},
    )
    small = Roll(atoms, {**roll.members, Cell("age", "oldest"): frozenset({1})})

    assert exposed(roll, {EVERYBODY, bronx}, set(), 10) == set()
    assert exposed(small, {old, queens}, set(), 10) == {"age", "city"}
    assert exposed(small, {old}, {queens}, 10) == {"age", "city"}


# -- the other side -------------------------------------------------------------------------


def holds_back_the_few(town: "Town") -> bool:
    """Whether one person in a postcode stays unseen."""
    enrol(town, 1, postcode="10463")
    return numbers(town, "postcode") == (None, {})


def holds_back_what_gives_the_few_away(town: "Town") -> bool:
    """Whether a total less its parts is not one person."""
    enrol(town, LEAST, postcode="10001")
    enrol(town, 1, postcode="10463")
    total, cells = numbers(town, "postcode")
    return total is None or total - sum(cells.values()) != 1


def moves_by_many(town: "Town") -> bool:
    """Whether one who enrols between two quarters stays unseen."""
    enrol(town, LEAST)
    before = numbers(town, "city")
    enrol(town, 1)
    town.advance(QUARTER)
    return numbers(town, "city") == before


def is_no_oracle(town: "Town") -> bool:
    """Whether a name that is enrolled is answered as one that is not."""
    (file,) = enrol(town, 1)
    return ask(town, text=file["form"]["surname"]) == ask(town, text="Nobody0001")


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        ("TellsSmallNumbers", holds_back_the_few),
        ("LeavesTheRest", holds_back_what_gives_the_few_away),
        ("TellsEveryMove", moves_by_many),
        ("LooksThemUp", is_no_oracle),
    ],
)
def test_a_city_that_breaks_the_promise_is_noticed(
    open_town: Callable[..., "Town"],
    faithless: "Nursery",
    fault: str,
    promise: Callable[["Town"], bool],
) -> None:
    """Each promise is kept by the city, and seen to be broken by one that does not."""
    assert promise(open_town())
    assert not promise(open_town({"faithless": fault}, faithless))
