"""There is no door besides those that are described, and none opens to a word of one's own."""

import random
from collections.abc import Iterator
from dataclasses import replace

from idaudit.checks.access.likeness import TRIES, answers_about, never_given, same
from idaudit.checks.access.naming import about, names_of
from idaudit.checks.access.reach import State
from idaudit.checks.access.residents import SETTLING
from idaudit.checks.access.rounds import Street
from idaudit.checks.case import CLERK, PUBLIC, Case, File
from idaudit.checks.catalogue import Tier, check
from idaudit.checks.probes.fuzz.asking import Asker, Seen, Voice, asking
from idaudit.checks.probes.fuzz.described import SAFE, Described, Question
from idaudit.checks.probes.fuzz.wellknown import (
    CLAIMS,
    PARAMETERS,
    addresses,
    beside,
    kind_of_file,
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TOO_MANY = 429
MADE_UP = 3
"""Ids nobody gave out, which are answered alike wherever an answer tells nothing."""

STRANGERS_PAGES = ("https://elsewhere.example", "null")
"""Whose pages a browser may be showing while somebody works in another window."""


def nobody() -> Voice:
    """Return the public, with nothing to show."""
    return Voice(PUBLIC, {})


def tells_of_somebody(street: Street, seen: Seen) -> bool:
    """Whether an answer tells of anybody but whoever asked, who had not said it themselves."""
    asked = {(hit.applicant, hit.field) for hit in street.reader.asked(seen)}
    return any(
        hit.applicant != seen.voice.own and (hit.applicant, hit.field) not in asked
        for hit in street.reader.body(seen)
    )


def _pages(street: Street, *states: State) -> Iterator[tuple[Described, Question]]:
    """Return every described question that shows a file and changes nothing."""
    for operation in street.reading():
        for state in states:
            for names in names_of(operation, street.residents.files[state]):
                yield operation, operation.question(names)


@check(
    guarantee="least-access",
    counters=("clerk-promotes-himself",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def no_word_of_ones_own_opens_a_file(case: Case) -> None:
    """What somebody says of themselves in a header, a cookie or an address opens nobody's file."""
    street = Street.of(case)
    owners = street.owners(street.residents.stranger)
    with asking(street.door) as asker:
        for operation, question in _pages(street, State.DECIDING, State.DECIDED):
            for words, claimed in _claimed(question):
                for voice in (nobody(), *owners):
                    seen = asker.ask(operation.label, voice, claimed)
                    told = f"{voice} asks {operation.label} with {words}, and is told of somebody."
                    case.expect(not tells_of_somebody(street, seen), "claim-believed", told)


def _claimed(question: Question) -> Iterator[tuple[str, Question]]:
    for words, headers in CLAIMS.items():
        yield words, replace(question, headers={**question.headers, **headers})
    for each in PARAMETERS:
        mark = "&" if "?" in question.path else "?"
        yield f"{each!r} in the address", replace(question, path=f"{question.path}{mark}{each}")
    for method in ("GET", "DELETE"):
        headers = {"X-HTTP-Method-Override": method, "X-Original-URL": question.path}
        yield "another method in a header", replace(question, method="POST", headers=headers)
        yield "another address in a header", replace(question, path="/", headers=headers)


@check(
    guarantee="no-bypass",
    counters=("side-door-without-a-second-person",),
    needs=SETTLING,
)
def no_hidden_door_opens_a_file(case: Case) -> None:
    """
    No address that is known by name, and none beside a described one, tells of anybody.

    Nor does one serve a database, a copy of one, or a configuration with its keys in it.
    """
    street = Street.of(case)
    paths = dict.fromkeys((*addresses(_ids(street)), *_beside(street)))
    with asking(street.door) as asker:
        for path in paths:
            seen = asker.get(path, nobody())
            like = _shown(path, street)
            told = f"An address that nobody described, like {like}, tells whoever asks of somebody."
            case.expect(not tells_of_somebody(street, seen), "hidden-door", told)
            what = kind_of_file(seen.exchange.body) if seen.allowed else ""
            told = f"An address that nobody described, like {like}, serves {what}."
            case.expect(not what, "store-served", told)


def _ids(street: Street) -> list[str]:
    """Return by what names the files that are open are known."""
    files = [street.residents.files[state] for state in (State.DECIDED, State.DECIDING)]
    return [name for file in files for name in (file.record, file.application)]


def _beside(street: Street) -> Iterator[str]:
    for _, question in _pages(street, State.DECIDED, State.DECIDING):
        yield from beside(question.path)


def _shown(path: str, street: Street) -> str:
    for name in _ids(street):
        path = path.replace(name, "{id}")
    return path


@check(
    guarantee="no-bypass",
    counters=("side-door-without-a-second-person",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def nothing_is_done_by_a_method_that_is_not_described(case: Case) -> None:
    """
    The described address of a file does nothing by a method that its description does not name.

    HEAD and OPTIONS are left out: they tell of an address, and do nothing.
    """
    street = Street.of(case)
    decided = street.residents.files[State.DECIDED]
    everybody = [nobody(), *street.owners(decided), *street.of_each((CLERK,))]
    with asking(street.door) as asker:
        for operation, method in _undescribed(street):
            question = _by(method, operation, decided)
            for voice in everybody:
                seen = asker.ask(operation.label, voice, question)
                done = seen.allowed and not _says_so_anywhere(asker, seen)
                told = f"{voice} asks {operation.path} by {method}, undescribed, and it is done."
                case.expect(not done, "undescribed-method", told)


def _says_so_anywhere(asker: Asker, seen: Seen) -> bool:
    """Whether an answer is what anything is answered here, as one page that serves every path."""
    nowhere = replace(seen.question, path=f"/nothing-is-here{seen.question.path}")
    other = asker.ask(seen.label, seen.voice, nowhere)
    return (other.status, other.exchange.body) == (seen.status, seen.exchange.body)


def _undescribed(street: Street) -> Iterator[tuple[Described, str]]:
    """Return each described address with the methods that it is not described for."""
    methods: dict[str, set[str]] = {}
    for each in filter(about, street.operations):
        methods.setdefault(each.path, set()).add(each.method)
    first = {each.path: each for each in reversed(street.operations)}
    for path, known in methods.items():
        yield from ((first[path], method) for method in METHODS if method not in known)


def _by(method: str, operation: Described, file: File) -> Question:
    names = next(names_of(operation, file), {})
    body = None if method in SAFE | {"DELETE"} else b"{}"
    path = operation.question(names).path.partition("?")[0]
    return Question(method, path, {"Content-Type": "application/json"}, body)


@check(guarantee="least-access", counters=("neighbours-record-shown",), needs=SETTLING)
def no_strangers_page_reads_an_answer(case: Case) -> None:
    """
    A page of another site, open in the same browser, is let read no answer (CORS).

    Leave for everybody without credentials is none: a badge is not sent along then.
    """
    street = Street.of(case)
    host = street.door.url.partition("://")[2]
    origins = (*STRANGERS_PAGES, f"https://{host}.elsewhere.example", f"https://not{host}")
    decided = street.residents.files[State.DECIDED]
    owner = next(iter((*street.owners(decided), *street.of_each((CLERK,)))), nobody())
    with asking(street.door) as asker:
        for operation, question in _pages(street, State.DECIDED):
            for origin in origins:
                for seen in _from_a_page(asker, operation, owner, question, origin):
                    told = f"A page of {_whose(origin)} may read what {operation.label} answers."
                    case.expect(not _lets_in(seen, origin), "strangers-page-let-in", told)


def _from_a_page(
    asker: Asker, operation: Described, voice: Voice, question: Question, origin: str
) -> Iterator[Seen]:
    plain = replace(question, headers={**question.headers, "Origin": origin})
    yield asker.ask(operation.label, voice, plain)
    first = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    first |= {"Access-Control-Request-Headers": "authorization"}
    yield asker.ask(operation.label, nobody(), replace(question, method="OPTIONS", headers=first))


def _lets_in(seen: Seen, origin: str) -> bool:
    said = seen.exchange.headers
    named = said.get("access-control-allow-origin", "") == origin
    return named and said.get("access-control-allow-credentials", "").lower() == "true"


def _whose(origin: str) -> str:
    return "a sandboxed frame" if origin == "null" else "another site"


@check(guarantee="no-confirmation", counters=("id-tells-what-it-is-of",), needs=SETTLING)
def no_refusal_tells_an_outsider_which_files_there_are(case: Case) -> None:
    """
    Whoever has no business with a file is answered about it as about one that never was.

    Every described operation on a file is asked, by whatever method, with an id that was
    given out and with some made up alike; status, headers, text and size must be the same.
    """
    street = Street.of(case)
    chance = random.Random(case.mint.key("ids made up"))  # noqa: S311  no secret
    with asking(street.door) as asker:
        for operation in street.known():
            for voice in street.outsiders():
                _expectsame(case, street, asker, (operation, voice), chance)


def _expectsame(
    case: Case,
    street: Street,
    asker: Asker,
    who: tuple[Described, Voice],
    chance: random.Random,
) -> None:
    """Expect that *who*, an operation and whoever asks it, is answered alike about any id."""
    operation, voice = who
    known = street.residents.files[State.DECIDED]
    never = [never_given(known, chance) for _ in range(MADE_UP)]
    usual = [answers_about(asker, operation, voice, each) for each in never]
    if not all(same(usual[0], each) for each in usual) or TOO_MANY in usual[0].plain:
        return  # answers that differ by themselves are judged over many, in another check
    for state, file in street.residents.files.items():
        told = (
            f"{voice} asks {operation.label} and is answered otherwise where the file is "
            f"{state} than where there is none."
        )
        again = (answers_about(asker, operation, voice, file) for _ in range(TRIES))
        alike = any(same(usual[0], each) for each in again)
        case.expect(alike, "refusal-tells", told)
