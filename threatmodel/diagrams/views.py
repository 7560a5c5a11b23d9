"""
Which elements and flows each diagram shows.

``diagrams.toml`` beside this module chooses them, by id or by a plain rule over
the model; the drawing code never does. Whatever no diagram chooses is named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable

from idaudit.threatmodel.coverage import Gap
from idaudit.threatmodel.diagrams.columns import read_columns
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.system import Element, ElementKind, Flow, TrustBoundary
from idaudit.threatmodel.toml_reader import Table, read_toml

ORDER = "order"
"""The kind of data that destroys instead of arriving."""


class Shape(StrEnum):
    """How a diagram is drawn."""

    PANELS = "panels"  # trust boundaries with what is in them
    LANES = "lanes"  # trust boundaries as lanes that a story runs through
    PLACES = "places"  # one row for each place
    POWERS = "powers"  # one row for each power


class FlowRule(StrEnum):
    """A rule that chooses flows."""

    CROSSING = "crossing"
    ARRIVING = "arriving"


class ElementRule(StrEnum):
    """A rule that chooses elements."""

    ALL = "all"
    RESTING = "resting"
    AUTHORITY = "authority"


_CHOICES = ("elements", "elements_by", "flows", "flows_by")
_PLACES = {Shape.PANELS: "columns", Shape.LANES: "lanes"}
"""The key under which a diagram says where its trust boundaries go."""


@dataclass(frozen=True, slots=True)
class View:
    """One diagram: what it is called, what it shows, and how."""

    id: str
    title: str
    caption: str
    shape: Shape
    elements: tuple[Element, ...]
    flows: tuple[Flow, ...]
    columns: tuple[tuple[TrustBoundary, ...], ...]  # of panels; a lane is a column of one
    threats: bool  # named one by one instead of counted

    def within(self, boundary: TrustBoundary) -> tuple[Element, ...]:
        """Return what it shows inside *boundary*."""
        return tuple(each for each in self.elements if each.boundary.id == boundary.id)


def read_views(attack: AttackModel, folder: Traversable | None = None) -> Mapping[str, View]:
    """Read what each diagram shows of *attack*."""
    ours = folder or files("idaudit.threatmodel.diagrams")
    tables = read_toml(ours, "diagrams.toml").tables()
    return {id_: _view(id_, table, attack) for id_, table in tables.items()}


def undrawn(attack: AttackModel, folder: Traversable | None = None) -> tuple[Gap, ...]:
    """Return every element and every flow of *attack* that no diagram shows."""
    return tuple(_missing(attack, read_views(attack, folder)))


def _missing(attack: AttackModel, views: Mapping[str, View]) -> Iterator[Gap]:
    elements = {each.id for view in views.values() for each in view.elements}
    flows = {each.id for view in views.values() for each in view.flows}
    for kind, known, drawn in (
        ("element", attack.elements, elements),
        ("flow", attack.flows, flows),
    ):
        yield from (Gap(kind, id_, "No diagram shows it.") for id_ in known if id_ not in drawn)


def _view(id_: str, table: Table, attack: AttackModel) -> View:
    table.only(("title", "caption", "drawn_as"), (*_CHOICES, *_PLACES.values(), "threats"))
    shape = table.member("drawn_as", Shape)
    required = [_PLACES[shape]] if shape in _PLACES else []
    table.only(("title", "caption", "drawn_as", *required), (*_CHOICES, "threats"))
    flows = _flows(table, attack)
    view = View(
        id=id_,
        title=table.text("title"),
        caption=table.text("caption"),
        shape=shape,
        elements=_elements(table, attack, flows),
        flows=flows,
        columns=read_columns(table, attack.trust_boundaries),
        threats="threats" in table.entries and table.flag("threats"),
    )
    _fits(table, view, attack)
    return view


def _fits(table: Table, view: View, attack: AttackModel) -> None:
    """Reject a diagram of nothing, and one that cannot be drawn as it says."""
    if not view.elements:
        raise table.wrong("", "no element", "at least one", "; name elements or flows")
    if view.shape in _PLACES:
        _placed(table, view)
    if view.shape is Shape.POWERS:
        _empowered(table, view.flows, attack)


def _flows(table: Table, attack: AttackModel) -> tuple[Flow, ...]:
    """Return the flows named, then those the rule adds."""
    chosen = list(table.find_all("flows", attack.flows))
    if "flows_by" in table.entries:
        rule = table.member("flows_by", FlowRule)
        chosen += [f for f in attack.flows.values() if _follows(rule, f) and f not in chosen]
    return tuple(chosen)


def _follows(rule: FlowRule, flow: Flow) -> bool:
    match rule:
        case FlowRule.CROSSING:
            return flow.source.boundary.id != flow.target.boundary.id
        case FlowRule.ARRIVING:
            return flow.personal or destroys(flow)


def destroys(flow: Flow) -> bool:
    """Whether it is an order to destroy, on its way to where something lies."""
    ordered_by_somebody = flow.source.kind is ElementKind.EXTERNAL
    return not ordered_by_somebody and any(kind.id == ORDER for kind in flow.data)


def _elements(table: Table, attack: AttackModel, flows: tuple[Flow, ...]) -> tuple[Element, ...]:
    """Return the elements named, and those the rule adds: without one, the ends of the flows."""
    ids = [*table.several("elements", attack.elements)]
    if "elements_by" in table.entries:
        ids += _by_rule(table.member("elements_by", ElementRule), attack, flows)
    else:
        ids += [end.id for flow in flows for end in (flow.source, flow.target)]
    return tuple(element for id_, element in attack.elements.items() if id_ in set(ids))


def _by_rule(rule: ElementRule, attack: AttackModel, flows: tuple[Flow, ...]) -> list[str]:
    rests = (ElementKind.STORE, ElementKind.ARTEFACT)
    match rule:
        case ElementRule.ALL:
            return list(attack.elements)
        case ElementRule.RESTING:
            resting = [id_ for id_, element in attack.elements.items() if element.kind in rests]
            return resting + [flow.target.id for flow in flows]
        case ElementRule.AUTHORITY:
            powers = attack.authority_boundaries.values()
            return [each.id for power in powers for each in (power.holder, *power.over)]


def _placed(table: Table, view: View) -> None:
    """Reject a diagram that shows an element and not the boundary it lies in."""
    there = {boundary.id for column in view.columns for boundary in column}
    for element in view.elements:
        if element.boundary.id not in there:
            found = f"no {element.boundary.id!r}"
            hint = f"; {element.id!r} lies in it: add it"
            raise table.wrong(_PLACES[view.shape], found, "every boundary shown", hint)


def _empowered(table: Table, flows: tuple[Flow, ...], attack: AttackModel) -> None:
    """Reject a flow among the powers whose source has none."""
    holders = {power.holder.id for power in attack.authority_boundaries.values()}
    for flow in flows:
        if flow.source.id not in holders:
            found, hint = repr(flow.id), f"; {flow.source.id!r} has none: take it out"
            raise table.wrong("flows", found, "a flow from somebody who holds a power", hint)
