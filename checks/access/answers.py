"""No answer tells anybody of somebody else: everything described is asked by every role."""

from collections.abc import Iterator, Mapping

from idaudit.checks.access.reach import State
from idaudit.checks.access.residents import HOLDING, SETTLING, reaches
from idaudit.checks.access.rounds import Round, held_round, reading_round
from idaudit.checks.case import PAPERS, Case
from idaudit.checks.catalogue import check
from idaudit.checks.finding import Place
from idaudit.checks.probes.fuzz.asking import Seen
from idaudit.checks.probes.sweep import Hit
from idaudit.fixtures.targets.target import Role
from idaudit.threatmodel.errors import Inconclusive

_AT_WORK = frozenset({Role.CLERK, Role.REVIEWER})
_HIGH = Role.COMMISSIONER
"""The orders of 2014 left the whole database to a few high officials."""


def expect_untold(
    case: Case, made: Round, told: Iterator[tuple[Seen, Hit]], reason: str, sentence: str
) -> None:
    """Expect that nothing was *told*; each answer of the round *made* is one trial."""
    first = next(told, None)
    case.trials += len(made.seen)
    if first is not None:
        seen, hit = first
        place = Place("responses", seen.label, hit.canary or "", "+".join(hit.form))
        said = sentence.format(voice=seen.voice, label=seen.label, status=seen.status)
        case.broken(reason, said, place)


def hits(made: Round, *states: State) -> Iterator[tuple[Seen, Hit]]:
    """Return what was told of people whose file is in one of *states*, and was not known yet."""
    known: set[tuple[object, object]] = set()
    for seen in made.seen:
        known |= {(hit.applicant, hit.field) for hit in made.reader.asked(seen)}
        for hit in made.reader.body(seen):
            state = made.residents.state_of(hit.applicant)
            if state in states and (hit.applicant, hit.field) not in known:
                yield seen, hit


def _keeps_papers(case: Case) -> bool:
    return bool(case.terms.papers_days)


@check(
    guarantee="least-access",
    counters=("neighbours-record-shown", "records-read-past-the-desk"),
    needs=SETTLING,
)
def no_answer_tells_a_role_of_somebody_else(case: Case) -> None:
    """Whatever is described and changes nothing, no role is told by it of a file not its task."""
    made = reading_round(case)
    told = (
        (seen, hit)
        for seen, hit in hits(made, State.DECIDING, State.DECIDED)
        if not has_a_task(case, made, seen, hit)
    )
    sentence = "{voice} asks {label}, is answered {status}, and is told of somebody else."
    expect_untold(case, made, told, "told-of-somebody-else", sentence)


def has_a_task(case: Case, made: Round, seen: Seen, hit: Hit) -> bool:
    """Whether whoever asked may have something to do with the file of whom they were told."""
    if reaches(seen.voice, hit.applicant or 0, _HIGH):
        return True
    if made.residents.state_of(hit.applicant) is State.DECIDING:
        return bool(seen.voice.roles & _AT_WORK)
    return Role.REVIEWER in seen.voice.roles and hit.field in PAPERS and _keeps_papers(case)


@check(guarantee="own-record-rights", counters=("flag-instead-of-deletion",), needs=SETTLING)
def no_answer_tells_of_a_record_that_ended(case: Case) -> None:
    """Once somebody has ended their record nothing described tells of them, to nobody."""
    made = reading_round(case)
    told = (
        (seen, hit)
        for seen, hit in hits(made, State.ENDED)
        if not (hit.field in PAPERS and _keeps_papers(case))
    )
    sentence = "A record was ended; {voice} asks {label}, and is told of whose it was."
    expect_untold(case, made, told, "told-of-the-ended", sentence)


@check(guarantee="bounded-hold", counters=("hold-opens-the-files",), needs=HOLDING)
def no_answer_tells_of_a_record_held_for_a_court(case: Case) -> None:
    """A record that ended and is held for a court is told to nobody by anything described."""
    made = held_round(case)
    sentence = "A record is held for a court; {voice} asks {label}, and is told of whose it is."
    expect_untold(case, made, hits(made, State.HELD), "told-of-the-held", sentence)


@check(guarantee="no-scan-kept", counters=("old-link-still-serves",), needs=SETTLING)
def no_answer_holds_a_paper_of_a_decided_application(case: Case) -> None:
    """When an application is decided no described address serves a paper of it any more."""
    made = reading_round(case)
    if not any(hit.field in PAPERS for _, hit in hits(made, State.DECIDING)):
        raise Inconclusive("no described operation shows a paper even while it is judged")
    told = (
        (seen, hit)
        for seen, hit in hits(made, State.DECIDED, State.ENDED)
        if hit.field in PAPERS and not _kept_for(case, seen)
    )
    sentence = "An application was decided; {voice} asks {label}, and is served a paper of it."
    expect_untold(case, made, told, "paper-still-served", sentence)


def _kept_for(case: Case, seen: Seen) -> bool:
    return _keeps_papers(case) and bool(seen.voice.roles & {Role.REVIEWER, _HIGH})


@check(guarantee="least-access", counters=("errors-hold-names",), needs=SETTLING)
def no_header_names_anybody(case: Case) -> None:
    """No redirect, cookie or other header says whose answer it is: logs keep what headers say."""
    made = reading_round(case)
    told = ((seen, hit) for seen in made.seen for hit in made.reader.head(seen))
    sentence = "{voice} asks {label}, and a header of the answer names somebody."
    expect_untold(case, made, told, "named-in-a-header", sentence)


@check(guarantee="own-record-rights", counters=("strangers-page-served",), needs=SETTLING)
def no_answer_about_somebody_is_left_to_caches(case: Case) -> None:
    """What a system says of somebody may be kept by no cache that serves others (RFC 9111)."""
    made = reading_round(case)
    told = (
        (seen, hit)
        for seen in made.seen
        if seen.allowed and shared(seen)
        for hit in made.reader.body(seen)
    )
    sentence = "{voice} asks {label}; any cache on the way may serve the answer to somebody else."
    expect_untold(case, made, told, "left-to-caches", sentence)


def shared(seen: Seen) -> bool:
    """Whether a cache that serves several people may keep an answer (RFC 9111, 3 and 3.5)."""
    said = directives(seen.exchange.headers)
    if said.keys() & {"no-store", "private"}:
        return False
    freely = said.keys() & {"public", "s-maxage"}
    signed = "authorization" in {name.lower() for name in seen.voice.badge}
    lasting = said.get("max-age", "0") != "0" or "expires" in seen.exchange.headers
    return bool(freely or (signed and "must-revalidate" in said) or (not signed and lasting))


def directives(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what Cache-Control says."""
    said = (each.strip().partition("=") for each in headers.get("cache-control", "").split(","))
    return {name.lower(): value.strip('"') for name, _, value in said if name}
