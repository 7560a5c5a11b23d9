"""What a system's own description says of pictures: who may bring one, and what is given out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from idaudit.checks.probes.described import reached

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
_DEPTH = 8
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


def _names(description: Mapping[str, Any], node: object) -> Iterator[str]:
    """Yield the names of all fields below *node*, through references."""
    for each in reached(description, node, _DEPTH):
        properties = each.get("properties")
        yield from map(str, properties if isinstance(properties, Mapping) else ())
