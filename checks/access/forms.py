"""What a system's own description says of pictures: who may bring one, and what is given out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_ASKS = re.compile(r"search|find|look_?up|match|identif|compar|recogni", re.IGNORECASE)
_PICTURE = re.compile(
    r"photo|picture|portrait|selfie|(?<![a-z])(face|image)(?![a-z])|biometric|template",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"^templates?$|(?<![a-z])(face|facial|photo|portrait|picture|image|finger|iris|match)_?template"
    r"|embedding|biometric|face_?(print|vector|code)",
    re.IGNORECASE,
)
"""A "display_template" is how something is laid out: the word alone, or with a body's, counts."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_METHODS = frozenset({"get", "put", "post", "patch", "delete"})


def searches_by_picture(description: Mapping[str, Any]) -> list[str]:
    """Return the operations that look for somebody and take a picture to do it."""
    return [
        name
        for name, operation in operations(description)
        if _ASKS.search(name) and _takes_a_picture(description, operation)
    ]


def answers_with_template(description: Mapping[str, Any]) -> list[str]:
    """Return the operations whose answers have a field for what is made of a face."""
    return [
        name
        for name, operation in operations(description)
        if any(
            _TEMPLATE.search(_CAMEL.sub("_", each))
            for each in _names(description, operation.get("responses", {}))
        )
    ]


def operations(description: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each operation with all that names it."""
    for path, methods in description.get("paths", {}).items():
        for method, operation in methods.items():
            if method in _METHODS:
                yield (
                    _CAMEL.sub("_", f"{method} {path} {operation.get('operationId', '')}"),
                    operation,
                )


def _takes_a_picture(description: Mapping[str, Any], operation: Mapping[str, Any]) -> bool:
    body = operation.get("requestBody", {})
    sent = (*body.get("content", {}), *_names(description, body))
    asked = [str(each.get("name", "")) for each in operation.get("parameters", ())]
    return any(str(each).startswith("image/") or _PICTURE.search(each) for each in (*sent, *asked))


def _names(description: Mapping[str, Any], node: Any, depth: int = 8) -> Iterator[str]:  # noqa: ANN401  OpenAPI
    """Yield the names of all fields below *node*, through references."""
    if isinstance(node, Mapping) and depth:
        properties = node.get("properties", {})
        yield from map(str, properties if isinstance(properties, Mapping) else ())
        if isinstance(node.get("$ref"), str):
            node = {"": _resolved(description, node["$ref"])}
        for inner in node.values():
            yield from _names(description, inner, depth - 1)
    if isinstance(node, list):
        for inner in node:
            yield from _names(description, inner, depth)


def _resolved(description: Mapping[str, Any], reference: str) -> Any:  # noqa: ANN401  OpenAPI
    node: Any = description
    for step in reference.removeprefix("#/").split("/"):
        node = node.get(step, {}) if isinstance(node, Mapping) else {}
    return node
