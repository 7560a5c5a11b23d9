"""No answer, no refusal and no look-up tells an outsider whether a person holds a card."""

import itertools
import random
import string
from collections.abc import Callable, Iterator, Mapping, Sequence

from idaudit.checks.access.reach import PARTNER, tried
from idaudit.checks.access.taking import opened
from idaudit.checks.case import CLERK, COUNSEL, PUBLIC, REVIEWER, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.standing import (
    EACH,
    TO_STAND,
    Ask,
    Crowd,
    Question,
    Standing,
    expect_untold,
)
from idaudit.checks.probes.timing import LEAST, missed, told
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.instruments import i_200
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive

ASKING = (Operation.FILE_RECORDS_REQUEST, Operation.READ_RECORDS_ANSWER)
PAIRS = 40
"""Questions about a cardholder and about a stranger whose times are compared, in one round."""

_OFTEN = 0.9
_LETTERS = (string.digits, string.ascii_lowercase, string.ascii_uppercase)


@check(
    guarantee="no-confirmation",
    counters=(
        "refusal-tells-who-is-on-file",
        "records-answer-confirms-a-name",
        "id-tells-what-it-is-of",
    ),
    needs=(
        *TO_STAND,
        *ASKING,
        Operation.REQUEST_DISCLOSURE,
        Operation.SEARCH,
        Operation.READ_RECORD,
        Operation.READ_NOTICES,
    ),
)
def no_answer_tells_who_holds_a_card(case: Case) -> None:
    """
    A records request, a paper without a court, an outsider's search: every name gets one answer.

    People of each standing (enrolled, being decided, hidden, ended, held for a court)
    and people never heard of are asked about in turn; neither text nor status, size
    or headers may tell the standings apart. Nor does a record's id tell whoever has
    no key to it: it is answered like one that was never given out.
    """
    crowd = Crowd.gathered(case, *(each for each in Standing if each is not Standing.NEVER))
    for reason, (words, question) in QUESTIONS.items():
        sentence = f"{words} is answered otherwise where the person is {{standing}}: {{where}}."
        expect_untold(case, crowd, question, reason, sentence)
    case.bound(
        f"Whatever always tells {EACH} people of a standing from {EACH} never heard of is seen; "
        "what tells them apart only sometimes might not be."
    )


@check(
    guarantee="no-confirmation",
    counters=("refusal-tells-who-is-on-file", "records-answer-confirms-a-name"),
    needs=(*ENROLMENT, *ASKING, Operation.REQUEST_DISCLOSURE),
)
def no_answer_takes_longer_for_a_cardholder(case: Case) -> None:
    """
    A cardholder's name takes no longer to turn away than a stranger's, nor less.

    Asked in pairs whose order is drawn by lot; a difference counts if it is more
    than a millisecond in so many pairs as chance does not bring about, and again
    when all is repeated, and again.
    """
    crowd = Crowd.gathered(case, Standing.ENROLLED)
    chance = random.Random(case.mint.key("timed in turn"))  # noqa: S311  an order
    for words, question in (QUESTIONS["answer-tells"], QUESTIONS["refusal-tells"]):
        ask = question(case, crowd, chance)
        one = _repeated(ask, crowd.people[Standing.ENROLLED])
        other = _repeated(ask, crowd.people[Standing.NEVER])
        sentence = f"{words} takes another time to answer where the person is a cardholder."
        case.expect(not told(one, other, PAIRS, chance), "time-tells", sentence)
    case.bound(
        f"A difference of more than {1000 * LEAST:g} ms that shows in {_OFTEN:.0%} of {PAIRS} "
        f"pairs is missed with a probability of {missed(PAIRS, _OFTEN):.2g}; a smaller or rarer "
        "one may always be. No difference at all is taken for one in less than a case in 10**8."
    )


@check(
    guarantee="no-confirmation",
    counters=("anybody-verifies-a-card", "form-knows-who-is-enrolled"),
    needs=(*ENROLMENT, Operation.ISSUE_CARD, Operation.VERIFY_CARD),
)
def no_look_up_from_outside_tells_who_holds_a_card(case: Case) -> None:
    """
    Whoever is no partner learns of no number that it is a card's.

    And whoever applies over the web in a cardholder's name is not told that there
    is a card.
    """
    crowd = Crowd.gathered(case, Standing.ENROLLED)
    told = (
        "Somebody who is no partner can find out whether a number is that of {standing}: {where}."
    )
    expect_untold(case, crowd, _verification, "card-confirmed", told)
    told = "An application in somebody else's name is answered otherwise for {standing}: {where}."
    expect_untold(case, crowd, _application, "form-tells", told)


# -- steps -----------------------------------------------------------------------------


def like(known: str, chance: random.Random) -> str:
    """Return something made up that is written as *known* is: a digit for a digit."""
    made = [chance.choice(next((k for k in _LETTERS if c in k), c)) for c in known]
    return "".join(made)


def _records(case: Case, crowd: Crowd, chance: random.Random) -> Ask:
    """Ask the records desk about a person by name."""
    del crowd, chance

    def ask(person: Applicant) -> Sequence[Outcome]:
        text = (
            f"Whatever you hold about {person.given_name} {person.surname}, born {person.born}, "
            "redacted as need be; or say that you hold nothing."
        )
        filed = case.answered(case.target.file_records_request(PUBLIC, text=text))
        if not filed.allowed:
            return [filed]
        request = str(filed.fields["request"])
        return [filed, case.answered(case.target.read_records_answer(request, PUBLIC))]

    return ask


def _paper(case: Case, crowd: Crowd, chance: random.Random) -> Ask:
    """Bring an officer's own warrant about a person."""
    del crowd, chance
    serials = itertools.count(1)

    def ask(person: Applicant) -> Sequence[Outcome]:
        named, serial = person.named(), next(serials)
        paper = i_200(named, fields=("street",), today=case.today, serial=serial)
        return [case.answered(case.target.request_disclosure(paper, COUNSEL))]

    return ask


def _search(case: Case, crowd: Crowd, chance: random.Random) -> Ask:
    """Search as nobody may: from outside, and as staff in a case that is none."""
    del crowd
    work = opened(case).application
    made_up = like(work, chance)

    def ask(person: Applicant) -> Sequence[Outcome]:
        named = person.named()
        return [
            *_answers(case, Operation.SEARCH, (PUBLIC, PARTNER), named, work),
            *_answers(case, Operation.SEARCH, (REVIEWER,), named, made_up),
        ]

    return ask


def _by_id(case: Case, crowd: Crowd, chance: random.Random) -> Ask:
    """Try the id of a record, or of none, without the key to it."""
    ids = {f.applicant.index: f.record for files in crowd.files.values() for f in files}
    ids = _with_made_up(ids, crowd, chance)
    stranger = opened(case).owner

    def ask(person: Applicant) -> Sequence[Outcome]:
        record = ids[person.index]
        return [
            *_answers(case, Operation.READ_RECORD, (PUBLIC, PARTNER, stranger), record),
            *_answers(case, Operation.READ_NOTICES, (PUBLIC, stranger), record),
        ]

    return ask


def _verification(case: Case, crowd: Crowd, chance: random.Random) -> Ask:
    """Show a good card's number, or one that is made up, as nobody of the trade."""
    numbers = {}
    for file in crowd.files[Standing.ENROLLED]:
        card = case.must(case.target.issue_card(file.application, CLERK))
        numbers[file.applicant.index] = str(card.fields["number"])
    good = next(iter(numbers.values()))
    if not case.must(case.target.verify_card(PARTNER, number=good)).fields["valid"]:
        raise Inconclusive("a card that was just issued is not good")
    numbers = _with_made_up(numbers, crowd, chance)
    stranger = opened(case).owner

    def ask(person: Applicant) -> Sequence[Outcome]:
        number = numbers[person.index]
        asked = [case.target.verify_card(actor, number=number) for actor in (PUBLIC, stranger)]
        return [case.answered(each) for each in asked]

    return ask


def _application(case: Case, crowd: Crowd, chance: random.Random) -> Ask:
    """Apply over the web, as whoever knows somebody's name and birth date can."""
    del crowd, chance

    def ask(person: Applicant) -> Sequence[Outcome]:
        by = Actor(Role.APPLICANT, person.index)
        return [case.answered(case.target.open_application(person, by, channel="web"))]

    return ask


def _with_made_up(known: Mapping[int, str], crowd: Crowd, chance: random.Random) -> dict[int, str]:
    """Return what is *known* by applicant, and something made up for those never heard of."""
    pattern = next(iter(known.values()))
    return {**known, **{p.index: like(pattern, chance) for p in crowd.people[Standing.NEVER]}}


def _answers(
    case: Case, operation: Operation, actors: Sequence[Actor], *arguments: object
) -> Iterator[Outcome]:
    """Let *actors* try *operation*, those whom the system knows."""
    for actor in actors:
        seen = tried(case, operation, actor, *arguments)
        if seen is not None:
            yield seen


def _repeated(ask: Ask, people: Sequence[Applicant]) -> Callable[[], object]:
    """Return how to ask about one of *people* after the other, for ever."""
    turn = itertools.cycle(people)
    return lambda: ask(next(turn))


QUESTIONS: Mapping[str, tuple[str, Question]] = {
    "answer-tells": ("A request for records", _records),
    "refusal-tells": ("A paper without a court", _paper),
    "search-tells": ("A search that is nobody's business", _search),
    "id-tells": ("The id of a record", _by_id),
}
"""Every way to ask about a person, by the reason if its answer tells, in words."""
