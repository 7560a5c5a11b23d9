"""Nothing that can be asked, by chance or in chains, tells what no plain question tells."""

import itertools
import random
from collections.abc import Mapping
from typing import Any

from idaudit.checks.access.answers import expect_untold, has_a_task, hits
from idaudit.checks.access.naming import names_of
from idaudit.checks.access.reach import State
from idaudit.checks.access.refusals import told_of_inside
from idaudit.checks.access.residents import SETTLING
from idaudit.checks.access.rounds import Round, Street, must_have_seen, once, readings
from idaudit.checks.case import PAPERS, Case
from idaudit.checks.catalogue import Tier, check
from idaudit.checks.finding import Place
from idaudit.checks.probes.fuzz.asking import Seen, Voice, asking
from idaudit.checks.probes.fuzz.described import SAFE, Described
from idaudit.checks.probes.fuzz.exploring import Depth, explored
from idaudit.checks.probes.sweep import Hit
from idaudit.fixtures.targets.target import Role

ENDS_THE_RUN = ("kill", "session", "control", "staff", "shutdown", "reset", "logout", "sign_out")
"""What is left out: it would end the system, or send home everybody who asks."""


class Casting:
    """Says who asks each question, and about whose file: everybody in turn, by lot."""

    def __init__(self, case: Case, street: Street) -> None:
        """Cast the voices of *street*."""
        self._street = street
        self._chance = random.Random(case.mint.key("who asks"))  # noqa: S311  no secret
        self._voices = itertools.cycle(street.voices)
        self._known = {each.path: each for each in street.operations}

    def __call__(
        self, method: str, path: str, parts: Mapping[str, Any]
    ) -> tuple[Voice, Mapping[str, str]]:
        """Return who asks next, and what they ask about; one question in five is left as it is."""
        voice, operation = next(self._voices), self._known.get(path)
        if not parts or operation is None or self._chance.random() < 0.2:  # noqa: PLR2004  one in five
            return voice, {}
        return self._about(voice, operation, method)

    def _about(
        self, voice: Voice, operation: Described, method: str
    ) -> tuple[Voice, Mapping[str, str]]:
        """Return *voice*, or the stranger where an owner would change their own file."""
        residents = self._street.residents
        file = self._chance.choice([*residents.files.values(), residents.stranger])
        own = voice.own == file.applicant.index
        if own and method.upper() not in SAFE:
            file = residents.stranger
        return voice, next(names_of(operation, file), {})


def explored_round(case: Case) -> Round:
    """Return all that was answered to what Schemathesis thought of."""
    return once(case, "explored", _explore)


def _explore(case: Case) -> Round:
    street = Street.of(case)
    api = case.must(case.target.describe()).fields["openapi"]
    left = [each.name for each in street.operations if ends_the_run(each)]
    seed = case.mint.key("explored")
    number = int.from_bytes(seed[:4], "big")
    casting = Casting(case, street)
    seen = list(explored(api, street.door.url, number, casting, left, Depth()))
    with asking(street.door) as asker:
        after = list(readings(asker, street))
    must_have_seen(street, after)
    return Round(street.residents, street.reader, [*seen, *after])


def ends_the_run(operation: Described) -> bool:
    """Whether an operation would end the system, or send home whoever asks."""
    said = f"{operation.name} {operation.path}".lower()
    return any(word in said for word in ENDS_THE_RUN)


@check(
    guarantee="least-access",
    counters=("neighbours-record-shown",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def no_odd_question_is_answered_with_somebody_else(case: Case) -> None:
    """Whatever is asked, in whatever form and after whatever else, nobody is told of another."""
    made = explored_round(case)
    told = (
        (seen, hit)
        for seen, hit in hits(made, State.DECIDED)
        if not _by_task(case, made, seen, hit)
    )
    sentence = "{voice} asks {label} in an odd way, and is told of somebody else."
    expect_untold(case, made, told, "told-of-somebody-else", sentence)


def _by_task(case: Case, made: Round, seen: Seen, hit: Hit) -> bool:
    """Whether who was told has a task: at the counter a card is handed out again."""
    at_work = seen.voice.roles & {Role.CLERK, Role.REVIEWER}
    changing = seen.question.method not in SAFE
    return has_a_task(case, made, seen, hit) or bool(at_work and changing)


@check(
    guarantee="own-record-rights",
    counters=("flag-instead-of-deletion",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def no_odd_question_is_answered_with_a_record_that_ended(case: Case) -> None:
    """Whatever is asked, in whatever form and after whatever else, what has ended is not told."""
    made = explored_round(case)
    told = (
        (seen, hit)
        for seen, hit in hits(made, State.ENDED)
        if not (hit.field in PAPERS and case.terms.papers_days)
    )
    sentence = "A record was ended; {voice} asks {label} in an odd way, and is told whose it was."
    expect_untold(case, made, told, "told-of-the-ended", sentence)


@check(
    guarantee="least-access",
    counters=("errors-hold-names",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def no_odd_question_makes_the_system_tell_how_it_is_built(case: Case) -> None:
    """Whatever is asked, no failure shows a trace, a statement or where files lie."""
    for seen in explored_round(case).seen:
        what = next(told_of_inside(seen), "") if seen.declined else ""
        told = f"{seen.voice} asks {seen.label} in an odd way; the answer shows {what}."
        case.expect(not what, "internals-told", told, Place("responses", seen.label))
