"""Whoever is asked for is told: in time, on refusal too, and nobody else; unless a court says."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from idaudit.checks.access.reach import OUTSIDE, tried
from idaudit.checks.access.taking import opened
from idaudit.checks.case import CLERK, COUNSEL, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.collection.hiding import hide
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    released_under,
    says_something,
    warrant_for,
)
from idaudit.checks.disclosure.telling import (
    LONG_AFTER,
    SILENT_DAYS,
    bring_refused,
    names_request,
    notices,
    of_requests,
    refused_paper,
    shows_messages,
    silence_about,
    to_term,
)
from idaudit.fixtures.instruments import Instrument, Office, unsigned
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive

NOTICE = (*ENROLMENT, Operation.REQUEST_DISCLOSURE, Operation.READ_NOTICES, Operation.ADVANCE_CLOCK)
MOVED_TO = "moved-away@example.org"
_HOUR = timedelta(hours=1)


def a_paper_is_refused(case: Case, file: File) -> None:
    """An officer's paper comes, and opens nothing."""
    bring_refused(case, refused_paper(case, file.applicant))


def a_record_is_released(case: Case, file: File) -> None:
    """A judge's warrant comes, and is honoured."""
    if not says_something(released_under(case, warrant_for(case, file.applicant))):
        raise Inconclusive("not even a judge's warrant with every approval opens a record here")


def a_paper_about_somebody_hidden_is_refused(case: Case, file: File) -> None:
    """The person has hidden where they live, and then an officer's paper comes."""
    hide(case, file)
    a_paper_is_refused(case, file)


DAYS: Mapping[str, Callable[[Case, File], None]] = {
    "refused": a_paper_is_refused,
    "released": a_record_is_released,
    "hidden": a_paper_about_somebody_hidden_is_refused,
}
"""What can come of a request, and about whom it can be."""


@check(
    guarantee="subject-notice",
    counters=("holder-never-told",),
    needs=(*NOTICE, *AT_THE_DESK, Operation.PROTECT_ADDRESS),
)
@pytest.mark.parametrize("day", DAYS)
def whoever_is_asked_for_is_told_within_the_term(case: Case, day: str) -> None:
    """When the term has passed, the person has been told, of what was refused as well."""
    file, term = case.enrol(), to_term(case)
    DAYS[day](case, file)
    case.must(case.target.advance_clock(term))
    outcome = "released" if day == "released" else "refused"
    told = _told_of(case, file, outcome)
    if not told:
        case.must(case.target.advance_clock(LONG_AFTER))
        late = _told_of(case, file, outcome)
        sentence = f"The person learns that a request was {outcome} after the term, not within it."
        case.expect(not late, "told-late", sentence)
    sentence = f"A request was {outcome}, and whoever it was about is not told."
    case.expect(told, f"not-told-of-what-was-{outcome}", sentence)


@check(
    guarantee="subject-notice",
    counters=("notice-reaches-abuser",),
    needs=NOTICE,
)
def a_notice_is_read_by_its_person_alone(case: Case) -> None:
    """
    Neither who shares the address or the name, nor who claims it, nor anybody else reads it.

    An application in the person's own name, which nobody has decided, proves nothing:
    whoever has fled from somebody is known to them by name and birth date.
    """
    file, term = case.enrol(), to_term(case)
    people, person = case.people, file.applicant
    near = {
        "who lives at the same address": case.enrol(case.meet(people.household(person))),
        "who has the same name": case.enrol(case.meet(people.namesake(person))),
        "who claims to be the person": _claimed(case, file),
    }
    a_paper_is_refused(case, file)
    case.must(case.target.advance_clock(term))
    for words, other in near.items():
        sentence = f"A notice reaches somebody {words}."
        case.expect(not of_requests(notices(case, other)), "told-to-another", sentence)
    for actor in (*OUTSIDE, opened(case).owner, CLERK, REVIEWER, COUNSEL):
        seen = tried(case, Operation.READ_NOTICES, actor, file.record)
        shown = seen is not None and seen.allowed and of_requests(seen.fields["notices"])
        case.expect(not shown, "told-to-another", f"{actor} reads somebody else's notices.")
    if not of_requests(notices(case, file)):
        raise Inconclusive("the person concerned is not told either, so that nobody could be")


@check(
    guarantee="subject-notice",
    counters=("notice-reaches-abuser",),
    needs=(*NOTICE, Operation.CORRECT_RECORD),
)
def no_message_tells_others_of_a_request(case: Case) -> None:
    """
    Nothing is sent to an address that was given up, and nothing that tells what is in a notice.

    A message may be read by whoever shares a mailbox, a telephone or a letter box:
    it may say that there is news, and not that an authority has asked.
    """
    shows_messages(case)
    file, term = case.enrol(), to_term(case)
    case.must(case.target.correct_record(file.record, {"email": MOVED_TO}, file.owner))
    before = len(case.target.messages() or ())
    a_paper_is_refused(case, file)
    case.must(case.target.advance_clock(term + _HOUR))
    sent = list(case.target.messages() or ())[before:]
    there = any(message.to.casefold() == file.applicant.email.casefold() for message in sent)
    sentence = "Word of a request was sent to an address that its owner had given up."
    case.expect(not there, "sent-to-old-address", sentence)
    for message in sent:
        said = f"{message.outside}\n{message.inside}"
        sentence = "A message that others can read tells that somebody asked for a cardholder."
        case.expect(not names_request(said), "message-tells-of-request", sentence)


@check(
    guarantee="subject-notice",
    counters=("every-demand-silenced",),
    needs=(*NOTICE, Operation.PLACE_GAG),
)
def a_court_s_silence_is_kept_and_ends(case: Case) -> None:
    """
    While a court orders silence about a paper, the person is not told of it, and of others is.

    When the order has run out, the person is told of this one too.
    """
    file, term = case.enrol(), to_term(case)
    kept, open_ = (refused_paper(case, file.applicant, serial) for serial in (1, 2))
    case.must(case.target.place_gag(silence_about(case, kept), COUNSEL))
    bring_refused(case, kept)
    case.must(case.target.advance_clock(term))
    told, too_soon = of_requests(notices(case, file)), "The person is told what a court kept back."
    case.expect(not told, "gag-ignored", too_soon)
    bring_refused(case, open_)
    case.must(case.target.advance_clock(term))
    told = of_requests(notices(case, file))
    sentence = "An order of silence about one paper silences another that it does not name."
    case.expect(told, "gag-silences-all", sentence)
    case.expect(len(told) == 1, "gag-ignored", too_soon)
    case.must(case.target.advance_clock(timedelta(days=SILENT_DAYS) + LONG_AFTER))
    sentence = "A court's order of silence has run out, and the person is still not told."
    case.expect(len(of_requests(notices(case, file))) > 1, "gag-never-ends", sentence)


NO_COURTS: Mapping[str, Callable[[Case, Instrument], Instrument]] = {
    "an officer's demand": lambda case, paper: silence_about(
        case, paper, office=Office.IMMIGRATION_OFFICER
    ),
    "a draft that nobody signed": lambda case, paper: unsigned(silence_about(case, paper)),
    "a letter": lambda case, paper: silence_about(case, paper, office=Office.ATTORNEY),
}
"""What asks for silence and is no court's order."""


@check(
    guarantee="subject-notice",
    counters=("every-demand-silenced",),
    needs=(*NOTICE, Operation.PLACE_GAG),
)
def nobody_but_a_court_orders_silence(case: Case) -> None:
    """Whatever an agency, a lawyer or a draft asks for, the person is told within the term."""
    file, term = case.enrol(), to_term(case)
    for serial, (words, silence) in enumerate(NO_COURTS.items(), start=1):
        before = len(of_requests(notices(case, file)))
        paper = refused_paper(case, file.applicant, serial)
        case.answered(case.target.place_gag(silence(case, paper), COUNSEL))
        bring_refused(case, paper)
        case.must(case.target.advance_clock(term))
        told = len(of_requests(notices(case, file))) > before
        sentence = f"By {words}, and with no court's order, the person is kept from being told."
        case.expect(told, "silenced-without-a-court", sentence)


# -- steps -----------------------------------------------------------------------------


def _told_of(case: Case, file: File, outcome: str) -> bool:
    """Whether the owner is told of a request that ended so."""
    return any(each.get("outcome") == outcome for each in of_requests(notices(case, file)))


def _claimed(case: Case, file: File) -> File:
    """Open an application in the name of the owner of *file*, as somebody else."""
    person = file.applicant
    names = {"given_name": person.given_name, "surname": person.surname, "born": person.born}
    other = case.applicant(**names)
    by = Actor(Role.APPLICANT, other.index)
    opened_by = case.must(case.target.open_application(other, by, channel="web")).fields
    return File(other, str(opened_by["application"]), str(opened_by["record"]))
