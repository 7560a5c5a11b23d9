"""The next step that is named is the one that lets most promises be judged."""

import dataclasses
from collections.abc import Iterable

from idaudit.checks.catalogue import ENROLMENT, Declaration, Tier
from idaudit.checks.examined import Examination, OperationFound, SurfaceFound
from idaudit.checks.gaps import lacks, next_steps
from idaudit.fixtures.targets.target import Operation

OPEN, DECIDE, READ, CRASH = (
    Operation.OPEN_APPLICATION,
    Operation.DECIDE,
    Operation.READ_RECORD,
    Operation.CRASH,
)
AT_THE_DOOR = (*ENROLMENT, Operation.READ_RECORD, Operation.DESCRIBE)


def declared(
    name: str, guarantee: str, needs: Iterable[Operation], *, sees: bool = False
) -> Declaration:
    """Return one check."""
    return Declaration(name, guarantee, (), frozenset(needs), Tier.GATE, sees, "m", "s")


def found(
    works: Iterable[Operation], *, blind: Iterable[str] = (), seen: Iterable[str] = ()
) -> Examination:
    """Return what a doctor found who could do what *works*, and see so much."""
    operations = tuple(OperationFound(each, True, each in works, "") for each in Operation)  # noqa: FBT003  offered
    surfaces = tuple(
        SurfaceFound(each, "folder", 1, True, each in seen, "")  # noqa: FBT003  probed
        for each in (*blind, *seen)
    )
    return Examination(operations, surfaces)


CHECKS = (
    declared("a", "one", {OPEN}),
    declared("b", "two", {OPEN, DECIDE}),
    declared("c", "three", {OPEN, DECIDE}),
    declared("d", "one", {OPEN, READ}),
    declared("e", "one", {OPEN, READ}),
    declared("f", "one", {OPEN, READ}),
    declared("g", "four", {OPEN, CRASH, READ}),
    declared("h", "five", {OPEN}, sees=True),
)


def test_what_opens_new_promises_comes_before_what_opens_more_checks() -> None:
    """Three more checks of a promise already judged count for less than two new promises."""
    steps = next_steps(CHECKS, found({OPEN}, seen=("log",)), disposable=True)

    assert [each.things for each in steps] == [("decide",), ("read_record",)]
    assert (steps[0].checks, steps[0].guarantees) == (2, ("three", "two"))
    assert (steps[1].checks, steps[1].guarantees) == (3, ())
    assert steps[0].told() == (
        "let the adapter offer the operation 'decide': 2 more checks, "
        "and first of all about three, two"
    )


def test_a_blind_place_counts_as_much_as_a_missing_operation() -> None:
    """Each check that looks needs every place to be seen, and at least one to look into."""
    seeing = [each for each in CHECKS if each.sees]

    steps = next_steps(seeing, found({OPEN}, blind=("log",)), disposable=True)
    assert steps[0].told() == "let 'log' be seen: 1 more check, and first of all about five"
    assert next_steps(seeing, found({OPEN}), disposable=True)[0].things == ("surface",)


def test_what_is_withheld_asks_for_a_copy_and_not_for_an_adapter() -> None:
    """Of a system that must not be destroyed nothing more need be written down."""
    destructive = [declared("g", "four", {OPEN, CRASH})]
    withheld = found({OPEN})

    assert lacks(destructive[0], withheld, disposable=False) == {"disposable"}
    assert "say `disposable`" in next_steps(destructive, withheld, disposable=False)[0].told()


def test_where_no_single_thing_helps_the_fewest_are_named_together() -> None:
    """A first step that alone adds nothing would send its reader in circles."""
    steps = next_steps([CHECKS[6]], found({OPEN}), disposable=True)

    assert steps[0].things == ("crash", "read_record")
    assert "the control 'crash'" in steps[0].told()


def test_a_target_of_which_everything_can_be_asked_has_no_next_step() -> None:
    """There is nothing to add."""
    assert not next_steps(CHECKS, found(Operation, seen=("log",)), disposable=True)


def test_a_door_that_is_shut_is_the_next_step_where_it_would_add_most() -> None:
    """Whoever has told all but where it answers is told that, and how much it would add."""
    asking = [declared(f"i{number}", "one", AT_THE_DOOR) for number in range(3)]
    shut = dataclasses.replace(found(AT_THE_DOOR), shut="this target does not lend its door")

    assert next_steps(asking, shut, disposable=True)[0].things == ("door",)
    assert next_steps(asking, shut, disposable=True)[0].checks == 3
    assert "lend the door of a copy" in next_steps(asking, shut, disposable=True)[0].told()
    assert not next_steps(asking, found(AT_THE_DOOR), disposable=True)


def test_a_system_that_hands_out_no_cards_is_asked_at_its_door_all_the_same() -> None:
    """What an interface tells has nothing to do with cards."""
    needs = {*AT_THE_DOOR, Operation.ISSUE_CARD}

    assert not lacks(declared("i", "one", needs), found(AT_THE_DOOR), disposable=True)
    undescribed = found(set(AT_THE_DOOR) - {Operation.DESCRIBE})
    assert lacks(declared("i", "one", needs), undescribed, disposable=True) == {"describe"}
    assert "`openapi` in a target.toml" in (
        next_steps([declared("i", "one", needs)], undescribed, disposable=True)[0].told()
    )


def test_a_look_at_the_line_wants_an_address_over_tls() -> None:
    """A system that names none is not told that its line can be judged."""
    line = dataclasses.replace(declared("i", "one", ()), over_tls=True)
    plain = dataclasses.replace(found(AT_THE_DOOR), plain="no TLS is offered")

    assert lacks(line, plain, disposable=True) == {"tls"}
    assert "`front` in a target.toml" in next_steps([line], plain, disposable=True)[0].told()
    assert not lacks(line, found(AT_THE_DOOR), disposable=True)
