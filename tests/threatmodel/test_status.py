"""Where a threat stands follows from what ran, and from nothing else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from idaudit.threatmodel.attacks import Acceptance
from idaudit.threatmodel.links import CheckLink, DefectLink, Links
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.proof import Acquittal, Catch, Proof
from idaudit.threatmodel.status import Result, Run, Standing, Status, honest_run, standings
from idaudit.threatmodel.verdict import Outcome

MODEL = load()
TODAY = date(2026, 11, 22)
GUARANTEE = "court-only"
FIRST, SECOND = [
    id_
    for id_, threat in MODEL.threats.items()
    if GUARANTEE in threat.breaks and not threat.no_check_yet
][:2]
CHECK = CheckLink("a_check", GUARANTEE, (FIRST, SECOND), "It looks.")
ONE = DefectLink("one", GUARANTEE, (FIRST,), CHECK.id, "first-reason", "idnyc-2017", "It does.")
TWO = DefectLink("two", GUARANTEE, (SECOND,), CHECK.id, "second-reason", "idnyc-2017", "It does.")
LINKS = Links({CHECK.id: CHECK}, {ONE.id: ONE, TWO.id: TWO})
CATCH = Catch(GUARANTEE, caught=True, by=(CHECK.id,), reason=ONE.reason)
PROOF = Proof(
    caught={ONE.id: CATCH, TWO.id: replace(CATCH, reason=TWO.reason)},
    honest={"honest:idnyc-2017": Acquittal((CHECK.id,), ())},
)


def stands(
    threat: str = FIRST,
    *,
    model: ThreatModel = MODEL,
    links: Links = LINKS,
    proof: Proof = PROOF,
    run: Run | None = None,
) -> Standing:
    """Return where *threat* stands."""
    return standings(model, links, proof, run or honest_run(proof), TODAY)[threat]


def ran(outcome: Outcome, *reasons: str, why: str = "") -> Run:
    """Return a run of the one check."""
    return Run("that city", {CHECK.id: Result(outcome, reasons, why)})


def test_a_threat_is_held_when_its_check_passed_and_was_seen_failing() -> None:
    """Both halves, and it says what it rests on."""
    found = stands()

    assert found.status is Status.HELD
    assert (
        found.because
        == "1 check passed on the reference city and failed on 1 defect that made it happen."
    )
    assert (found.checks, found.defects) == ((CHECK.id,), (ONE.id,))


@pytest.mark.parametrize(
    "proof",
    [
        replace(PROOF, caught={}),
        replace(PROOF, caught={ONE.id: replace(CATCH, caught=False)}),
        replace(PROOF, caught={ONE.id: replace(CATCH, reason="second-reason")}),
        replace(PROOF, caught={ONE.id: replace(CATCH, by=("b_check",))}),
    ],
    ids=["never-ran", "missed", "for-another-reason", "by-another-check"],
)
def test_a_check_that_was_not_seen_failing_holds_nothing(proof: Proof) -> None:
    """Passing is half of the proof."""
    found = stands(proof=proof)

    assert found.status is Status.NOT_RUN
    assert found.because == f"{CHECK.id} has not been seen catching {ONE.id}."


def test_a_check_without_a_defect_holds_nothing() -> None:
    """Nobody knows whether it could fail."""
    assert stands(links=Links(LINKS.checks, {TWO.id: TWO})).status is Status.NOT_RUN


def test_a_failure_for_a_threats_own_reason_is_that_threat_happening() -> None:
    """Its neighbour, looked for by the same check, is merely not vouched for."""
    run = ran(Outcome.FAIL, "first-reason")

    assert stands(FIRST, run=run).status is Status.REALISED
    assert "first-reason" in stands(FIRST, run=run).because
    assert stands(SECOND, run=run).status is Status.NOT_RUN
    assert "vouches for nothing" in stands(SECOND, run=run).because


@pytest.mark.parametrize("threat", [FIRST, SECOND])
def test_a_failure_for_a_reason_nobody_knows_spares_no_threat(threat: str) -> None:
    """It could be any of those the check looks for."""
    found = stands(threat, run=ran(Outcome.FAIL, "something-new"))

    assert found.status is Status.REALISED
    assert "a threat it cannot tell from this: something-new" in found.because
    assert stands(threat, run=ran(Outcome.FAIL)).status is Status.REALISED


def test_a_reason_that_two_threats_share_is_told_as_such() -> None:
    """The report does not claim to know which of them happened."""
    twin = replace(TWO, reason=ONE.reason)
    links = Links(LINKS.checks, {**LINKS.defects, twin.id: twin})

    for threat in (FIRST, SECOND):
        found = stands(threat, links=links, run=ran(Outcome.FAIL, ONE.reason))
        assert found.status is Status.REALISED
        assert "this or a threat it cannot tell from this" in found.because


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.ERROR])
def test_a_check_that_could_not_judge_holds_nothing(outcome: Outcome) -> None:
    """It says what was in its way."""
    found = stands(run=ran(outcome, why="the vault was locked"))

    assert found.status is Status.NOT_RUN
    assert found.because == f"{CHECK.id} could not judge: the vault was locked"


def test_a_check_that_did_not_run_holds_nothing() -> None:
    """Deselected is not passed."""
    found = stands(run=Run("that city", {}))

    assert (found.status, found.because) == (
        Status.NOT_RUN,
        f"{CHECK.id} could not judge: it did not run.",
    )


def test_one_check_that_did_not_pass_is_enough() -> None:
    """Two that look for one threat must both be content."""
    other = replace(CHECK, id="b_check", counters=(FIRST,))
    three = replace(ONE, id="three", caught_by=other.id)
    links = Links({**LINKS.checks, other.id: other}, {**LINKS.defects, three.id: three})

    assert stands(links=links).status is Status.NOT_RUN
    assert stands(SECOND, links=links).status is Status.HELD


def test_a_threat_nobody_looks_for_gives_the_models_reason() -> None:
    """Its own, or that of a promise it breaks."""
    found = standings(MODEL, Links({}, {}), PROOF, honest_run(PROOF), TODAY)

    for each in found.values():
        own = each.threat.no_check_yet
        promised = [MODEL.guarantees[id_].no_check_yet for id_ in each.threat.breaks]
        assert each.status is Status.NOT_RUN
        assert each.because in {own, *promised, "No check counters it."} - {""}


def test_an_accepted_threat_is_accepted_until_its_day_and_not_beyond() -> None:
    """Then it is worse than one nobody ever looked at."""
    model = accepting(SECOND)

    no_links = Links({}, {})
    assert stands(SECOND, model=model, links=no_links).status is Status.ACCEPTED
    late = standings(model, no_links, PROOF, honest_run(PROOF), TODAY + timedelta(days=1))[SECOND]
    assert late.status is Status.EXPIRED
    assert "the commissioner" in late.because
    assert next(iter(MODEL.attack.bearers.values())).name in late.because


def test_an_accepted_threat_that_happens_has_happened() -> None:
    """Nobody can accept a fact away."""
    run = ran(Outcome.FAIL, "second-reason")

    assert stands(SECOND, model=accepting(SECOND), run=run).status is Status.REALISED


def test_a_threat_to_promises_never_made_does_not_apply() -> None:
    """One promise that was made is enough to make it matter."""
    applies = MODEL.programmes["idnyc-2017"]
    silent = replace(
        applies,
        clauses={
            id_: replace(clause, applies=False, why="Never promised.")
            for id_, clause in applies.clauses.items()
        },
    )
    run = replace(ran(Outcome.PASS), programme=silent)

    assert stands(run=run).status is Status.NOT_APPLICABLE
    assert stands(run=run).because == "Never promised."
    assert stands(run=replace(run, programme=applies)).status is Status.HELD


def test_a_check_of_a_promise_never_made_is_not_waited_for() -> None:
    """What a programme leaves out cannot make another of its promises doubtful."""
    programme = MODEL.programmes["idnyc-2017"]
    elsewhere = next(id_ for id_ in MODEL.guarantees if id_ != GUARANTEE)
    other = replace(CHECK, id="b_check", guarantee=elsewhere, counters=(FIRST,))
    three = replace(ONE, id="three", breaks=elsewhere, caught_by=other.id)
    links = Links({**LINKS.checks, other.id: other}, {**LINKS.defects, three.id: three})
    left_out = replace(programme.clauses[elsewhere], applies=False)
    narrow = replace(programme, clauses={**programme.clauses, elsewhere: left_out})

    assert (
        stands(links=links, run=replace(ran(Outcome.PASS), programme=narrow)).status is Status.HELD
    )


def accepting(threat: str) -> ThreatModel:
    """Return the model with *threat* accepted until today."""
    bearer = next(iter(MODEL.attack.bearers.values()))
    accepted = Acceptance(
        threat, "It is rare.", "the commissioner", (bearer,), TODAY - timedelta(days=9), TODAY
    )
    attack = replace(MODEL.attack, acceptances=(accepted,))
    return replace(MODEL, read_attack=lambda: attack)


def test_every_status_is_worse_than_the_next() -> None:
    """Pictures show the worst; the order is part of the contract."""
    assert [*Status] == [
        Status.REALISED,
        Status.EXPIRED,
        Status.NOT_RUN,
        Status.ACCEPTED,
        Status.HELD,
        Status.NOT_APPLICABLE,
    ]


def test_a_check_that_accuses_the_honest_city_fails_there() -> None:
    """The honest run says so."""
    accused = {"honest:idnyc-2017": Acquittal((), (CHECK.id,))}

    assert stands(proof=replace(PROOF, honest=accused)).status is Status.REALISED
