"""When everybody comes at once: what gives way is speed, and no paper and no record with it."""

import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial

from idaudit.checks.accountability.diary import Diary
from idaudit.checks.case import CLERK, PAPERS, PUBLIC, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.finding import Place
from idaudit.checks.probes.rush import at_once, crowded, once, patiently, under_way
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Cohort
from idaudit.fixtures.surfaces.surface import SurfaceKind
from idaudit.fixtures.targets.target import Operation, Outcome, Target
from idaudit.threatmodel.errors import Inconclusive

PEOPLE = 8
PAPER_BYTES = 1_000_000
"""Each paper: a scan comes in so many pieces that many are under way together."""

ROUNDS = 4
_BEFORE_THE_POWER_FAILS = 3
_MOST_PLACES = 60
_AHEAD = 3


@check(
    guarantee="holds-under-surge",
    counters=("surge-keeps-now-reviews-later", "half-done-applications-left"),
    needs=(*ENROLMENT, Operation.CRASH, Operation.RESTART),
    tier=Tier.FULL,
    sees=True,
)
def a_crowd_leaves_no_paper_behind(case: Case) -> None:
    """When many apply at once, are cut off and come again, none of their papers lies anywhere."""
    target, people = crowded(case.target), _people(case)
    _must_hide_papers(case)
    _cut_off(case, target, people)
    told = "Uploads were cut off in a crowd, and what had come of them lies in {surface}."
    _expect_no_paper(case, "half-done-scan", told)
    files = [each for each in at_once([partial(_comes_again, target, p) for p in people]) if each]
    _enough(len(files), len(people), "applied")
    case.target.tell("All come again at once; each shows the papers, and one of them twice.")
    if case.programme.clauses["no-temporary-copy"].applies:
        told = "A crowd's papers wait for review, and lie in {surface} meanwhile."
        _expect_no_paper(case, "waiting-scan", told)
    decided = at_once([partial(_decided, target, file, n) for n, file in enumerate(files)])
    _enough(sum(each.allowed for each in decided), len(files), "were decided")
    case.target.tell("Every application is decided, all of them at once.")

    told = "A crowd has been decided on, and a paper lies in {surface}."
    _expect_no_paper(case, "scan-at-rest", told)


@check(
    guarantee="holds-under-surge",
    counters=("strangers-page-served",),
    needs=(*ENROLMENT, Operation.READ_RECORD),
)
def a_crowd_is_answered_each_with_their_own(case: Case) -> None:
    """When many read their records at once, nobody is answered with another's data."""
    target, files = crowded(case.target), _cardholders(case)
    for file in files:
        shown = case.must(case.target.read_record(file.record, file.owner))
        if _owners_in(case, shown) != {file.applicant.index}:
            raise Inconclusive("who reads their record is not shown whose it is, crowd or no crowd")
    case.target.tell("All read their own records at once, again and again, and try others'.")
    asks = [(file, partial(target.read_record, file.record, file.owner)) for file in files]
    strangers = [
        (file, partial(target.read_record, other.record, file.owner))
        for file, other in zip(files, [*files[1:], files[0]], strict=True)
    ]
    turns = [turn for _ in range(ROUNDS) for turn in (*asks, *strangers)]
    answers = at_once([partial(patiently, ask) for _, ask in turns], hands=2 * PEOPLE)

    _enough(sum(each.allowed for each in answers), ROUNDS * len(asks), "read their own records")
    for (file, _), answer in zip(turns, answers, strict=True):
        others = _owners_in(case, answer) - {file.applicant.index}
        told = f"{file.applicant!r} is answered with data of another.".capitalize()
        case.expect(not others, "anothers-data", told)


@check(
    guarantee="holds-under-surge",
    counters=("strangers-page-served",),
    needs=(Operation.LIST_HOURS, Operation.BOOK_APPOINTMENT),
    tier=Tier.FULL,
)
def a_crowd_is_given_no_more_places_than_there_are(case: Case) -> None:
    """An hour that many book at once has no more places than when they come one by one."""
    target = crowded(case.target)
    with case.target.unused() as fresh:
        if fresh.inner is target:
            raise Inconclusive("there is no second system like this one to count its places in")
        places = _given_one_by_one(case, fresh)
    centre, starts = _an_hour(case, target)
    book = partial(target.book_appointment, centre, starts, PUBLIC)
    answers = at_once([partial(patiently, book) for _ in range(places + 2 * PEOPLE)], hands=16)
    codes = [str(each.fields["code"]) for each in answers if each.allowed]
    case.target.tell("A crowd books the same hour, all at once.")

    told = "An hour was given away more often to a crowd than it has places."
    case.expect(len(codes) <= places, "slot-booked-twice", told)
    told = "Two of a crowd were given one and the same booking."
    case.expect(len(set(codes)) == len(codes), "slot-booked-twice", told)
    if not codes:
        raise Inconclusive("nobody of the crowd was given a place")


@check(
    guarantee="holds-under-surge",
    counters=("purge-starved-by-crowd",),
    needs=(
        *ENROLMENT,
        Operation.READ_RECORD,
        Operation.READ_LEDGER,
        Operation.CRASH,
        Operation.RESTART,
    ),
    tier=Tier.FULL,
)
def a_crowd_is_written_down_to_the_last_line(case: Case) -> None:
    """Everything many do at once is in the ledger, each with a line, and stays there in a crash."""
    target, files = crowded(case.target), _cardholders(case)
    diary = Diary(case)
    asks = [
        (file, partial(target.read_record, file.record, file.owner))
        for _ in range(ROUNDS)
        for file in files
    ]
    answers = at_once([partial(patiently, ask) for _, ask in asks])
    for (file, _), outcome in zip(asks, answers, strict=True):
        if outcome.allowed:
            diary.remember(Operation.READ_RECORD, file.owner, outcome)
    _enough(sum(each.allowed for each in answers), len(answers), "were answered")
    case.target.tell("All read their own records at once, again and again, and are answered.")
    case.must(case.target.crash())
    case.must(case.target.restart())

    diary.expect_all_written("ledger-line-missing")


# -- steps -------------------------------------------------------------------------


def _expect_no_paper(case: Case, reason: str, sentence: str) -> None:
    """Expect that no paper lies anywhere; one in a log is worse, and told as such."""
    logs = {each.id for each in case.target.surfaces() if each.kind is SurfaceKind.LOG}
    hits = case.residue(fields=PAPERS)
    logged = [hit for hit in hits if hit.surface in logs]
    told = "What came in a crowd was written to a log."
    case.expect(not logged, "scan-in-log", told, Place.of(logged[0]) if logged else None)
    where = Place.of(hits[0]) if hits else None
    case.expect(not hits, reason, sentence.format(surface=where.surface if where else ""), where)


def _must_hide_papers(case: Case) -> None:
    """
    Let one person apply alone, where a programme lets papers lie somewhere.

    Raises:
        Inconclusive: they lie there in the clear, crowd or no crowd.

    """
    clauses = case.programme.clauses
    if clauses["no-temporary-copy"].applies and clauses["no-scan-kept"].applies:
        return
    file = case.apply()
    waiting = case.residue(file.applicant, PAPERS)
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    if waiting or case.residue(file.applicant, PAPERS):
        raise Inconclusive("papers lie in the clear here as the programme lets them, crowd or not")


def _people(case: Case) -> list[Applicant]:
    """Meet a crowd whose papers are drawn already: whoever draws while they come slows them."""
    people = [case.applicant(size=PAPER_BYTES) for _ in range(PEOPLE)]
    for person in people:
        for paper in person.documents:
            paper.data  # noqa: B018  remembered from now on
    return people


def _cut_off(case: Case, target: Target, people: Sequence[Applicant]) -> None:
    """Let all apply at once, and the power fail once some of their papers are on the table."""
    shown: list[bool] = []
    with ThreadPoolExecutor(len(people)) as pool:
        rush = under_way([partial(_applies, target, person, shown) for person in people], pool)
        while sum(shown) < _BEFORE_THE_POWER_FAILS and not all(each.done() for each in rush):
            time.sleep(0.001)
        case.must(target.crash())
    _enough(sum(shown), _BEFORE_THE_POWER_FAILS, "had shown a paper when the power failed")
    case.target.tell("A crowd applies at once, and the power fails while papers come in.")
    case.must(case.target.crash())
    case.must(case.target.restart())


def _applies(target: Target, person: Applicant, shown: list[bool]) -> None:
    """Apply and show each paper, once, while there is anybody to show it to."""
    opened = once(partial(target.open_application, person, CLERK))
    for paper in person.documents if opened.allowed else ():
        sent = partial(target.submit_document, opened.fields["application"], paper, CLERK)
        shown.append(once(sent).allowed)


def _comes_again(target: Target, person: Applicant) -> File | None:
    """Apply and show every paper, the first of them twice, as one does who waited in vain."""
    opened = patiently(partial(target.open_application, person, CLERK))
    if not opened.allowed:
        return None
    application = str(opened.fields["application"])
    for paper in (person.documents[0], *person.documents):
        if not patiently(partial(target.submit_document, application, paper, CLERK)).allowed:
            break
    return File(person, application, str(opened.fields["record"]))


def _decided(target: Target, file: File, number: int) -> Outcome:
    """Decide one application; every fourth is denied."""
    approve = number % 4 != 0
    return patiently(partial(target.decide, file.application, REVIEWER, approve=approve))


def _cardholders(case: Case) -> list[File]:
    with case.target.summed_up("A crowd has been enrolled."):
        return [case.enrol() for _ in range(PEOPLE)]


def _owners_in(case: Case, answer: Outcome) -> set[int]:
    """Return whose canaries stand in an answer."""
    first, last = case.mint.tags(Cohort.SUBJECT)
    bodies = [each.body.decode(errors="replace") for each in answer.exchanges]
    text = " ".join([repr(dict(answer.fields)), *bodies])
    found = re.findall(f"{first}[A-Z]{{16}}{last}", text.upper())
    return {canary.applicant for token in found if (canary := case.mint.read(token))}


def _given_one_by_one(case: Case, target: Target) -> int:
    """Return how many places an hour has for people who come one after the other."""
    centre, starts = _an_hour(case, target)
    book: Callable[[], Outcome] = partial(target.book_appointment, centre, starts, PUBLIC)
    for given in range(_MOST_PLACES):
        if not case.answered(book()).allowed:
            return given
    raise Inconclusive(f"an hour has more than {_MOST_PLACES} places: too many to fill")


def _an_hour(case: Case, target: Target) -> tuple[str, datetime]:
    """Return the first hour that can be booked in some days."""
    for ahead in range(_AHEAD, _AHEAD + 7):
        day: date = (target.now() + timedelta(days=ahead)).date()
        hours = case.must(target.list_hours(day, PUBLIC)).fields["hours"]
        if hours:
            return str(hours[0]["centre"]), datetime.fromisoformat(str(hours[0]["starts"]))
    raise Inconclusive("no hour of the coming days can be booked")


def _enough(some: int, of: int, what: str) -> None:
    """Raise Inconclusive where so few came through that nothing was tried."""
    if not 2 * some >= of > 0:
        raise Inconclusive(f"of a crowd only {some} of {of} {what}, so it was none")
