"""
The same views as Mermaid flowcharts, which code hosts draw where they stand.

Every id is made of letters, digits and underscores, and every label is quoted,
with whatever Mermaid or HTML could read as its own written as a code.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from idaudit.threatmodel.diagrams.folders import MUST_GO, items, until
from idaudit.threatmodel.diagrams.marks import LOOKS, look
from idaudit.threatmodel.diagrams.panels import crossed
from idaudit.threatmodel.diagrams.powers import VERBS
from idaudit.threatmodel.diagrams.svg import GROUND, INK, RULE, clean
from idaudit.threatmodel.diagrams.tallies import NEUTRAL, Tallies, Tally, together
from idaudit.threatmodel.diagrams.views import Shape, View
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.system import Element, ElementKind, Flow, TrustBoundary

_OUTLINES: Mapping[ElementKind, tuple[str, str]] = {
    ElementKind.EXTERNAL: ("([", "])"),
    ElementKind.PROCESS: ("[", "]"),
    ElementKind.STORE: ("[(", ")]"),
    ElementKind.ARTEFACT: ("[/", "/]"),
}
_DIRECTIONS = {Shape.PANELS: "LR", Shape.LANES: "LR", Shape.PLACES: "LR", Shape.POWERS: "LR"}
_CODES = {ord(mark): f"#{ord(mark)};" for mark in '"#&<>`[](){}|\\;'}


def mermaid(view: View, attack: AttackModel, found: Tallies) -> str:
    """Return *view* as a flowchart."""
    return "\n".join(
        [
            "---",
            f"title: {json.dumps(clean(view.title))}",  # YAML reads JSON; no code is read there
            "---",
            f"flowchart {_DIRECTIONS[view.shape]}",
            f"    accTitle: {label(view.title)}",
            f"    accDescr: {label(view.caption)}",
            *_groups(view, attack, found),
            *_links(view, attack, found),
            *_classes(view.elements, found),
            "",
        ]
    )


def label(words: str) -> str:
    """Return *words* so that they render as words."""
    return " ".join(clean(words).translate(_CODES).split())


def safe(kind: str, id_: str) -> str:
    """Return an id that is no word of Mermaid's own."""
    return f"{kind}_{id_.replace('-', '_')}"


def _groups(view: View, attack: AttackModel, found: Tallies) -> Iterator[str]:
    """Yield each trust boundary with the elements inside it."""
    boundaries: dict[str, TrustBoundary] = {}
    for column in view.columns:
        boundaries |= {boundary.id: boundary for boundary in column}
    boundaries |= {each.boundary.id: each.boundary for each in view.elements}
    for boundary in boundaries.values():
        inside = view.within(boundary)
        if inside:
            yield f'    subgraph {safe("b", boundary.id)}["{label(boundary.name)}"]'
            yield from (f"        {_node(each, view, attack, found)}" for each in inside)
            yield "    end"
            yield f"    style {safe('b', boundary.id)} fill:{GROUND},stroke:{RULE},color:{INK}"


def _node(element: Element, view: View, attack: AttackModel, found: Tallies) -> str:
    before, after = _OUTLINES[element.kind]
    said = [element.name, *_rests(element, view, attack), found.elements[element.id].brief]
    words = "<br/>".join(label(each) for each in said if each)
    return f'{safe("e", element.id)}{before}"{words}"{after}'


def _rests(element: Element, view: View, attack: AttackModel) -> list[str]:
    """Return what may rest in *element*, and what must not, where the view asks that."""
    if view.shape is not Shape.PLACES:
        return []
    every = [item for item in items(element, view, attack) if not item.gone]
    return [f"{item.kind.name}: {until(item.until) if item.until else MUST_GO}" for item in every]


def _links(view: View, attack: AttackModel, found: Tallies) -> Iterator[str]:
    """Yield each power, then each flow, with its colour."""
    if view.shape is Shape.PANELS:
        yield from _crossings(view, found)
        return
    powers = list(_powers(attack)) if view.shape is Shape.POWERS else []
    yield from powers
    inside = {element.id for element in view.elements}
    outside = {f.source.id: f.source for f in view.flows if f.source.id not in inside}
    for source in outside.values():
        before, after = _OUTLINES[source.kind]
        yield f'    {safe("e", source.id)}{before}"{label(source.name)}"{after}'
    for number, flow in enumerate(view.flows, len(powers)):
        tally, what = found.flows[flow.id], _said(flow, view)
        yield from _link(number, safe("e", flow.source.id), safe("e", flow.target.id), what, tally)


def _crossings(view: View, found: Tallies) -> Iterator[str]:
    """Yield what flows from one trust boundary into another, as one arrow."""
    for number, each in enumerate(crossed(view.flows)):
        what = ", ".join(dict.fromkeys(_moved(flow) for flow in each.flows))
        tally = together(found.flows[flow.id] for flow in each.flows)
        ends = safe("b", each.source.id), safe("b", each.target.id)
        yield from _link(number, *ends, what, tally)


def _link(number: int, source: str, target: str, what: str, tally: Tally) -> Iterator[str]:
    """Yield one arrow, its words and its colour."""
    words = "<br/>".join(label(each) for each in (what, tally.brief) if each)
    yield f'    {source} -->|"{words}"| {target}'
    yield f"    linkStyle {number} stroke:{look(tally).ink}"


def _powers(attack: AttackModel) -> Iterator[str]:
    """Yield every power over somebody, each once."""
    every = (
        f'    {safe("e", power.holder.id)} ==>|"{VERBS[power.power].lower()}"| {safe("e", one.id)}'
        for power in attack.authority_boundaries.values()
        for one in power.over
    )
    yield from dict.fromkeys(every)


def _said(flow: Flow, view: View) -> str:
    """Return the words on a flow: a story tells what happens, a map what moves."""
    return flow.what if view.shape in (Shape.LANES, Shape.POWERS) else _moved(flow)


def _moved(flow: Flow) -> str:
    return ", ".join(kind.name.partition(":")[0] for kind in flow.data)


def _classes(elements: Iterable[Element], found: Tallies) -> Iterator[str]:
    """Yield the look of each status, then who has it."""
    members: dict[str, list[str]] = {}
    for element in elements:
        members.setdefault(found.elements[element.id].css, []).append(safe("e", element.id))
    for status, of in LOOKS.items():
        name = status.value if status else NEUTRAL
        dashes = f",stroke-dasharray:{of.dashes}" if of.dashes else ""
        yield f"    classDef {safe('s', name)} fill:{of.tint},stroke:{of.ink},color:{INK}{dashes}"
        if name in members:
            yield f"    class {','.join(members[name])} {safe('s', name)}"
