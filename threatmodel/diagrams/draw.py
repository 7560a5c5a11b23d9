"""Every diagram of the threat model, by file name."""

from collections.abc import Mapping

from idaudit.threatmodel.diagrams.lanes import draw_lanes
from idaudit.threatmodel.diagrams.mermaid import mermaid
from idaudit.threatmodel.diagrams.page import Drawing, page
from idaudit.threatmodel.diagrams.panels import draw_panels
from idaudit.threatmodel.diagrams.places import draw_places
from idaudit.threatmodel.diagrams.powers import draw_powers
from idaudit.threatmodel.diagrams.tallies import Tallies, Tally, tallies, together
from idaudit.threatmodel.diagrams.views import Shape, View, read_views
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.status import Standing


def diagrams(attack: AttackModel, standings: Mapping[str, Standing]) -> Mapping[str, str]:
    """
    Return the text of every diagram, as SVG and as Mermaid, by file name.

    The same model and standings give the same bytes on every machine.
    """
    found = tallies(attack, standings)
    drawn: dict[str, str] = {}
    for view in read_views(attack).values():
        drawn[f"{view.id}.svg"] = page(view, _drawing(view, attack, found), _sum(view, found))
        drawn[f"{view.id}.mmd"] = mermaid(view, attack, found)
    return drawn


def _drawing(view: View, attack: AttackModel, found: Tallies) -> Drawing:
    match view.shape:
        case Shape.PANELS:
            return draw_panels(view, found)
        case Shape.LANES:
            return draw_lanes(view, found)
        case Shape.PLACES:
            return draw_places(view, attack, found)
        case Shape.POWERS:
            return draw_powers(view, attack, found)


def _sum(view: View, found: Tallies) -> Tally:
    return together(
        [
            *(found.elements[e.id] for e in view.elements),
        ]
    )
