"""What a system says, and writes down, when it declines: nothing of what it was sent."""

import re
from collections.abc import Iterator

from idaudit.checks.access.malformed import breaking, spoilt
from idaudit.checks.access.residents import SETTLING
from idaudit.checks.access.rounds import Round, Street, once
from idaudit.checks.case import CLERK, COUNSEL, PUBLIC, Case
from idaudit.checks.catalogue import Tier, check
from idaudit.checks.finding import Place
from idaudit.checks.probes.fuzz.asking import Seen, Voice, asking
from idaudit.checks.probes.sweep import Hit
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Field
from idaudit.threatmodel.errors import Inconclusive

WHO_WRITES = (PUBLIC, CLERK, COUNSEL)
"""Who fills in forms, besides the owner of a file."""

INTERNALS = {
    "a trace of its program": (
        r"Traceback \(most recent call last\)",
        r'File "[^"\n]+", line \d+',
        r"\bat [\w.$<>]+\([\w$]+\.(?:java|kt|scala|cs|js|ts|rb|php|go):\d+\)",
        r"goroutine \d+ \[",
        r"#\d+ /[\w./-]+\.php\(\d+\)",
    ),
    "a statement to its database": (
        r"\bSELECT\b[^<>]{1,400}\bFROM\b[^<>]{1,400}\bWHERE\b",
        r"\bINSERT INTO\b[^<>]{1,200}\bVALUES\b",
        r"\bUPDATE\b[^<>]{1,200}\bSET\b[^<>]{1,200}=",
        r"sqlite3\.\w*Error|psycopg2?\.|sqlalchemy\.exc|SQLSTATE\[|ORA-\d{5}|PG::\w+Error",
    ),
    "where its files lie": (
        r"(?<![\w/:.])/(?:home|srv|var|usr|opt|tmp|root|mnt|app|workspace)/[\w.@-]+/[\w./@-]+",
        r"(?<!\w)[A-Z]:\\\\?(?:\w+\\\\?){2,}",
        r"/site-packages/|/node_modules/|/dist-packages/",
    ),
}
"""What only whoever built a system can have written, by what it is."""

_INTERNALS = {what: re.compile("|".join(each)) for what, each in INTERNALS.items()}


def _writers(street: Street) -> list[Voice]:
    return [*street.owners(street.residents.stranger), *street.of_each(WHO_WRITES)]


def _mark(case: Case, person: Applicant) -> str:
    return case.mint.canary(person.index, Field.UNASKED).text


def declined_round(case: Case) -> Round:
    """Return what everybody who fills in forms is answered who fills them in badly."""
    return once(case, "declined", _fill_in_badly)


def _fill_in_badly(case: Case) -> Round:
    street, mark = Street.of(case, each=2), _mark(case, case.applicant())
    with asking(street.door) as asker:
        seen = [each for each, *_ in spoilt(asker, street, _writers(street), mark)]
        seen += breaking(asker, street, street.of_each((PUBLIC, CLERK)))
    declined = [each for each in seen if each.declined]
    if not declined:
        raise Inconclusive("nothing that was filled in badly was declined")
    return Round(street.residents, street.reader, declined)


@check(guarantee="no-temporary-copy", counters=("errors-hold-names",), needs=SETTLING)
def no_refusal_repeats_what_was_sent(case: Case) -> None:
    """
    Whatever is wrong with a form, the answer repeats no value of it, in no form.

    Answers to what is wrong are what gateways log, trackers keep and people paste into
    tickets. To name the field is help enough; to repeat the address asked for is none.
    """
    made = declined_round(case)
    for seen in made.seen:
        hits = (*made.reader.body(seen), *made.reader.head(seen))
        hit = next((each for each in hits if each.field is Field.UNASKED), None)
        told = f"{seen.voice} fills in {seen.label} badly; the answer {seen.status} repeats it."
        place = Place("responses", seen.label, *(("", "") if hit is None else _shown(hit)))
        case.expect(hit is None, "repeats-what-was-sent", told, place)


def _shown(hit: Hit) -> tuple[str, str]:
    return hit.canary or "", "+".join(hit.form)


@check(guarantee="least-access", counters=("errors-hold-names",), needs=SETTLING)
def no_refusal_tells_how_the_system_is_built(case: Case) -> None:
    """No answer to what is wrong holds a trace, a statement to the database or a file's place."""
    for seen in declined_round(case).seen:
        what = next(told_of_inside(seen), "")
        told = f"{seen.voice} asks {seen.label} badly; the answer {seen.status} shows {what}."
        case.expect(not what, "internals-told", told, Place("responses", seen.label))


def told_of_inside(seen: Seen) -> Iterator[str]:
    """Return what an answer shows of how its system is built, and had not been told."""
    sent = (seen.question.body or b"").decode(errors="replace") + seen.question.path
    said = seen.exchange.body.decode(errors="replace")
    said += "\n".join(seen.exchange.headers.values())
    for what, pattern in _INTERNALS.items():
        if any(match.group() not in sent for match in pattern.finditer(said)):
            yield what


@check(
    guarantee="no-temporary-copy",
    counters=("errors-hold-names",),
    needs=SETTLING,
    sees=True,
    tier=Tier.FULL,
)
def what_is_declined_is_written_down_nowhere(case: Case) -> None:
    """A form that was declined leaves no value of it in a log, a queue or a file for analysis."""
    street = Street.of(case)
    first, again = case.applicant(), case.applicant()
    with asking(street.door) as asker:
        for seen, voice, spoil, operation, question in spoilt(
            asker, street, _writers(street), _mark(case, first)
        ):
            if seen.declined:
                once_more = spoil(operation, question, _mark(case, again))
                _must_decline(asker.ask(operation.label, voice, once_more))
                case.trials += 1
    case.target.tell("Forms are filled in badly, and every one of them is declined.")
    sentence = "A form was declined, and what stood in it lies in {surface}."
    case.expect_no_residue("declined-and-kept", sentence, again, frozenset({Field.UNASKED}))


def _must_decline(seen: Seen) -> None:
    if not seen.declined:
        raise Inconclusive(f"{seen.label} declined a form once and took the like of it next")
