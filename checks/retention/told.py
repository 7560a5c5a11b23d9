"""Whoever is asked for papers was told before what becomes of them, and was told the truth."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

from idaudit.checks.case import CLERK, PUBLIC, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.retention.due import papers_end
from idaudit.checks.retention.endings import SCAN
from idaudit.checks.retention.term import past
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered

CHANNELS = ("counter", "web", "kiosk", "van", "renewal")
THREAT = "false-notice-given"
READING = (Operation.READ_PRIVACY_NOTICE,)


@check(guarantee="every-channel", counters=(THREAT,), needs=(Operation.OPEN_APPLICATION, *READING))
def every_channel_gives_the_same_notice_first(case: Case) -> None:
    """
    Who has sent nothing yet can read the notice of each channel, and all say the same of papers.

    One may say more than another, such as that a web page sets a cookie.
    """
    seen = dict(_by_channel(case))
    for channel, notice in seen.items():
        if notice.refused and not _comes_later(case, channel):
            case.bound(f"No notice of the {channel} can be fetched; it may hang on a wall.")
            continue
        told = f"The notice of the {channel} cannot be read before something is sent."
        case.expect(notice.allowed and bool(_words(notice)), "no-notice-before", told)
    shown = {channel: notice for channel, notice in seen.items() if notice.allowed}
    if len(shown) < 2:  # noqa: PLR2004  a pair
        raise Inconclusive("one channel alone has a notice: there is nothing to compare it with")
    for (one, first), (other, second) in combinations(shown.items(), 2):
        told = f"The {other} tells people something else about their papers than the {one}."
        case.expect(_agree(first, second), "notice-differs-by-channel", told)


def _by_channel(case: Case) -> Iterator[tuple[str, Outcome]]:
    """Read the notice of every channel there is; one that has none of its own is left out."""
    left = []
    for channel in CHANNELS:
        try:
            yield channel, case.answered(case.target.read_privacy_notice(PUBLIC, channel=channel))
        except NotOffered:
            left.append(channel)
    if left:
        case.bound(f"No notice of their own was read of: {', '.join(left)}.")


def _comes_later(case: Case, channel: str) -> bool:
    """
    Whether a notice that nobody can fetch beforehand is shown to whoever has begun.

    One that is shown to nobody may hang on a wall.
    """
    person = case.applicant()
    own = Actor(Role.APPLICANT, person.index)
    by = {"web": own, "kiosk": PUBLIC}.get(channel, CLERK)
    usual = channel if channel in {"web", "kiosk"} else "counter"
    try:
        begun = case.answered(case.target.open_application(person, by, channel=usual))
    except NotOffered:
        return False
    notice = case.target.read_privacy_notice(own, channel=channel)
    return begun.allowed and case.answered(notice).allowed


@check(guarantee="every-channel", counters=(THREAT,), needs=READING)
def every_language_gives_the_same_notice(case: Case) -> None:
    """
    Each language that is offered says the same of papers, in words of its own.

    Which languages applicants read, the programme has to know: that none is missing is not shown.
    """
    default = case.must(case.target.read_privacy_notice(PUBLIC))
    tags = [str(each) for each in default.fields.get("languages", ())]
    if len(tags) < 2:  # noqa: PLR2004  a pair
        raise Inconclusive("it is not told that there is a notice in a second language")
    seen = {}
    for tag in tags:
        seen[tag] = case.answered(case.target.read_privacy_notice(PUBLIC, language=tag))
        told = f"A notice in {tag} is announced, and cannot be read."
        case.expect(seen[tag].allowed and bool(_words(seen[tag])), "no-notice-before", told)
    for (one, first), (other, second) in combinations(seen.items(), 2):
        told = f"The notice in {other} has the very words of the one in {one}."
        case.expect(_words(first) != _words(second), "notice-not-translated", told)
        told = f"The notice in {other} says something else of papers than the one in {one}."
        case.expect(_days(first) == _days(second), "notice-differs-by-language", told)
    case.bound("The number of days was compared; what the words beside it say, no machine judged.")


@check(guarantee="every-channel", counters=(THREAT,), needs=READING)
def the_notice_tells_the_term_of_the_programme(case: Case) -> None:
    """For as many days as people are told that papers are kept, the programme lets them be kept."""
    days = _days(case.must(case.target.read_privacy_notice(PUBLIC)))
    term = case.terms.papers_days
    told = f"The notice says {_term(days)}, and the programme {_term(term)}."
    case.expect(days == term, "notice-untrue", told)


@check(
    guarantee="every-channel",
    counters=(THREAT,),
    needs=(*ENROLMENT, Operation.ADVANCE_CLOCK, *READING),
    sees=True,
)
def no_paper_outlives_the_term_that_people_are_told(case: Case) -> None:
    """When the term is over that the notice tells, with the purge after it, no paper is found."""
    days = _days(case.must(case.target.read_privacy_notice(PUBLIC)))
    case.enrol()
    if days:
        past(case, papers_end(replace(case.terms, papers_days=days), case.today))

    told = f"The notice says {_term(days)} once it is decided; one lies in {{surface}}."
    if days:
        told = f"The notice says {_term(days)}; they are over, and one lies in {{surface}}."
    case.expect_no_residue("notice-belied", told, fields=SCAN)


def _words(notice: Outcome) -> str:
    return " ".join(str(notice.fields.get("text", "")).split())


def _days(notice: Outcome) -> int:
    """
    Return for how many days a notice says that papers are kept.

    Raises:
        Inconclusive: it says so in words alone.

    """
    said: Any = notice.fields.get("papers_days")
    if not isinstance(said, int) or isinstance(said, bool):
        raise Inconclusive(
            "the notice tells its term in words alone, which no machine judges: give the adapter "
            "the number of days as `papers_days`"
        )
    return said


def _agree(first: Outcome, second: Outcome) -> bool:
    return _words(first) == _words(second) or _days(first) == _days(second)


def _term(days: int) -> str:
    return f"that papers are kept for {days} days" if days else "that no paper is kept"
