"""
What a programme's kill switch covers, and how to tell from outside whether it is there.

One programme destroys the papers, another the records. A record is there while
its owner reads it or a court's paper opens it; a paper while a reviewer sees it
or the places where data rests are heavier for it.
"""

from typing import Protocol

from idaudit.checks.case import PAPERS, REVIEWER, Case, File
from idaudit.checks.disclosure.desk import AT_THE_DESK, proves_there
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Cohort
from idaudit.fixtures.surfaces.surface import Surface, Tabular
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

LOOKING = (Operation.READ_RECORD, Operation.VIEW_DOCUMENT, *AT_THE_DESK)
"""What it takes to tell whether something covered is there."""


class Covered(Protocol):
    """What the kill switch of one programme destroys."""

    def is_there(self, file: File) -> bool:
        """Whether what is covered of *file* is there, and open to those who may see it."""
        ...

    def exists(self, file: File) -> bool:
        """Whether it still exists, be it out of everybody's reach but a court's."""
        ...

    def expect_gone(self, file: File, reason: str) -> None:
        """Expect that nobody can read it any more, nor find it at rest."""
        ...


def covered_by_the_kill(case: Case) -> Covered:
    """Return what the programme of *case* says its kill switch destroys."""
    return Records(case) if case.terms.kill_scope == "records" else Papers(case)


class Records:
    """A switch that destroys the records themselves."""

    def __init__(self, case: Case) -> None:
        """Judge for *case*."""
        self._case = case

    def is_there(self, file: File) -> bool:
        """Let the owner read."""
        return self._case.answered(self._case.target.read_record(file.record, file.owner)).allowed

    def exists(self, file: File) -> bool:
        """Let a judge's warrant open it."""
        return proves_there(self._case, file)

    def expect_gone(self, file: File, reason: str) -> None:
        """Expect a refusal for the owner, nothing for a court, and nothing in the clear at rest."""
        case = self._case
        case.expect(
            not self.is_there(file),
            reason,
            "The record can still be read although it was to be destroyed.",
        )
        case.expect(
            not self.exists(file), reason, "The desk still releases what was to be destroyed."
        )
        case.expect_no_residue(
            f"{reason}-at-rest", "{surface} still holds what was to be destroyed.", file.applicant
        )


class Papers:
    """A switch that destroys the papers, and leaves the records."""

    def __init__(self, case: Case) -> None:
        """Weigh the places where data rests before anybody applies."""
        self._case = case
        self._empty = weight_at_rest(case)
        self._resting: list[File] = []

    def is_there(self, file: File) -> bool:
        """Weigh: whether the places are heavier than the other papers alone would make them."""
        others = sum(
            paper_bytes(each.applicant) for each in self._resting if each.record != file.record
        )
        surplus = weight_at_rest(self._case) - self._empty - others
        rests = surplus > paper_bytes(file.applicant) // 2
        if rests and file not in self._resting:
            self._resting.append(file)
        return rests

    def exists(self, file: File) -> bool:
        """Weigh; a paper that is held is nobody's to look at."""
        return self.is_there(file)

    def expect_gone(self, file: File, reason: str) -> None:
        """Expect that no reviewer sees them, and that they weigh nothing any more."""
        case = self._case
        case.expect(
            not shows_a_paper(case, file),
            reason,
            "A paper can still be looked at although it was to be destroyed.",
        )
        case.expect(
            not self.is_there(file),
            f"{reason}-at-rest",
            "The places where data rests are as heavy as if the papers still lay there.",
        )
        self._resting = [each for each in self._resting if each.record != file.record]
        case.expect_nothing_in_the_clear(
            f"{reason}-at-rest",
            "{surface} still holds what was to be destroyed.",
            file.applicant,
            PAPERS,
        )


def shows_a_paper(case: Case, file: File) -> bool:
    """Whether a reviewer is shown anything of the first paper of *file*; an empty page is none."""
    seen = case.answered(case.target.view_document(file.application, 0, REVIEWER))
    if not seen.allowed:
        return False
    hits = sweep_for(case.mint, [file.applicant]).bytes(seen.fields["data"], "paper")
    return any(hit.cohort is Cohort.SUBJECT for hit in hits)


def paper_bytes(person: Applicant) -> int:
    """Return how much the papers of *person* weigh together."""
    return sum(len(paper.data) for paper in person.documents)


def weight_at_rest(case: Case) -> int:
    """
    Return how many bytes rest in all declared places, once the target has settled.

    A database is weighed by its rows: the pages it has freed stay in its file.

    Raises:
        Inconclusive: the target declares no place where data rests.

    """
    case.sight.settle()
    surfaces = case.sight.resting()
    if not surfaces:
        raise Inconclusive("the target declares no place where its data rests, so none is weighed")
    return sum(_weight(each) for each in surfaces)


def _weight(surface: Surface) -> int:
    if not isinstance(surface, Tabular):
        return surface.size()
    rows = (row for table in surface.tables().values() for row in table)
    return sum(len(cell) for row in rows for cell in row.values() if isinstance(cell, str | bytes))
