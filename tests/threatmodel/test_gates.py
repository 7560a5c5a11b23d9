"""What is taken away is named, with what lost its cover; nothing that ships lacks any."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest

from idaudit.command.linking import links, sightings
from idaudit.threatmodel.attacks import Acceptance
from idaudit.threatmodel.gates import GATES, Court, breaches
from idaudit.threatmodel.links import CheckLink, DefectLink, Links
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.proof import Acquittal, Proof, shipped_proof
from idaudit.threatmodel.register import read_register
from idaudit.threatmodel.sightings import Sightings

Thing = TypeVar("Thing")
TODAY = date(2026, 11, 22)
COURT = Court(load(), links(), shipped_proof(), read_register(), sightings(), TODAY)
CHECKS, DEFECTS = COURT.links.checks, COURT.links.defects
A_CHECK, A_DEFECT = next(iter(CHECKS.values())), next(iter(DEFECTS.values()))


def cut(things: Mapping[str, Thing], id_: str) -> dict[str, Thing]:
    """Return *things* without the one called *id_*."""
    assert id_ in things
    return {name: thing for name, thing in things.items() if name != id_}


def with_attack(court: Court, **parts: Any) -> Court:  # noqa: ANN401  any part of the attack model
    """Return *court* with some parts of its attack model replaced."""
    attack = replace(court.model.attack, **parts)
    model = replace(court.model, read_attack=lambda: attack)
    return replace(court, model=model)


def with_links(
    court: Court,
    checks: Mapping[str, CheckLink] | None = None,
    defects: Mapping[str, DefectLink] | None = None,
) -> Court:
    """Return *court* with other checks or defects."""
    was = court.links
    return replace(court, links=Links(checks or was.checks, defects or was.defects))


def told(court: Court) -> str:
    """Return every breach, one a line, as the command prints them."""
    return "\n".join(f"{gap.kind} {gap.id}: {gap.what}" for gap in breaches(court))


def test_the_suite_that_ships_passes_every_gate() -> None:
    """Eight gates, and none has anything to say."""
    assert told(COURT) == ""
    assert len(GATES) == 8


@pytest.mark.parametrize("id_", CHECKS)
def test_a_check_that_is_taken_away_is_missed_with_the_threats_it_covered(id_: str) -> None:
    """Its defects have nobody to catch them, and its threats are named."""
    said = told(with_links(COURT, checks=cut(CHECKS, id_)))

    assert f"check {id_}: It was proven and is gone" in said
    for threat in CHECKS[id_].counters:
        assert threat in said


@pytest.mark.parametrize("id_", DEFECTS)
def test_a_defect_that_is_taken_away_is_missed_with_the_check_it_proved(id_: str) -> None:
    """What the check was seen to do, it has now only said."""
    said = told(with_links(COURT, defects=cut(DEFECTS, id_)))

    assert f"defect {id_}: It was proven and is gone" in said
    assert DEFECTS[id_].caught_by in said


@pytest.mark.parametrize("id_", COURT.model.threats)
def test_a_threat_that_is_taken_away_is_missed(id_: str) -> None:
    """By the register, and by every check and defect that pointed at it."""
    said = told(with_attack(COURT, threats=cut(COURT.model.threats, id_)))

    assert f"threat {id_}: It is gone" in said
    for check in COURT.links.countering(id_):
        assert f"check {check.id}: It points at the threat {id_}, which is gone." in said


def test_a_source_nothing_rests_on_is_named() -> None:
    """A source on the shelf lends its weight to nothing."""
    spare = replace(next(iter(COURT.model.sources.values())), id="shelf-warmer")
    model = replace(COURT.model, sources={**COURT.model.sources, spare.id: spare})

    said = told(replace(COURT, model=model))

    assert "source shelf-warmer: Nothing rests on it." in said
    assert "count sources" in said


def test_a_flow_nobody_declared_is_named() -> None:
    """A new integration opens a way that nobody drew."""
    seen = replace(COURT.seen, operations={*COURT.seen.operations, "tap_on_bus"})

    assert "operation tap_on_bus: An audit performs it" in told(replace(COURT, seen=seen))


def test_a_store_nobody_declared_is_named() -> None:
    """Nor may a place appear in which data rests."""
    seen = replace(COURT.seen, stores={*COURT.seen.stores, "lake"})

    assert "surface lake: An audit looks into it" in told(replace(COURT, seen=seen))


def test_what_is_declared_and_never_seen_is_named() -> None:
    """A drawing of what is not there is no better."""
    said = told(replace(COURT, seen=Sightings(operations=(), stores=())))

    assert "It is set going by open_application, which no target can be asked." in said
    assert "element registry: It is seen as registry, which is no surface." in said


def test_a_check_never_seen_passing_proves_nothing() -> None:
    """One that fails on the honest city as well tells nobody apart."""
    proof = _with_honest(passed=sorted(set(CHECKS) - {A_CHECK.id}))

    assert f"check {A_CHECK.id}: It was not seen passing" in told(replace(COURT, proof=proof))


def test_a_check_that_accuses_the_honest_city_proves_nothing() -> None:
    """Even if it passed under another programme."""
    accused = {"honest:other": Acquittal(passed=(), accused_by=(A_CHECK.id,))}
    proof = replace(COURT.proof, honest={**COURT.proof.honest, **accused})

    assert f"check {A_CHECK.id}: It was not seen passing" in told(replace(COURT, proof=proof))


@pytest.mark.parametrize(
    "change",
    [{"caught": False}, {"by": ("some_other_check",)}, {"reason": "some-other-reason"}],
    ids=["missed", "by-another", "for-another-reason"],
)
def test_a_defect_not_caught_by_its_own_check_for_its_own_reason_is_named(
    change: Mapping[str, Any],
) -> None:
    """With the threats whose cover that was."""
    catch = replace(COURT.proof.caught[A_DEFECT.id], **change)
    proof = replace(COURT.proof, caught={**COURT.proof.caught, A_DEFECT.id: catch})

    said = told(replace(COURT, proof=proof))

    assert f"defect {A_DEFECT.id}: Its own check was not seen catching it" in said
    assert A_DEFECT.realises[0] in said


def test_a_defect_nobody_ran_is_named() -> None:
    """A new one counts for nothing until the matrix has met it."""
    proof = replace(COURT.proof, caught=cut(COURT.proof.caught, A_DEFECT.id))

    assert f"defect {A_DEFECT.id}: Its own check was not seen" in told(replace(COURT, proof=proof))


def test_a_check_that_counters_nothing_is_an_orphan() -> None:
    """It guards a door in no wall."""
    idle = replace(A_CHECK, counters=())

    said = told(with_links(COURT, checks={**CHECKS, idle.id: idle}))

    assert f"check {idle.id}: It counters no threat." in said
    assert f"Its check {idle.id} does not counter" in said


def test_a_defect_that_makes_no_threat_happen_is_an_orphan() -> None:
    """And the check it proved has lost its proof of that threat."""
    idle = replace(A_DEFECT, realises=())

    said = told(with_links(COURT, defects={**DEFECTS, idle.id: idle}))

    assert f"defect {idle.id}: It makes no threat happen." in said


def test_a_check_cannot_counter_a_threat_to_another_promise() -> None:
    """What it judges has to be what the threat breaks."""
    other = next(t for t in COURT.model.threats.values() if A_CHECK.guarantee not in t.breaks)
    stray = replace(A_CHECK, counters=(*A_CHECK.counters, other.id))

    said = told(with_links(COURT, checks={**CHECKS, stray.id: stray}))

    assert f"which {other.id} does not break" in said
    assert f"No defect shows that it can see {other.id} happen." in said


def test_a_threat_without_check_acceptance_or_reason_is_named() -> None:
    """Silence is not an answer."""
    excused = next(t for t in COURT.model.threats.values() if t.no_check_yet)
    bare = replace(excused, no_check_yet="")

    said = told(with_attack(COURT, threats={**COURT.model.threats, bare.id: bare}))

    assert f"threat {bare.id}: No check counters it" in said
    assert "It has no check, and no reason why not." not in said


def test_a_threat_with_both_a_check_and_an_excuse_is_named() -> None:
    """The excuse of last year hides that the work is done."""
    threat = replace(COURT.model.threats[A_CHECK.counters[0]], no_check_yet="Too hard.")

    said = told(with_attack(COURT, threats={**COURT.model.threats, threat.id: threat}))

    assert f"threat {threat.id}: " in said
    assert "strike out its excuse" in said


def test_an_acceptance_covers_a_threat_until_its_day() -> None:
    """A day later it is a breach like any other."""
    excused = next(t for t in COURT.model.threats.values() if t.no_check_yet)
    bare = replace(excused, no_check_yet="")
    lived_with = _acceptance(bare.id, until=TODAY)
    court = with_attack(
        COURT, threats={**COURT.model.threats, bare.id: bare}, acceptances=(lived_with,)
    )

    assert told(court) == ""
    late = told(replace(court, today=TODAY + timedelta(days=1)))
    assert f"threat {bare.id}: Its acceptance by the commissioner ran out" in late


def test_a_number_that_falls_or_rises_unnoticed_is_named() -> None:
    """Changing one is a decision, made in the register."""
    counts = {**COURT.register.counts, "checks": COURT.register.counts["checks"] + 1}

    said = told(replace(COURT, register=replace(COURT.register, counts=counts)))

    assert "count checks: There are" in said


def test_the_id_of_a_retired_threat_is_never_used_again() -> None:
    """Last year's report names another story by it."""
    id_ = next(iter(COURT.model.threats))
    register = replace(COURT.register, retired={id_: "Told twice."})

    said = told(replace(COURT, register=register))

    assert f"threat {id_}: It was retired; a new threat needs a new id." in said


def test_a_promise_that_is_judged_makes_no_excuse() -> None:
    """Nor does one that nothing judges go without."""
    guarantees = COURT.model.guarantees
    judged = replace(guarantees[A_CHECK.guarantee], no_check_yet="Not yet.")
    silent = next(g for g in guarantees.values() if g.id != judged.id)
    model = replace(COURT.model, guarantees={**guarantees, judged.id: judged})
    checks = {id_: c for id_, c in COURT.links.checks.items() if c.guarantee != silent.id}

    said = told(replace(COURT, model=model, links=replace(COURT.links, checks=checks)))

    assert f"guarantee {judged.id}: It is judged: strike out no_check_yet." in said
    assert f"guarantee {silent.id}: No check judges it, and it does not say why." in said


def _with_honest(passed: list[str]) -> Proof:
    return replace(COURT.proof, honest={"honest:x": Acquittal(tuple(passed), ())})


def _acceptance(threat: str, until: date) -> Acceptance:
    bearer = next(iter(COURT.model.attack.bearers.values()))
    return Acceptance(
        threat=threat,
        reason="Nobody can test it from outside.",
        owner="the commissioner",
        harm_borne_by=(bearer,),
        accepted_on=until - timedelta(days=30),
        review_by=until,
    )
