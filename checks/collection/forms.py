"""What a system's own description says of its forms: their fields, and what they offer."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from idaudit.fixtures.targets.target import Exchange

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DEPTH = 12
_SENDING = frozenset({"POST", "PUT", "PATCH"})


def names(node: object) -> Iterator[str]:
    """Yield the name of every field and parameter in an OpenAPI description, one_word_apart."""
    if isinstance(node, Mapping):
        fields = node.get("properties")
        yield from map(_apart, fields if isinstance(fields, Mapping) else ())
        if "in" in node and "name" in node:
            yield _apart(node["name"])
    for inner in _inside(node):
        yield from names(inner)


def choices(node: object) -> Iterator[str]:
    """Yield every word that an OpenAPI description offers for choice."""
    if isinstance(node, Mapping) and isinstance(node.get("enum"), list):
        yield from map(str, node["enum"])
    for inner in _inside(node):
        yield from choices(inner)


def asked_by(description: Mapping[str, Any], sent: Sequence[Exchange]) -> frozenset[str]:
    """Return the names that the operations behind *sent* ask for: none, if none is described."""
    found: set[str] = set()
    for exchange in sent:
        if exchange.method.upper() in _SENDING:
            found.update(names(_asking(description, exchange)))
    return frozenset(found)


def _asking(description: Mapping[str, Any], exchange: Exchange) -> object:
    """Return what the operation behind *exchange* asks for: its body and its parameters."""
    path = urlsplit(exchange.path).path
    described = description.get("paths", {})
    fitting = [each for each in described if _fits(description, each, path)]
    for template in sorted(fitting, key=lambda each: each.count("{")):
        operation = described[template].get(exchange.method.lower())
        if operation:
            asked = [operation.get("requestBody"), operation.get("parameters")]
            return _inlined(description, [*asked, described[template].get("parameters")])
    return None


def _fits(description: Mapping[str, Any], template: str, path: str) -> bool:
    """Whether *path* is one of *template*, under any of the servers described."""
    pattern = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(template))
    servers = [urlsplit(str(each.get("url", ""))).path for each in description.get("servers", ())]
    return any(
        re.fullmatch(re.escape(server.rstrip("/")) + pattern, path) for server in ("", *servers)
    )


def _inlined(description: Mapping[str, Any], node: object, depth: int = _DEPTH) -> object:
    """Return *node* with every reference replaced by what it refers to, to some depth."""
    if not depth:
        return None
    match node:
        case Mapping():
            parts = {k: _inlined(description, v, depth - 1) for k, v in node.items() if k != "$ref"}
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return parts
            return [parts, _inlined(description, _referred(description, reference), depth - 1)]
        case list():
            return [_inlined(description, each, depth) for each in node]
        case _:
            return node


def _referred(description: Mapping[str, Any], reference: str) -> object:
    node: object = description
    for step in reference.removeprefix("#/").split("/"):
        node = node.get(step) if isinstance(node, Mapping) else None
    return node


def _apart(name: object) -> str:
    return _CAMEL.sub("_", str(name))


def _inside(node: object) -> Iterable[object]:
    match node:
        case Mapping():
            return node.values()
        case list():
            return node
        case _:
            return ()
