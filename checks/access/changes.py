"""Nobody changes a file by any described operation but its owner: every one of them is tried."""

from collections.abc import Iterable, Iterator

from idaudit.checks.access.explored import ends_the_run
from idaudit.checks.access.naming import about, names_of
from idaudit.checks.access.reach import State
from idaudit.checks.access.residents import SETTLING, reaches
from idaudit.checks.access.rounds import Street
from idaudit.checks.case import Case, File
from idaudit.checks.catalogue import Tier, check
from idaudit.checks.probes.fuzz.asking import Asker, Voice, asking
from idaudit.checks.probes.fuzz.described import Described
from idaudit.fixtures.targets.target import Role
from idaudit.threatmodel.errors import Inconclusive


@check(
    guarantee="least-access",
    counters=("clerk-promotes-himself",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def no_described_operation_changes_a_file_for_a_stranger(case: Case) -> None:
    """
    Whatever is described and could change a decided file leaves it as it is for all but its owner.

    What counts is what the file says afterwards, whatever was answered; and what has ended
    is brought back by nothing.
    """
    street = Street.of(case)
    decided, ended = street.residents.files[State.DECIDED], street.residents.files[State.ENDED]
    changing = [each for each in street.operations if _changes(each)]
    if not changing:
        raise Inconclusive("nothing that is described changes a file")
    before = case.must(case.target.read_record(decided.record, decided.owner)).fields["record"]
    with asking(street.door) as asker:
        for operation in changing:
            _try(asker, operation, decided, _strangers(street, decided))
            _expect_same(case, decided, operation, before)
            _try(asker, operation, ended, street.voices)
    back = case.answered(case.target.read_record(ended.record, ended.owner))
    told = "A record was ended, and something that is described has brought it back."
    case.expect(back.refused, "brought-back", told)


def _changes(operation: Described) -> bool:
    return about(operation) and not operation.safe and not ends_the_run(operation)


def _strangers(street: Street, file: File) -> Iterator[Voice]:
    """Return everybody but the owner and the commissioner, who may reach the whole database."""
    for voice in street.voices:
        if not reaches(voice, file.applicant.index, Role.COMMISSIONER):
            yield voice


def _try(asker: Asker, operation: Described, file: File, everybody: Iterable[Voice]) -> None:
    for voice in everybody:
        for names in names_of(operation, file):
            asker.ask(operation.label, voice, operation.question(names))


def _expect_same(case: Case, file: File, operation: Described, before: object) -> None:
    """Expect that a file says what it said before."""
    after = case.answered(case.target.read_record(file.record, file.owner))
    same = after.allowed and after.fields["record"] == before
    told = f"Everybody but its owner asks {operation.label} about a file, and it has changed."
    case.expect(same, "changed-without-a-task", told)
