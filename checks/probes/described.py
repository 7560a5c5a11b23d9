"""
Walking through a system's own description, wherever its references lead.

They may lead in circles, and a few of them to one another make more ways
through a description than anybody can walk: each is followed once, from the
place nearest to where the walk began. None is followed to a file or a host.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]


def reached(description: Node, start: object, depth: int) -> Iterator[Node]:
    """Yield every mapping within *depth* mappings of *start*, references counted as one each."""
    level: Iterable[object] = [start]
    followed: set[str] = set()
    for _ in range(depth):
        following: list[object] = []
        for node in _mappings(level):
            yield node
            following.extend(node.values())
            reference = node.get("$ref")
            if isinstance(reference, str) and reference not in followed:
                followed.add(reference)
                following.append(_referred(description, reference))
        level = following


def _mappings(nodes: Iterable[object]) -> Iterator[Node]:
    """Yield the mappings among *nodes*, and those in the lists among them."""
    waiting = list(nodes)
    while waiting:
        match waiting.pop():
            case Mapping() as node:
                yield node
            case list() as inner:
                waiting.extend(inner)
            case _:
                pass


def _referred(description: Node, reference: str) -> object:
    """Return what *reference* is within the description itself, if it is there."""
    node: object = description if reference.startswith("#/") else None
    for step in reference.removeprefix("#/").split("/"):
        node = node.get(step) if isinstance(node, Mapping) else None
    return node
