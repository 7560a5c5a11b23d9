"""What a system's own description says of its forms: their fields, and what they offer."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from idaudit.checks.probes.described import reached
from idaudit.fixtures.targets.target import Exchange

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DEPTH = 12
_SENDING = frozenset({"POST", "PUT", "PATCH"})


def names(node: object) -> Iterator[str]:
    """Yield the name of every field and parameter in an OpenAPI description, one_word_apart."""
    if isinstance(node, Mapping):
        yield from _named(node)
    for inner in _inside(node):
        yield from names(inner)


def _named(node: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names that *node* itself gives to fields, or its own as a parameter's."""
    fields = node.get("properties")
    yield from map(_apart, fields if isinstance(fields, Mapping) else ())
    if "in" in node and "name" in node:
        yield _apart(node["name"])


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
            for node in reached(description, _asking(description, exchange), _DEPTH):
                found.update(_named(node))
    return frozenset(found)


def _asking(description: Mapping[str, Any], exchange: Exchange) -> object:
    """Return what the operation behind *exchange* asks for: its body and its parameters."""
    paths = _without_servers(description, urlsplit(exchange.path).path)
    described = description.get("paths", {})
    fitting = [each for each in described if any(_fits(each, path) for path in paths)]
    for template in sorted(fitting, key=lambda each: each.count("{")):
        operation = described[template].get(exchange.method.lower())
        if operation:
            asked = [operation.get("requestBody"), operation.get("parameters")]
            return [*asked, described[template].get("parameters")]
    return None


def _without_servers(description: Mapping[str, Any], path: str) -> set[str]:
    """Return *path* as it is, and as it is below each of the servers described."""
    servers = [
        urlsplit(str(each.get("url", ""))).path.rstrip("/")
        for each in description.get("servers", ())
    ]
    below = [path.removeprefix(server) for server in servers if path.startswith(server)]
    return {path, *(each for each in below if each.startswith("/"))}


def _fits(template: str, path: str) -> bool:
    """Whether *path* is one of *template*."""
    steps, taken = template.split("/"), path.split("/")
    return len(steps) == len(taken) and all(map(_fits_step, steps, taken))


def _fits_step(step: str, taken: str) -> bool:
    """Whether *taken* is what *step* says, with something in place of its parameters."""
    before, opened, rest = step.partition("{")
    if not opened:
        return step == taken
    after = rest.rpartition("}")[2]
    return (
        len(taken) > len(before) + len(after) and taken.startswith(before) and taken.endswith(after)
    )


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
