"""Our shapes as plain JSON, where a format has a slot for properties of one's own."""

import operator
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from datetime import date

from idaudit.threatmodel.basis import Citation

Record = dict[str, object]


def plain(value: object) -> object:
    """Return *value* as JSON would hold it; what has an id of its own becomes that id."""
    match value:
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case frozenset():
            return sorted(map(str, value))
        case tuple():
            return [plain(each) for each in value]
    return _shape(value) if is_dataclass(value) else value


def _shape(value: object) -> object:
    if isinstance(value, Citation):
        return {"source": value.source.id, **record(value, "place", "quote")}
    return _id(value)


def record(thing: object, *names: str) -> Record:
    """Return the fields *names* of *thing*, leaving out what is not said."""
    values = ((name, getattr(thing, name)) for name in names)
    return {name: plain(value) for name, value in values if said(value)}


def said(value: object) -> bool:
    """Whether *value* says anything; False and 0 do."""
    return value is not None and (not hasattr(value, "__len__") or len(value) > 0)


def by_id(things: Iterable[object], *names: str) -> Record:
    """Return the fields *names* of each of *things*, by its id."""
    return {_id(thing): record(thing, *names) for thing in things}


def _id(thing: object) -> str:
    return str(operator.attrgetter("id")(thing))
