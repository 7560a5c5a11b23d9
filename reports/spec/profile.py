"""One programme as an OSCAL profile: what it promises, on what terms, and by what right."""

import hashlib
from collections.abc import Iterator

from idaudit.reports import words
from idaudit.reports.spec import wording
from idaudit.reports.spec.catalog import TITLE, catalog
from idaudit.reports.spec.document import Requirement, Spec
from idaudit.reports.spec.oscal import (
    CATALOG_NAME,
    NAMESPACE,
    Node,
    document,
    link,
    markup,
    named,
    part,
    prop,
    resources,
    term_id,
)

MEDIA_TYPE = "application/oscal+json"


def profile(spec: Spec) -> str:
    """Render *spec* as an OSCAL profile of the catalog, which belongs beside it."""
    programme = spec.programme
    made = spec.requirements
    body: Node = {
        "imports": [
            {
                "href": f"#{named('catalog')}",
                "include-controls": [{"with-ids": [each.guarantee.id for each in made]}],
            }
        ],
        "merge": {"as-is": True},
        "modify": {
            "set-parameters": list(_settings(spec)),
            "alters": [_alteration(each) for each in made],
        },
        "back-matter": {"resources": [_catalog(spec), *resources(spec.sources)]},
    }
    return document("profile", f"{programme.title}: {programme.id}", spec, body)


def _settings(spec: Spec) -> Iterator[Node]:
    """Yield every term that binds a promise made here."""
    for term in spec.terms:
        if spec.bound_by(term):
            yield {
                "param-id": term_id(term.name),
                "props": [prop("value", term.raw), prop("house-term", _yes(of=term.house))],
                "usage": markup(words.sentence(term.source)),
                "values": [term.value],
            }


def _yes(*, of: bool) -> str:
    return "yes" if of else "no"


def _alteration(each: Requirement) -> Node:
    """Return what this programme adds to a guarantee: what obliges it, and whence."""
    clause, id_ = each.clause, each.guarantee.id
    quote = f"“{clause.source.quote}”" if clause.source and clause.source.quote else ""
    told = " ".join(filter(None, (wording.binding(clause), clause.why, quote)))
    added = part("obligation", f"{id_}_obl", markup(told), ns=NAMESPACE)
    if clause.source:
        added["links"] = [link(clause.source.source.id, wording.cited(clause.source))]
    props = [prop("number", each.number), prop("obligation", wording.force(clause))]
    return {"control-id": id_, "adds": [{"position": "ending", "props": props, "parts": [added]}]}


def _catalog(spec: Spec) -> Node:
    """Return the catalog this profile was made against, by its digest."""
    digest = hashlib.sha256(catalog(spec).encode()).hexdigest()
    return {
        "uuid": named("catalog"),
        "title": TITLE,
        "rlinks": [
            {
                "href": CATALOG_NAME,
                "media-type": MEDIA_TYPE,
                "hashes": [{"algorithm": "SHA-256", "value": digest}],
            }
        ],
    }
