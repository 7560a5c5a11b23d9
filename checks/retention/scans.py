"""No scan is kept once the application is over, however it ends."""

import pytest

from idaudit.checks.case import Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.probes.growth import Sample, largest_step, slope
from idaudit.checks.retention.covered import paper_bytes, weight_at_rest
from idaudit.checks.retention.endings import (
    DECIDED,
    ENDING,
    SCAN,
    Ending,
    abandoned,
    approved,
    denied,
    must_be_shown,
    served,
    somebody,
    withdrawn,
)
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

SIZES = (620_000, 90_000, 1_500_000, 310_000)
"""Bytes of the papers shown, in an order in which size does not grow with time."""

ALLOWED = 0.02
"""Bytes kept for each byte shown up to which a bound counts as near zero."""


@check(
    guarantee="no-scan-kept",
    counters=("paper-outlives-decision", "unfinished-file-kept", "web-upload-kept"),
    needs=ENDING,
    sees=True,
)
@pytest.mark.parametrize("end", DECIDED)
def no_scan_outlives_its_application(case: Case, end: Ending) -> None:
    """No scan of a paper lies anywhere once its application is decided or withdrawn."""
    end(case, case.apply(somebody(case)))

    case.expect_no_residue(
        "scan-at-rest", "The application is over, and its scan lies in {surface}.", fields=SCAN
    )


@check(
    guarantee="no-scan-kept",
    counters=("unfinished-file-kept",),
    needs=(*ENROLMENT, Operation.ADVANCE_CLOCK),
    sees=True,
)
def no_scan_outlives_an_abandoned_application(case: Case) -> None:
    """No scan lies anywhere, even in cipher, once an application nobody decided has closed."""
    before = weight_at_rest(case)
    file = case.apply(case.applicant(size=max(SIZES)))
    abandoned(case, file)

    told = "Nobody decided, the application is closed, and its scan lies in {surface}."
    case.expect_nothing_in_the_clear("abandoned-scan", told, fields=SCAN)
    grown = weight_at_rest(case) - before
    told = "Nobody decided, the application is closed, and what is kept weighs more by its papers."
    case.expect(grown < paper_bytes(file.applicant) // 4, "abandoned-scan", told)


@check(
    guarantee="no-scan-kept",
    counters=("paper-outlives-decision", "old-link-still-serves"),
    needs=(*ENDING, Operation.VIEW_DOCUMENT),
)
@pytest.mark.parametrize("end", DECIDED)
def nobody_is_shown_a_paper_once_its_application_is_over(case: Case, end: Ending) -> None:
    """After the end of an application the very request that showed its paper shows it no more."""
    file = case.apply(somebody(case))
    must_be_shown(case, file)
    end(case, file)
    still = served(case, file)

    case.expect(not still, "scan-served", "The application is over, and its paper is still shown.")


@check(
    guarantee="no-scan-kept",
    counters=("unfinished-file-kept", "old-link-still-serves"),
    needs=(*ENROLMENT, Operation.VIEW_DOCUMENT, Operation.ADVANCE_CLOCK),
)
def nobody_is_shown_a_paper_of_an_abandoned_application(case: Case) -> None:
    """Once an application that nobody decided has closed, its papers are shown to nobody."""
    file = case.apply(somebody(case))
    must_be_shown(case, file)
    abandoned(case, file)
    still = served(case, file)

    case.expect(not still, "scan-served", "The application is closed, and its paper still shown.")


@check(
    guarantee="no-scan-kept",
    counters=("paper-outlives-decision",),
    needs=(*ENROLMENT, Operation.WITHDRAW),
    sees=True,
)
@pytest.mark.parametrize("end", [approved, denied, withdrawn])
def what_is_kept_does_not_grow_with_the_papers_shown(case: Case, end: Ending) -> None:
    """
    The bytes at rest do not grow with the bytes of the papers shown, even in cipher.

    Papers of several sizes are shown, none of which can be compressed, and what
    each application adds is weighed: what is kept in secret still has a weight.
    """
    case.expect_nothing_in_the_clear(
        "scan-at-rest", "Papers lie in {surface} already.", fields=SCAN
    )
    samples = [_sample(case, size, end) for size in SIZES]
    kept, step = slope(samples), largest_step(samples)

    heavier = kept.low > ALLOWED or step.stands_out
    case.expect(not heavier, "grows-with-papers", "The larger the papers, the more is kept.")
    case.bound(
        f"At most {max(kept.high, 0):.4f} bytes are kept for each byte of paper shown "
        f"(95 % bound, {kept.points} batches)."
    )
    if kept.high > ALLOWED:
        raise Inconclusive(f"at most {kept.high:.3f} bytes are kept for each byte shown: too many")


def _sample(case: Case, size: int, end: Ending) -> Sample:
    """Let one person with papers of *size* come and go; weigh before and after."""
    before = weight_at_rest(case)
    file = case.apply(case.applicant(size=size))
    end(case, file)
    shown = sum(len(paper.data) for paper in file.applicant.documents)
    return shown, weight_at_rest(case) - before
