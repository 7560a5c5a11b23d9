"""Whatever loses its last cover is named; nothing that ships lacks any."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from idaudit.threatmodel.coverage import NOBODY_FLOWS, gaps, segments
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import AttackModel, Threat, ThreatModel

MODEL = load()
ATTACK = MODEL.attack


def changed(**parts: Any) -> ThreatModel:  # noqa: ANN401  any part of the attack model
    """Return the model with some parts of its attack model replaced."""
    attack = replace(ATTACK, **parts)
    return replace(MODEL, read_attack=lambda: attack)


def without(spared: Callable[[Threat], bool]) -> ThreatModel:
    """Return the model with the threats that *spared* wants to keep."""
    return changed(threats={id_: t for id_, t in ATTACK.threats.items() if spared(t)})


def found(model: ThreatModel) -> set[tuple[str, str]]:
    """Return the kind and id of each gap."""
    return {(gap.kind, gap.id) for gap in gaps(model)}


def test_the_model_that_ships_has_no_gap() -> None:
    """Every promise, way, adversary, element, store, flow and paper is somebody's threat."""
    assert gaps(MODEL) == ()


def test_every_way_to_break_a_promise_is_counted() -> None:
    """Two hundred and thirteen ways, each taken by a threat that says so."""
    ways = {
        (guarantee.id, number)
        for guarantee in MODEL.guarantees.values()
        for number, _ in enumerate(guarantee.violations, 1)
    }
    taken = {(id_, n) for t in ATTACK.threats.values() for id_, ns in t.breaks.items() for n in ns}

    assert taken == ways
    assert len(ways) == 213


@pytest.mark.parametrize("id_", MODEL.guarantees)
def test_a_promise_nobody_attacks_is_named(id_: str) -> None:
    """Without its threats a promise loses its cover, and so does each way to break it."""
    lost = found(without(lambda threat: id_ not in threat.breaks))

    assert ("guarantee", id_) in lost
    assert ("violation", f"{id_}#1") in lost


def test_the_last_threat_on_a_way_is_missed_by_name() -> None:
    """Whoever removes one threat learns which way it was the only one to take."""
    lost = found(without(lambda threat: threat.id != "release-fetched-again"))

    assert lost >= {("violation", "named-scope#6"), ("flow", "release")}


@pytest.mark.parametrize("id_", ATTACK.adversaries)
def test_an_idle_adversary_is_named(id_: str) -> None:
    """An adversary without a threat is a portrait on the wall."""
    assert ("adversary", id_) in found(without(lambda threat: threat.adversary.id != id_))


@pytest.mark.parametrize("id_", ATTACK.bearers)
def test_somebody_never_harmed_is_named(id_: str) -> None:
    """A list of those who bear harm lists those who do."""
    unharmed = without(lambda threat: id_ not in {bearer.id for bearer in threat.harmed})

    assert ("bearer", id_) in found(unharmed)


@pytest.mark.parametrize("id_", ATTACK.flows)
def test_a_flow_nobody_attacks_is_named(id_: str) -> None:
    """Each way in which data moves was looked at, or it says that nobody did."""
    quiet = without(lambda threat: threat.flow is None or threat.flow.id != id_)

    assert ("flow", id_) in found(quiet)


@pytest.mark.parametrize("id_", [e.id for e in ATTACK.elements.values() if e.kind == "store"])
def test_a_store_nobody_attacks_is_named(id_: str) -> None:
    """A place where data rests is aimed at, and not only passed by."""
    assert ("store", id_) in found(without(lambda threat: threat.element.id != id_))


def _with_extra(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {**parts, "extra": replace(next(iter(parts.values())), id="extra")}


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("elements", "element"), ("flows", "flow"), ("adversaries", "adversary"),
        ("bearers", "bearer"), ("data", "data"), ("trust_boundaries", "boundary"),
        ("instruments", "instrument"),
    ],
)  # fmt: skip
def test_what_is_added_and_used_by_nothing_is_named(part: str, kind: str) -> None:
    """A new part of the model brings its threats along."""
    model = changed(**{part: _with_extra(getattr(ATTACK, part))})

    assert (kind, "extra") in found(model)


def test_what_rests_without_having_arrived_is_named() -> None:
    """Nothing may rest where no flow brings it."""
    vault = replace(ATTACK.elements["photo-vault"], holds={"papers": "ever"})

    assert ("holds", "photo-vault:papers") in found(
        changed(elements={**ATTACK.elements, "photo-vault": vault})
    )


def test_an_opposite_that_is_not_returned_is_named() -> None:
    """If one threat comes from guarding too hard against another, both say so."""
    alone = replace(ATTACK.threats["kill-switch-stolen"], opposes=())

    assert ("opposite", "kill-switch-stolen:order-waits-for-a-signature") in found(
        changed(threats={**ATTACK.threats, alone.id: alone})
    )


def test_every_flow_is_seen_through_every_category() -> None:
    """Fifty-five flows, seven categories, and no cell without a threat or a reason."""
    matrix = segments(ATTACK)

    assert len(matrix) == len({(cell.flow.id, cell.category) for cell in matrix}) == 57 * 7
    assert all(bool(cell.threats) != bool(cell.reason) for cell in matrix)
    assert sum(bool(cell.threats) for cell in matrix) == 210


def test_a_blank_without_a_reason_is_named() -> None:
    """An empty cell is an answer only if somebody gave it."""
    (flow, category), *_ = ATTACK.blanks
    rest = {at: why for at, why in ATTACK.blanks.items() if at != (flow, category)}

    assert found(changed(blanks=rest)) == {("segment", f"{flow}:{category}")}


def test_a_reason_that_a_threat_has_overtaken_is_named() -> None:
    """Where a threat was found after all, the reason why there is none goes."""
    stale = {**ATTACK.blanks, ("release", "DD"): "Nobody would."}

    assert found(changed(blanks=stale)) == {("segment", "release:DD")}


def test_only_flows_that_tell_nothing_are_excused_by_themselves() -> None:
    """A reason that nobody wrote holds only where nothing about an applicant flows."""
    excused = [cell for cell in segments(ATTACK) if cell.reason == NOBODY_FLOWS]

    assert excused
    assert not any(cell.flow.personal or cell.category == "Nc" for cell in excused)


def test_an_empty_attack_model_covers_nothing() -> None:
    """A model built without threats is not mistaken for one without gaps."""
    bare = AttackModel(vocabularies=ATTACK.vocabularies)
    lost = found(replace(MODEL, read_attack=lambda: bare))

    assert {id_ for kind, id_ in lost if kind == "guarantee"} == set(MODEL.guarantees)
