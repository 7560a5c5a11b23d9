"""
Every guarantee as a control of an OSCAL catalog, the same for every programme.

What differs from programme to programme are parameters here; a profile sets them.
"""

from collections.abc import Iterable, Iterator

from idaudit.reports import words
from idaudit.reports.spec import wording
from idaudit.reports.spec.contract import Offer
from idaudit.reports.spec.document import Promise, Spec
from idaudit.reports.spec.oscal import (
    NAMESPACE,
    RMF,
    Node,
    document,
    link,
    markup,
    part,
    prop,
    resources,
    term_id,
)
from idaudit.reports.spec.terms import TERMS
from idaudit.threatmodel.model import Area, Guarantee

TITLE = "What a municipal ID system keeps: the guarantees of idaudit"


def catalog(spec: Spec) -> str:
    """Render every guarantee of the model as an OSCAL catalog."""
    body: Node = {
        "params": list(_params()),
        "groups": list(_groups(spec.catalogue)),
        "back-matter": {"resources": resources(spec.library)},
    }
    return document("catalog", TITLE, spec, body)


def _params() -> Iterator[Node]:
    for name, term in TERMS.items():
        yield {
            "id": term_id(name),
            "props": [prop("term", name)],
            "label": term.title,
            "usage": "A profile sets it to the term of its programme.",
        }


def _groups(promises: Iterable[Promise]) -> Iterator[Node]:
    """Yield every area that has a guarantee."""
    controls = [(each.guarantee.area, _control(each)) for each in promises]
    for area in Area:
        own = [control for place, control in controls if place is area]
        if own:
            title = markup(words.AREAS[area])
            yield {"id": area.value, "class": "area", "title": title, "controls": own}


def _control(promise: Promise) -> Node:
    guarantee = promise.guarantee
    props = [{"name": "label", "value": guarantee.id}]
    props += [prop("subject", subject.value) for subject in sorted(guarantee.subjects)]
    return {
        "id": guarantee.id,
        "class": "guarantee",
        "title": markup(guarantee.plain),
        "props": props,
        "links": list(_links(guarantee)),
        "parts": list(_parts(promise)),
    }


def _links(guarantee: Guarantee) -> Iterator[Node]:
    """Yield a link to each source and standard, the ids in it as the link's text."""
    for one in guarantee.sources:
        yield link(one.source.id, wording.cited(one))
    for source, ids in guarantee.standards.items():
        yield link(source, ", ".join(ids))
    for source, ids in guarantee.unverified_standards.items():
        yield link(source, f"unverified: {', '.join(ids)}")


def _parts(promise: Promise) -> Iterator[Node]:
    guarantee = promise.guarantee
    yield _statement(promise)
    yield part("overview", f"{guarantee.id}_ovw", markup(guarantee.plain))
    ways = list(_ways(guarantee))
    yield part("guidance", f"{guarantee.id}_gdn", markup(guarantee.because), parts=ways)
    if promise.tested:
        yield from _objectives(promise)
        yield _method(promise)
    else:
        yield _inspection(promise)


def _statement(promise: Promise) -> Node:
    """Return what is required, with an item for each term that binds it."""
    id_ = f"{promise.guarantee.id}_smt"
    items = [
        part("item", f"{id_}.{term_id(name)}", f"{markup(TERMS[name].title)}: {_inserted(name)}")
        for name in promise.terms
    ]
    more = {"parts": items} if items else {}
    return part("statement", id_, markup(promise.guarantee.statement), **more)


def _inserted(name: str) -> str:
    """Return the place where OSCAL puts a parameter's value."""
    return f"{{{{ insert: param, {term_id(name)} }}}}"


def _ways(guarantee: Guarantee) -> Iterator[Node]:
    for place, way in enumerate(guarantee.violations, 1):
        yield part("violation", f"{guarantee.id}_way.{place}", markup(way), ns=NAMESPACE)


def _objectives(promise: Promise) -> Iterator[Node]:
    for place, check in enumerate(promise.checks, 1):
        props = [prop("check", check.id), prop("tier", check.tier)]
        id_ = f"{promise.guarantee.id}_obj.{place}"
        yield part("assessment-objective", id_, markup(check.statement), props=props)


def _method(promise: Promise) -> Node:
    """Return how it is tested, on what, and what shows that the test can fail."""
    id_ = f"{promise.guarantee.id}_asm"
    props = [_by("TEST"), prop("faulty-systems", len(promise.defects))]
    needs = "\n\n".join(_objects(promise))
    objects = part("assessment-objects", f"{id_}-objects", needs)
    return part("assessment-method", id_, wording.proven(promise), props=props, parts=[objects])


def _objects(promise: Promise) -> Iterator[str]:
    """Yield what a system must offer, a line each."""
    yield from map(_offered, promise.operations + promise.controls)
    if more := wording.also_needed(promise):
        yield more


def _offered(offer: Offer) -> str:
    return markup(f"{offer.id}: {offer.meaning}")


def _inspection(promise: Promise) -> Node:
    id_ = f"{promise.guarantee.id}_asm"
    return part("assessment-method", id_, markup(wording.unjudged(promise)), props=[_by("EXAMINE")])


def _by(method: str) -> Node:
    return {"name": "method", "ns": RMF, "value": method}
