"""
Records to and from plain JSON values, strictly.

A reader that guesses would let a damaged line judge a city, so every field
must be there, none may be unknown, and each has exactly its declared type. The
one exception is a field added since, and marked so: what an earlier version
wrote stays readable.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import TypeVar, cast, get_args, get_origin, get_type_hints

from idaudit.threatmodel.errors import did_you_mean

T = TypeVar("T")


def stamp(moment: datetime) -> str:
    """Return *moment* as RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def encode(value: object) -> object:
    """Return *value* as what :mod:`json` can write."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | frozenset | Mapping):
        return _encode_many(value)
    if is_dataclass(value):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    return value


def _encode_many(
    value: tuple[object, ...] | frozenset[str] | Mapping[str, object],
) -> dict[str, object] | list[object]:
    """Return a collection; a set is sorted, so that the same one is written the same way."""
    if isinstance(value, Mapping):
        return {name: encode(item) for name, item in value.items()}
    return [encode(item) for item in (sorted(value) if isinstance(value, frozenset) else value)]


def mapped(value: T, change: Callable[[str], str]) -> T:
    """Return *value* with *change* applied to every text in it, however deep."""
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return cast("T", change(value))
    if isinstance(value, tuple):
        return cast("T", tuple(mapped(item, change) for item in value))
    if is_dataclass(value) and not isinstance(value, type):
        texts = {field.name: mapped(getattr(value, field.name), change) for field in fields(value)}
        return replace(value, **texts)
    return value


def decode(kind: type[T], data: object) -> T:
    """Return *data* as a *kind*; raise :class:`ValueError` saying what is wrong and where."""
    return cast("T", _read(kind, data, kind.__name__))


def _read(hint: object, data: object, where: str) -> object:
    """Return *data* read as the type *hint* asks for."""
    if isinstance(hint, UnionType):
        (inner,) = (kind for kind in get_args(hint) if kind is not NoneType)
        return None if data is None else _read(inner, data, where)
    if get_origin(hint) in {tuple, frozenset, Mapping}:
        return _read_many(hint, data, where)
    if isinstance(hint, type) and is_dataclass(hint):
        return _read_object(hint, data, where)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _read_word(hint, data, where)
    if hint in {date, datetime}:
        return _read_moment(data, where) if hint is datetime else _read_day(data, where)
    return _read_plain(hint, data, where)


def _read_many(hint: object, data: object, where: str) -> object:
    """Return a collection of what *hint* asks for."""
    item = get_args(hint)[-1 if get_origin(hint) is Mapping else 0]
    if get_origin(hint) is Mapping:
        return _read_table(item, data, where)
    items = _read_list(item, data, where)
    return items if get_origin(hint) is tuple else frozenset(items)


def _read_list(item: object, data: object, where: str) -> tuple[object, ...]:
    """Return a JSON array as a tuple."""
    if not isinstance(data, list):
        raise _mismatch(where, "an array", data)
    return tuple(_read(item, value, f"{where}[{place}]") for place, value in enumerate(data))


def _read_table(item: object, data: object, where: str) -> dict[str, object]:
    """Return a JSON object whose names are free."""
    if not isinstance(data, dict):
        raise _mismatch(where, "an object", data)
    return {name: _read(item, value, f"{where}.{name}") for name, value in data.items()}


def _read_object(kind: type, data: object, where: str) -> object:
    """Return a JSON object as the dataclass *kind*."""
    if not isinstance(data, dict):
        raise _mismatch(where, "an object", data)
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    for name in data.keys() - set(names):
        raise ValueError(f"{where} has an unknown field {name!r}{did_you_mean(name, names)}")
    for field in fields(kind):
        if field.name not in data and not field.metadata.get("added"):
            raise ValueError(f"{where} lacks the field {field.name!r}")
    return kind(**{name: _read(hints[name], data[name], f"{where}.{name}") for name in data})


def _read_word(kind: type[StrEnum], data: object, where: str) -> StrEnum:
    """Return one of an enumeration's words."""
    words = [word.value for word in kind]
    if data not in words:
        raise _mismatch(where, "one of " + ", ".join(words), data)
    return kind(str(data))


def _read_moment(data: object, where: str) -> datetime:
    """Return an RFC 3339 time; one without an offset could be any hour."""
    try:
        moment = datetime.fromisoformat(str(data))
    except ValueError:
        raise _mismatch(where, "an RFC 3339 time", data) from None
    if moment.tzinfo is None:
        raise _mismatch(where, "a time with its offset", data)
    return moment


def _read_day(data: object, where: str) -> date:
    """Return a day, written as RFC 3339 writes one."""
    try:
        day = date.fromisoformat(str(data))
    except ValueError:
        day = None
    if day is None or day.isoformat() != data:
        raise _mismatch(where, "a day like 2026-03-31", data)
    return day


def _read_plain(hint: object, data: object, where: str) -> object:
    """Return a string, number or truth value of exactly the declared type."""
    if hint is float and type(data) is int:
        return float(data)
    if type(data) is not hint:
        raise _mismatch(where, getattr(hint, "__name__", str(hint)), data)
    return data


def _mismatch(where: str, expected: str, found: object) -> ValueError:
    """Say what stood where something else was expected."""
    return ValueError(f"{where} is {str(found)[:60]!r}; expected {expected}")
