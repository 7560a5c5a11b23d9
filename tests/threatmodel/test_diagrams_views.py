"""What a diagram shows is chosen in a file, read strictly; what none shows is named."""

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from idaudit.threatmodel.coverage import Gap
from idaudit.threatmodel.diagrams.views import Shape, read_views, undrawn
from idaudit.threatmodel.errors import ModelError
from idaudit.threatmodel.loader import load

ATTACK = load().attack
CHOICES = Path(str(files("idaudit.threatmodel.diagrams"))) / "diagrams.toml"


@pytest.fixture
def amended(tmp_path: Path) -> Callable[[str, str], Path]:
    """A folder with the choices amended in one place."""

    def make(was: str, becomes: str) -> Path:
        text = CHOICES.read_text(encoding="utf-8")
        assert was in text, f"diagrams.toml no longer holds {was!r}: mend this test"
        changed = text.replace(was, becomes, 1)
        (tmp_path / CHOICES.name).write_text(changed, encoding="utf-8")
        return tmp_path

    return make


def test_the_model_that_ships_is_drawn_whole() -> None:
    """Every element and every flow is in at least one of the five."""
    assert undrawn(ATTACK) == ()


def test_a_flow_taken_out_of_its_only_picture_is_named(amended: Callable[[str, str], Path]) -> None:
    """Only the road to the card shows that a key is lent."""
    assert undrawn(ATTACK, amended('"keys-lent", ', "")) == (
        Gap("flow", "keys-lent", "No diagram shows it."),
    )


def test_a_new_element_is_drawn_by_the_rule() -> None:
    """A body that no flow reaches and that holds no power is drawn by the rule for all alone."""
    hermit = replace(ATTACK.elements["vendor"], id="hermit")
    grown = replace(ATTACK, elements={**ATTACK.elements, "hermit": hermit})

    assert undrawn(grown) == ()


def test_an_element_that_no_rule_chooses_is_named(amended: Callable[[str, str], Path]) -> None:
    """Once the rule for all is gone, whoever lived by it alone is missed."""
    hermit = replace(ATTACK.elements["vendor"], id="hermit")
    grown = replace(ATTACK, elements={**ATTACK.elements, "hermit": hermit})

    assert undrawn(grown, amended('elements_by = "all"\n', "")) == (
        Gap("element", "hermit", "No diagram shows it."),
    )


def test_what_is_new_in_the_model_and_in_no_picture_is_named() -> None:
    """A flow that moves nothing personal inside one boundary fits no rule."""
    kept = replace(ATTACK.flows["keys-lent"], id="keys-kept")
    grown = replace(ATTACK, flows={**ATTACK.flows, "keys-kept": kept})

    assert undrawn(grown) == (Gap("flow", "keys-kept", "No diagram shows it."),)


def test_a_new_flow_that_crosses_a_boundary_is_drawn_by_the_rule() -> None:
    """Nobody has to remember to add it."""
    new = replace(ATTACK.flows["release"], id="release-again")
    grown = replace(ATTACK, flows={**ATTACK.flows, "release-again": new})

    assert undrawn(grown) == ()
    assert new in read_views(grown)["context"].flows


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"keys-lent"', '"keys-lend"', "found 'keys-lend'"),
        ('"card-printed", "card-shown"', '"card-shown", "card-shown"', "'card-shown' twice"),
        ('drawn_as = "places"', 'drawn_as = "place"', "did you mean 'places'?"),
        ('flows_by = "arriving"', 'flows_by = "departing"', "found 'departing'"),
        ('elements_by = "authority"', 'elements_by = "power"', "found 'power'"),
        ('["city-network"], ["vault"', '["vault"], ["vault"', "'vault' twice"),
        ('["public", "partner"]', '["public", "partners"]', "did you mean 'partner'?"),
        ('lanes = ["city-network", "public", ', 'lanes = ["city-network", ', "'card' lies in it"),
        ("lanes = [", "columns = [", "an unknown key"),
        ('"own-request",\n', '"own-request", "release",\n', "'disclosure-desk' has none"),
        ("threats = true", 'threats = "yes"', "expected true or false"),
        ("caption = ", "captoin = ", "did you mean 'caption'?"),
    ],
)  # fmt: skip
def test_a_slip_in_the_choices_is_refused(
    amended: Callable[[str, str], Path], was: str, becomes: str, said: str
) -> None:
    """The message says what was found, and what was probably meant."""
    with pytest.raises(ModelError) as caught:
        read_views(ATTACK, amended(was, becomes))

    assert said in str(caught.value)
    assert "diagrams.toml" in str(caught.value)


def test_an_empty_diagram_is_refused(tmp_path: Path) -> None:
    """A picture of nothing shows that somebody forgot something."""
    bare = '[nothing]\ntitle = "N"\ncaption = "N."\ndrawn_as = "powers"\n'
    (tmp_path / "diagrams.toml").write_text(bare, encoding="utf-8")

    with pytest.raises(ModelError, match="found no element, expected at least one"):
        read_views(ATTACK, tmp_path)


def test_a_model_that_lost_what_a_diagram_names_is_refused() -> None:
    """A flow that is gone from the model is not quietly gone from the picture."""
    flows = {id_: flow for id_, flow in ATTACK.flows.items() if id_ != "keys-lent"}

    with pytest.raises(ModelError, match="found 'keys-lent'"):
        read_views(replace(ATTACK, flows=flows))


def test_each_way_of_drawing_is_used() -> None:
    """No way of drawing waits for a diagram."""
    assert {view.shape for view in read_views(ATTACK).values()} == set(Shape)
