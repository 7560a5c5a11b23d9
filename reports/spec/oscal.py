"""
What our OSCAL catalog and profiles share: names, identifiers, metadata, back matter.

Everything is derived from the content. Identifiers are UUIDs of version 5, a
document's own from all that stands in it, so that it changes when the content
does, as OSCAL asks. ``last-modified`` is the newest full date that any source
of the model bears: the data has no other date, and a clock would make two runs
differ.
"""

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from idaudit.reports.spec.document import Spec
from idaudit.reports.text import inert, one_line
from idaudit.threatmodel.model import Source

Node = dict[str, Any]

OSCAL_VERSION = "1.2.1"
"""Later releases of 1.2 change nothing that is used here, and readers in wide use stop at it."""

NAMESPACE = "https://idaudit.example/ns/oscal"  # a name, as OSCAL wants one; nobody fetches it
RMF = "http://csrc.nist.gov/ns/rmf"  # where OSCAL defines the method of an assessment
CATALOG_NAME = "idaudit-catalog.json"
_SPECIAL = re.compile(r"[\\`*\[\]{}~^$]|(?<!\w)_|_(?!\w)|^[#+-]")
_ROOT = uuid5(NAMESPACE_URL, NAMESPACE)


def named(*parts: str) -> str:
    """Return the identifier of what *parts* name."""
    return str(uuid5(_ROOT, "/".join(parts)))


def resource_id(source: str) -> str:
    """Return the identifier of the resource for a source."""
    return named("source", source)


def term_id(name: str) -> str:
    """Return the identifier of the parameter for a term."""
    return f"term-{name.replace('_', '-')}"


def prop(name: str, value: object, **more: str) -> Node:
    """Return a property of our own."""
    return {"name": name, "ns": NAMESPACE, "value": one_line(str(value)) or "none", **more}


def part(name: str, id_: str, prose: str, **more: Any) -> Node:  # noqa: ANN401  JSON
    """Return a part whose *prose* is already markup; OSCAL's own names need no namespace."""
    return {"id": id_, "name": name, "prose": prose, **more}


def markup(text: str) -> str:
    """Return *text* so that OSCAL's Markdown reads it as nothing but words."""
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", html.escape(text, quote=False))


def link(source: str, text: str) -> Node:
    """Return a link to the resource for a source, saying where in it."""
    return {"href": f"#{resource_id(source)}", "rel": "reference", "text": markup(text)}


def document(root: str, title: str, spec: Spec, body: Mapping[str, Any]) -> str:
    """Return one OSCAL document as text, its metadata first."""
    whole = _harmless({"metadata": _metadata(title, spec, body), **body})
    identity = named(root, _digest(whole))
    text = json.dumps({root: {"uuid": identity, **whole}}, indent=1, ensure_ascii=False)
    return f"{text}\n"


def _harmless(value: Any) -> Any:  # noqa: ANN401  JSON
    """Return *value* with no control character in any text; JSON would only disguise one."""
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, list):
        return [_harmless(item) for item in value]
    if isinstance(value, dict):
        return {key: _harmless(item) for key, item in value.items()}
    return value


def _metadata(title: str, spec: Spec, body: Mapping[str, Any]) -> Node:
    return {
        "title": markup(title),
        "last-modified": f"{spec.as_of.isoformat()}T00:00:00Z",
        "version": _digest(body)[:12],
        "oscal-version": OSCAL_VERSION,
        "remarks": "The version is a digest of the content. The date is that of the newest source.",
    }


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def resources(sources: Iterable[Source]) -> list[Node]:
    """Return sources as back matter, each with why to read it with care."""
    return [_resource(source) for source in sources]


def _resource(source: Source) -> Node:
    made: Node = {
        "uuid": resource_id(source.id),
        "title": markup(source.title),
        "props": [prop("source", source.id), prop("kind", source.kind), prop("date", source.date)],
        "citation": {"text": markup(f"{source.title}. {source.cite}")},
    }
    return made | ({"remarks": markup(source.caution)} if source.caution else {})
