"""The kill switch: by itself on its date, earlier on two people's word, and all of it."""

from collections.abc import Callable, Sequence

import pytest

from idaudit.checks.case import AUDITOR, CLERK, COMMISSIONER, REVIEWER, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.retention.covered import LOOKING
from idaudit.checks.retention.orders import hold
from idaudit.checks.retention.switch import (
    A_DAY,
    KILLING,
    SIGNERS,
    advance_to,
    counts_right,
    eve_before_it_fires,
    fire_again,
    has_fired,
    must_have_worked,
    sign_an_order,
    take_in_another,
    taken_in,
    wait,
)
from idaudit.fixtures.targets.target import Actor, Operation


@check(guarantee="kill-switch", counters=("order-waits-for-a-signature",), needs=KILLING, sees=True)
def a_signed_kill_order_leaves_nothing_to_read(case: Case) -> None:
    """An order that enough people signed makes all it covers unreadable, in the stated time."""
    covered, files = taken_in(case, 2)
    sign_an_order(case)
    wait(case)

    for file in files:
        covered.expect_gone(file, "readable-after-kill")


@check(
    guarantee="kill-switch",
    counters=("kill-switch-stolen",),
    needs=(*ENROLMENT, *LOOKING, Operation.ORDER_KILL, Operation.ADVANCE_CLOCK),
)
def an_order_alone_destroys_nothing(case: Case) -> None:
    """Whoever orders the kill switch is one person, and one is not enough."""
    covered, (file,) = taken_in(case, 1)
    case.answered(case.target.order_kill(COMMISSIONER))
    wait(case)

    case.expect(covered.is_there(file), "fired-by-one", "The order alone destroyed everything.")


@check(
    guarantee="kill-switch",
    counters=("kill-switch-breaks-off",),
    needs=(*KILLING, Operation.CRASH, Operation.RESTART),
    sees=True,
)
def a_crash_does_not_undo_a_kill(case: Case) -> None:
    """A power cut right after the last signature brings nothing back."""
    covered, (file,) = taken_in(case, 1)
    sign_an_order(case)
    case.must(case.target.crash())
    case.must(case.target.restart())
    wait(case)

    covered.expect_gone(file, "back-after-a-crash")


def twice_as_commissioner(_: Case) -> tuple[Actor, Sequence[Actor]]:
    """The commissioner orders, and signs twice."""
    return COMMISSIONER, (COMMISSIONER, COMMISSIONER)


def under_another_login(case: Case) -> tuple[Actor, Sequence[Actor]]:
    """The commissioner orders, and signs under another login, where they have one."""
    return COMMISSIONER, (case.target.same_human(COMMISSIONER) or COMMISSIONER,)


def from_the_counter(_: Case) -> tuple[Actor, Sequence[Actor]]:
    """Two people order and sign who are not the ones who may."""
    return CLERK, (REVIEWER, CLERK)


@check(guarantee="kill-switch", counters=("kill-switch-stolen",), needs=KILLING)
@pytest.mark.parametrize("way", [twice_as_commissioner, under_another_login, from_the_counter])
def one_person_alone_cannot_fire_the_kill_switch(
    case: Case, way: Callable[[Case], tuple[Actor, Sequence[Actor]]]
) -> None:
    """One human is not two, however often they sign; nor are two at the counter the right two."""
    covered, (file,) = taken_in(case, 1)
    orderer, signers = way(case)
    ordered = case.answered(case.target.order_kill(orderer))
    for signer in signers if ordered.allowed else ():
        case.answered(case.target.sign_kill(ordered.fields["order"], signer))
    wait(case)

    case.expect(
        covered.is_there(file), "fired-by-too-few", "That was enough to destroy everything."
    )
    sign_an_order(case)
    wait(case)
    must_have_worked(covered, file)


@check(
    guarantee="kill-switch",
    counters=("hold-freezes-everyone", "held-records-destroyed"),
    needs=(*KILLING, Operation.PLACE_HOLD),
    sees=True,
)
def a_hold_does_not_stop_the_kill_switch(case: Case) -> None:
    """
    While a court holds one person's file, the switch destroys all but that.

    Destroying what is held is as wrong as keeping the rest.
    """
    covered, (held, other) = taken_in(case, 2)
    hold(case, held)
    sign_an_order(case)
    wait(case)

    covered.expect_gone(other, "stopped-by-a-hold")
    case.expect(
        covered.exists(held),
        "held-destroyed",
        "What a court had ordered to be preserved is destroyed as well.",
    )


@check(
    guarantee="kill-switch",
    counters=("certificate-untrue",),
    needs=(*KILLING, Operation.PLACE_HOLD, Operation.READ_KILL),
)
def the_kill_certificate_adds_up(case: Case) -> None:
    """What is destroyed, held and remaining adds up to what there was, and nothing remains."""
    case.expect(not has_fired(case), "certified-early", "A kill is certified that never was.")
    _, (held, *_others) = taken_in(case, 3)
    hold(case, held)
    sign_an_order(case)
    wait(case)
    case.sight.settle()
    case.expect(has_fired(case), "not-certified", "No certificate says that the switch fired.")
    counts = case.must(case.target.read_kill(AUDITOR)).fields

    case.expect(counts["remaining"] == 0, "remainder", "By its own certificate it left something.")
    case.expect(
        counts_right(case, counts, enrolled=3, held=1),
        "wrong-count",
        "The certificate does not say that of three files one is held and two are destroyed.",
    )


@check(guarantee="kill-switch", counters=("kill-switch-spent",), needs=KILLING, sees=True)
def the_kill_switch_works_a_second_time(case: Case) -> None:
    """
    Used again, the switch does not fail, and destroys what has come in since.

    A city that takes nobody in any more after a kill is as lawful as one that does.
    """
    covered, (file,) = taken_in(case, 1)
    sign_an_order(case)
    wait(case)
    newcomer = take_in_another(case)
    comes_under_it = newcomer is not None and covered.is_there(newcomer)
    fire_again(case)
    wait(case)

    covered.expect_gone(newcomer if newcomer and comes_under_it else file, "left-by-second-kill")


@check(guarantee="kill-switch", counters=("kill-switch-stolen",), needs=KILLING)
def an_order_carried_out_cannot_be_signed_again(case: Case) -> None:
    """A signature replayed under an order that was carried out destroys nothing more."""
    covered, (file,) = taken_in(case, 1)
    order = sign_an_order(case)
    wait(case)
    must_have_worked(covered, file)
    newcomer = take_in_another(case)
    comes_under_it = newcomer is not None and covered.is_there(newcomer)
    for signer in SIGNERS:
        case.answered(case.target.sign_kill(order, signer))
    wait(case)

    case.expect(
        newcomer is None or covered.is_there(newcomer) == comes_under_it,
        "old-order-fires",
        "An old order destroyed what came in after it.",
    )


@check(
    guarantee="kill-switch",
    counters=("order-waits-for-a-signature", "hold-freezes-everyone"),
    needs=(*KILLING, Operation.PLACE_HOLD, Operation.READ_KILL),
)
@pytest.mark.parametrize("holding", [False, True], ids=["nobody-held", "one-held"])
def the_kill_switch_keeps_to_its_date(case: Case, holding: bool) -> None:  # noqa: FBT001  a parameter
    """
    On its date the switch fires with no human act, and not before.

    A court's hold on one person does not stop it for the others. Where a
    programme sets no date, its switch never fires by itself.
    """
    eve = eve_before_it_fires(case)
    advance_to(case, eve - 9 * A_DAY)
    covered, (first, second) = taken_in(case, 2)
    if holding:
        hold(case, first)
    advance_to(case, eve)
    case.expect(covered.is_there(second), "fired-early", "It has fired before its date.")
    case.expect(not has_fired(case), "certified-early", "A kill is certified that never was.")
    if case.terms.kill_fires_on is None:
        return
    advance_to(case, eve + 2 * A_DAY)
    wait(case)
    covered.expect_gone(second, "date-passed")
    if holding:
        case.expect(covered.exists(first), "held-destroyed", "It destroyed what is held as well.")
