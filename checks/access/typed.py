"""What is typed into a form is a value: it is not executed, and what nobody asked for goes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from idaudit.checks.access.doors import tells_of_somebody
from idaudit.checks.access.malformed import JSON, forms
from idaudit.checks.access.naming import names_of
from idaudit.checks.access.reach import State
from idaudit.checks.access.residents import SETTLING
from idaudit.checks.access.rounds import Street
from idaudit.checks.case import ADMINISTRATOR, CLERK, COUNSEL, PUBLIC, REVIEWER, Case
from idaudit.checks.catalogue import Tier, check
from idaudit.checks.probes.fuzz.asking import Seen, asking
from idaudit.checks.probes.fuzz.described import Described, Question
from idaudit.fixtures.canaries import Field
from idaudit.threatmodel.errors import Inconclusive

ONE, OTHER = 7919, 7907
PRODUCT = str(ONE * OTHER).encode()
"""What only whoever worked out the product of two primes can answer."""

PLAIN = "Nobody"
TYPED = {
    "a condition that always holds": "' OR '1'='1",
    "another condition that always holds": '" OR 1=1 -- ',
    "a template": f"{{{{{ONE}*{OTHER}}}}}",
    "a template of another kind": f"${{{ONE}*{OTHER}}}",
    "a line of a program": f"__import__('os') and {ONE}*{OTHER}",
    "the way to a file": "../../../../../../../../etc/passwd",
    "the address of a file": "file:///etc/passwd",
}
"""What somebody types where a value belongs, hoping that it is executed."""

_ACCOUNTS = b"root:x:0:0:"
WHO = (PUBLIC, CLERK)
EVERYBODY = (PUBLIC, CLERK, REVIEWER, COUNSEL, ADMINISTRATOR)


@check(
    guarantee="least-access",
    counters=("clerk-promotes-himself",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def nothing_that_is_typed_is_executed(case: Case) -> None:
    """
    A condition, a template, a line of a program or a file's place in any field stays a value.

    What is worked out shows in the answer; so does a file; and where a plain word is
    declined, a condition that always holds must be as well.
    """
    street = Street.of(case)
    with asking(street.door) as asker:
        for operation, question in forms(street):
            for voice in street.of_each(WHO):
                for field in _texts(question.json):
                    plain = asker.ask(operation.label, voice, _typed(question, field, PLAIN))
                    for words, text in TYPED.items():
                        seen = asker.ask(operation.label, voice, _typed(question, field, text))
                        what = _executed(street, plain, seen)
                        told = (
                            f"{voice} types {words} into {field[-1]!r} of {operation.label}, "
                            f"{what}."
                        )
                        case.expect(not what, "typed-and-executed", told)


def _executed(street: Street, plain: Seen, seen: Seen) -> str:
    """Say how it shows that what was typed was executed; "" if it does not."""
    sent = seen.question.body or b""
    if PRODUCT in seen.exchange.body and PRODUCT not in sent:
        return "and the answer has worked it out"
    if _ACCOUNTS in seen.exchange.body:
        return "and is handed the file"
    if tells_of_somebody(street, seen) and not tells_of_somebody(street, plain):
        return "and is told of somebody"
    if plain.declined and seen.allowed:
        return "and is let in where a plain word is not"
    return ""


def _texts(said: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401  JSON
    """Return where in a form a text stands."""
    match said:
        case dict():
            for name, value in said.items():
                yield from _texts(value, (*path, str(name)))
        case str():
            yield path


def _typed(question: Question, field: tuple[str, ...], text: str) -> Question:
    """Return *question* with *text* in one field of its form."""
    form = json.loads(json.dumps(question.json))
    inner = form
    for name in field[:-1]:
        inner = inner[name]
    inner[field[-1]] = text
    headers = {**question.headers, **JSON}
    return replace(question, headers=headers, body=json.dumps(form).encode())


@check(
    guarantee="minimal-collection",
    counters=("more-taken-than-needed",),
    needs=SETTLING,
    sees=True,
    tier=Tier.FULL,
)
def nothing_sent_beyond_any_form_is_kept(case: Case) -> None:
    """
    Whatever is added to a form, of any described operation, lies nowhere afterwards.

    Each form is sent by everybody, the owner of a file about their own, with fields that
    nobody asked for; it may be taken without them or refused. One is seen taken, with them
    or as it should be: of forms that are never taken nothing would be kept anyway.
    """
    street, person, taken = Street.of(case), case.applicant(), False
    mark = case.mint.canary(person.index, Field.UNASKED).text
    more = {"remarks": mark, "country_of_birth": mark, "extra": {"note": mark}}
    with asking(street.door) as asker:
        for operation, question in _forms_about(street):
            owners = street.owners(street.residents.files[State.DECIDED])
            for voice in (*owners, *street.of_each(EVERYBODY)):
                seen = asker.ask(operation.label, voice, _with(more, question))
                taken = taken or seen.allowed
                taken = taken or asker.ask(operation.label, voice, _with({}, question)).allowed
                case.trials += 1
    if not taken:
        raise Inconclusive("no form was taken: what is kept of one that is taken is not shown")
    case.target.tell("Forms are sent with more in them than anybody asked for.")
    sentence = "What was added to a form, and nobody had asked for, lies in {surface}."
    case.expect_no_residue("kept-beyond-the-form", sentence, person, frozenset({Field.UNASKED}))


def _forms_about(street: Street) -> Iterator[tuple[Described, Question]]:
    """Return every operation that takes a form, about the file of somebody enrolled."""
    for operation, _ in forms(street):
        names = next(names_of(operation, street.residents.files[State.DECIDED]), {})
        yield operation, operation.question(names)


def _with(more: Mapping[str, Any], question: Question) -> Question:
    """Return *question* with its own form, and *more* in it."""
    said = question.json if isinstance(question.json, dict) else {}
    headers = {**question.headers, **JSON}
    return replace(question, headers=headers, body=json.dumps({**said, **more}).encode())
