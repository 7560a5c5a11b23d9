"""A badge counts while its holder is on duty, is what it says, and cannot be made at home."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from idaudit.checks.access.forging import forged
from idaudit.checks.access.naming import names_of
from idaudit.checks.access.reach import State
from idaudit.checks.access.residents import SETTLING
from idaudit.checks.access.rounds import Street
from idaudit.checks.case import ADMINISTRATOR, AUDITOR, CLERK, REVIEWER, Case
from idaudit.checks.catalogue import check
from idaudit.checks.probes.fuzz.asking import Asker, Voice, asking
from idaudit.checks.probes.fuzz.described import Described, Question
from idaudit.fixtures.targets.door import Badge, Door
from idaudit.fixtures.targets.target import Actor, Operation
from idaudit.threatmodel.errors import Inconclusive, NotOffered, UnexpectedAnswer

SUBSTITUTE = Actor(CLERK.role, 3)
"""A clerk whose sessions are ended here; nobody else works under that login."""

ON_DUTY = (CLERK, REVIEWER, AUDITOR, ADMINISTRATOR)
"""Whose badges are tried: those who read something without a file of their own."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Something that one member of staff may ask, and nobody without a badge."""

    label: str
    question: Question
    actor: Actor

    def lets_in(self, asker: Asker, badge: Badge) -> bool:
        """Whether whoever shows *badge* is answered."""
        return asker.ask(self.label, Voice(self.actor, badge), self.question).allowed


def gates(asker: Asker, street: Street, actor: Actor) -> Iterator[Gate]:
    """
    Return everything that a badge of *actor* opens and that stays shut without one.

    Raises:
        Inconclusive: nothing described tells a badge from none.

    """
    badge, found = street.door.badge(actor), 0
    for operation in street.reading():
        for question in _questions(street, operation):
            gate = Gate(operation.label, question, actor)
            if gate.lets_in(asker, badge) and not gate.lets_in(asker, {}):
                found += 1
                yield gate
    if not found:
        raise Inconclusive(f"nothing described is open to {actor} and shut to the public")


def _questions(street: Street, operation: Described) -> list[Question]:
    deciding = street.residents.files[State.DECIDING]
    named = list(names_of(operation, deciding)) or [{}]
    return [operation.question(names) for names in named]


@check(guarantee="least-access", counters=("clerk-promotes-himself",), needs=SETTLING)
def nobody_is_let_in_by_a_badge_they_made(case: Case) -> None:
    """What only staff may ask is answered to no empty, altered, unsigned or guessed badge."""
    street = Street.of(case)
    with asking(street.door) as asker:
        for actor in ON_DUTY:
            for gate in _found(asker, street, actor):
                for words, badge in forged(street.door.badge(actor)):
                    told = f"{gate.label}, which is for {actor}, is answered to {words}."
                    case.expect(not gate.lets_in(asker, badge), "forged-badge-let-in", told)
    if not case.trials:
        raise Inconclusive("nothing described tells a badge from none")


def _found(asker: Asker, street: Street, actor: Actor) -> list[Gate]:
    """Return what a badge of *actor* opens; nothing where the system employs nobody such."""
    try:
        return list(gates(asker, street, actor))
    except Inconclusive:
        return []


@check(guarantee="least-access", counters=("leaver-still-logged-in",), needs=SETTLING)
def a_session_ends_when_its_holder_signs_out(case: Case) -> None:
    """Whoever has signed out is let in by the old badge to nothing any more."""
    street = Street.of(case)
    with asking(street.door) as asker:
        clerk = _substitute(street)
        opens = list(gates(asker, street, clerk))
        badge = street.door.log_in(clerk)
        _must_open(asker, opens, badge)
        street.door.log_out(badge)
        for gate in opens:
            told = f"A clerk signed out, and the old badge still opens {gate.label}."
            case.expect(not gate.lets_in(asker, badge), "signed-out-and-let-in", told)


@check(guarantee="least-access", counters=("leaver-still-logged-in",), needs=SETTLING)
def a_session_ends_when_its_time_is_over(case: Case) -> None:
    """A badge that is past its time opens nothing."""
    street = Street.of(case)
    with asking(street.door) as asker:
        opens = list(gates(asker, street, CLERK))
        badge = street.door.lapsed(CLERK)
        _must_open(asker, opens, street.door.badge(CLERK))
        for gate in opens:
            told = f"A session is past its time, and its badge still opens {gate.label}."
            case.expect(not gate.lets_in(asker, badge), "lapsed-and-let-in", told)


@check(guarantee="least-access", counters=("clerk-promotes-himself",), needs=SETTLING)
def a_badge_of_another_site_opens_nothing(case: Case) -> None:
    """What another installation of the same system gave out counts for nothing here."""
    street = Street.of(case)
    with case.target.unused() as other, asking(street.door) as asker:
        elsewhere = _door_of_another(other.door(), street.door)
        badges = {actor: elsewhere.badge(actor) for actor in ON_DUTY[:2]}
        for actor, badge in badges.items():
            for gate in gates(asker, street, actor):
                told = f"The badge of another site's {actor.role} opens {gate.label} here."
                case.expect(not gate.lets_in(asker, badge), "other-sites-badge-let-in", told)


def _door_of_another(other: Door, door: Door) -> Door:
    if other.url == door.url:
        raise NotOffered("there is no other installation of this target")
    return other


@check(
    guarantee="least-access",
    counters=("leaver-still-logged-in",),
    needs=(*SETTLING, Operation.REMOVE_STAFF),
)
def whoever_was_let_go_is_let_in_to_nothing(case: Case) -> None:
    """A clerk who was let go is let in to nothing, by the old badge or by a new one."""
    street = Street.of(case)
    with asking(street.door) as asker:
        opens = list(gates(asker, street, SUBSTITUTE))
        badges = [street.door.badge(SUBSTITUTE), street.door.log_in(SUBSTITUTE)]
        case.must(case.target.remove_staff(SUBSTITUTE, ADMINISTRATOR))
        with suppress(UnexpectedAnswer):  # which is as it should be
            badges.append(street.door.log_in(SUBSTITUTE))
        for gate in opens:
            for badge in badges:
                told = f"A clerk was let go, and a badge of theirs still opens {gate.label}."
                case.expect(not gate.lets_in(asker, badge), "leaver-let-in", told)


def _substitute(street: Street) -> Actor:
    """Return a clerk to send home: the substitute, or the only one that a small house has."""
    try:
        street.door.badge(SUBSTITUTE)
    except NotOffered:
        return CLERK
    return SUBSTITUTE


def _must_open(asker: Asker, opens: list[Gate], badge: Badge) -> None:
    """Show that a badge counts while it should; one that never did tells nothing."""
    if not all(gate.lets_in(asker, badge) for gate in opens):
        raise Inconclusive("a badge just given out opens less than the one in use")
