"""How things are named and referred to in our CycloneDX file, and properties of our own."""

from collections.abc import Iterator, Mapping

from idaudit.threatmodel.exports.plain import Record

OURS = "idaudit"


def ref(kind: str, id_: str) -> str:
    """Return the reference of the *kind* of thing that we call *id_*."""
    return f"{kind}:{id_}"


def properties(values: Mapping[str, object]) -> list[Record]:
    """
    Return *values* as named strings, which is all that a property can be.

    A list becomes one property for each of its items, numbered where an item
    has parts; a mapping one for each of its keys, with the key after a colon.
    """
    return [
        {"name": name, "value": value}
        for key, each in values.items()
        for name, value in _flat(f"{OURS}:{key}", each)
    ]


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping() if value:
            for key, each in value.items():
                yield from _flat(f"{name}:{key}", each)
        case [Mapping(), *_]:
            for number, each in enumerate(value, 1):
                yield from _flat(f"{name}:{number}", each)
        case list() if value:
            for each in value:
                yield from _flat(name, each)
        case bool():
            yield name, str(value).lower()
        case Mapping() | list():
            yield name, ""
        case _:
            yield name, str(value)
