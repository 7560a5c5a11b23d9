"""What a request for records brings to light: no name, no paper, and no number of a few people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from idaudit.checks.access.reach import bodies
from idaudit.checks.case import PUBLIC, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.confirmation import ASKING
from idaudit.checks.probes.sums import small
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.canaries import Cohort, Field
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

FLOOR = 3
"""Fewer name somebody, whatever floor a city sets: one is named, and two know of each other."""

MANY, FEW = 12, 1
"""People where a number may be told, and where it would name somebody."""

A_QUARTER = timedelta(days=100)
_IN_THE_QUESTION = frozenset({Field.GIVEN_NAME, Field.SURNAME})
_HEADINGS = ("city", "postcode", "age")
_PLACES = (
    (Differences(city="Bronx", postcode="10456"), MANY),
    (Differences(city="Bronx", postcode="10468"), FEW),
    (Differences(city="Queens", postcode="11368"), MANY),
)
"""Where people live: one of them lives where nobody else does, in a city with many others."""


@check(
    guarantee="no-confirmation",
    counters=("answer-holds-hidden-rows", "redaction-peeled-off"),
    needs=(*ENROLMENT, *ASKING),
)
def no_answer_to_a_records_request_names_anybody(case: Case) -> None:
    """
    Whatever is asked for, of one person or of all, no name, value or paper is in the answer.

    Files within it are opened: hidden sheets and rows, text under a black bar,
    packed copies and pictures.
    """
    files = [case.enrol(case.applicant(size=4_000)) for _ in range(3)]
    person = files[0].applicant
    name = f"{person.given_name} {person.surname}"
    of_all = (
        "A spreadsheet of all cardholders, names and addresses withheld.",
        "The names of everybody who enrolled this year.",
    )
    of_one = (
        f"A redacted copy of the file of {name}, born {person.born}.",
        f"A redacted copy of every paper that {name} showed.",
    )
    named = [_answer(case, text=text) for text in of_one]
    answers = [_answer(case, text=text) for text in of_all]
    answers += [_answer(case, about=about) for about in _HEADINGS]
    if not any(answer.allowed for answer in (*named, *answers)):
        raise Inconclusive("no request for records was answered at all")
    sweep = sweep_for(case.mint, [file.applicant for file in files])
    for answer in (*named, *answers):
        hits = [hit for body in bodies(answer) for hit in sweep.bytes(body, "answer")]
        found = [hit for hit in hits if hit.cohort is Cohort.SUBJECT]
        if answer in named:  # an answer may repeat the question
            found = [hit for hit in found if hit.field not in _IN_THE_QUESTION]
        under = all(len(hit.form) > 1 for hit in found)  # within something, and not as it is
        case.expect(
            not found,
            "redaction-peels-off" if under else "answer-names",
            "The answer to a request for records holds something of a person, underneath what it "
            "shows."
            if under
            else "The answer to a request for records holds something of a person.",
        )


@check(
    guarantee="no-confirmation",
    counters=("small-cell-names-someone", "map-of-immigrants"),
    needs=(*ENROLMENT, *ASKING),
)
def no_number_told_is_of_one_or_two_people(case: Case) -> None:
    """
    Of many people and one who lives where nobody else does, no number tells of the one.

    Neither by itself, nor by taking numbers of one answer or of several away from
    each other. Numbers that are rounded or blurred tell nothing exact, and pass.
    """
    people = _settled(case, *_PLACES)
    told = Told.asked(case)
    exact = told.exact(people)
    for cell, number in told.cells.items():
        few = 0 < number < FLOOR and exact
        sentence = f"A number is told that is {number}, under the heading {cell[0]!r}."
        case.expect(not few, "small-cell", sentence)
    follows = told.worked_out(people) if exact else ()
    sentence = "By taking published numbers from each other, one that is left is of one person."
    case.expect(not follows, "small-cell-worked-out", sentence)
    case.bound(
        f"Of {len(people)} people, {len(told.cells)} numbers were told; what is called few are "
        f"fewer than {FLOOR}, because no programme that ships sets a floor."
    )


@check(
    guarantee="no-confirmation",
    counters=("small-cell-names-someone",),
    needs=(*ENROLMENT, *ASKING, Operation.ADVANCE_CLOCK),
)
def no_two_answers_differ_by_one_person(case: Case) -> None:
    """When one person joins, no number of a neighbourhood moves by one in a later answer."""
    people = _settled(case, *(place for place in _PLACES if place[1] == MANY))
    before = Told.asked(case)
    case.must(case.target.advance_clock(A_QUARTER))
    newcomer = case.enrol(case.applicant(size=4_000, **_PLACES[0][0])).applicant
    after = Told.asked(case)
    exact = before.exact(people) and after.exact([*people, newcomer])
    moved = [
        cell
        for cell in before.cells.keys() & after.cells.keys()
        if cell[0] == "postcode" and after.cells[cell] - before.cells[cell] == 1
    ]
    sentence = "Two answers differ by one: whoever saw a neighbour join knows of the card."
    case.expect(not (moved and exact), "differs-by-one", sentence)


# -- reading -----------------------------------------------------------------------------

Cell = tuple[str, str]
"""A heading, and a name under it, case folded."""


@dataclass(frozen=True, slots=True)
class Told:
    """Every number that answers tell, and the people there are in all."""

    cells: Mapping[Cell, int]
    persons: int | None

    @classmethod
    def asked(cls, case: Case) -> "Told":
        """Ask for a statistic under each heading."""
        tables: list[Mapping[str, Any]] = []
        for about in _HEADINGS:
            answer = _answer(case, about=about)
            tables += answer.fields["statistics"] if answer.allowed else ()
        cells = {
            (str(table.get("about")), str(cell["name"]).casefold()): int(cell["persons"])
            for table in tables
            for cell in table.get("cells", ())
        }
        persons = [table["persons"] for table in tables if table.get("persons") is not None]
        return cls(cells, int(persons[0]) if persons else None)

    def exact(self, people: Sequence[Applicant]) -> bool:
        """Whether every number told of a place is what a count of *people* gives."""
        counted = Counter(cell for person in people for cell in _cells_of(person))
        placed = [cell for cell in self.cells if cell[0] in {"city", "postcode"}]
        return all(self.cells[cell] == counted[cell] for cell in placed)

    def worked_out(self, people: Sequence[Applicant]) -> Sequence[str]:
        """Return the places of a few *people* whose number follows from what is told."""
        atoms = Counter(tuple(_cells_of(person)) for person in people)
        cells = {"": frozenset(atoms)}
        for cell in {cell for atom in atoms for cell in atom}:
            cells[str(cell)] = frozenset(atom for atom in atoms if cell in atom)
        told = [str(cell) for cell in self.cells if str(cell) in cells]
        told += [""] if self.persons == len(people) else []
        return small(atoms, cells, told, FLOOR)


def _cells_of(person: Applicant) -> list[Cell]:
    return [("city", person.city.casefold()), ("postcode", person.postcode.casefold())]


def _settled(case: Case, *places: tuple[Differences, int]) -> Sequence[Applicant]:
    """Let people enrol in these places."""
    return [
        case.enrol(case.applicant(size=4_000, **place)).applicant
        for place, count in places
        for _ in range(count)
    ]


def _answer(case: Case, *, about: str | None = None, text: str = "") -> Outcome:
    """File a request and fetch its answer."""
    filed = case.answered(case.target.file_records_request(PUBLIC, about=about, text=text))
    if not filed.allowed:
        return filed
    return case.answered(case.target.read_records_answer(str(filed.fields["request"]), PUBLIC))
