"""
Strict reading of one TOML file.

A :class:`Table` knows where it stands, so that whatever does not fit is named
by file, table and key, with what was found, what was expected and, where one
can be guessed, what was probably meant.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from idaudit.threatmodel.errors import ModelError, did_you_mean

NONE = "none"
"""How a file says that a programme has no such term, or a clause no source."""

Word = TypeVar("Word", bound=StrEnum)
Found = TypeVar("Found")

_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a TOML file, and where in the model it stands."""

    file: str  # relative to the model's folder
    path: tuple[str, ...]  # () is the file's top level
    entries: Mapping[str, Any]

    def wrong(self, key: str, found: str, expected: str, hint: str = "") -> ModelError:
        """Return the error that says what is wrong with *key*."""
        table = f", [{'.'.join(self.path)}]" if self.path else ""
        what = f", key {key!r}" if key else ""
        return ModelError(f"{self.file}{table}{what}: found {found}, expected {expected}{hint}")

    def only(self, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Reject a key that nobody reads, then a required one that is not there."""
        needed = list(required)
        known = [*needed, *optional]
        for key in self.entries:
            if key not in known:
                expected = f"one of {_listed(known)}"
                raise self.wrong(key, "an unknown key", expected, did_you_mean(key, known))
        for key in needed:
            if key not in self.entries:
                raise self.wrong(key, "nothing", "this key", f"; add {key!r} to the table")

    def text(self, key: str) -> str:
        """Return prose on one line, however the file wraps it."""
        value = self._typed(key, str, "text")
        return self._filled(key, value)

    def text_or(self, key: str, default: str = "") -> str:
        """Return the text under *key*, or *default* where the key is absent."""
        return self.text(key) if key in self.entries else default

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts that is not empty."""
        values = self.items(key)
        for number, value in enumerate(values, 1):
            if not isinstance(value, str):
                raise self.wrong(key, _shown(value), f"text as item {number}", _as_text(value))
        if not values:
            raise self.wrong(key, "an empty list", "at least one text", "; say it or ask why not")
        return tuple(self._filled(key, value) for value in values)

    def texts_or_none(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, none where the key is absent."""
        return self.texts(key) if key in self.entries else ()

    def items(self, key: str) -> list[Any]:
        """Return the list under *key*, whatever it holds."""
        value: list[Any] = self._typed(key, list, "a list")
        return value

    def count(self, key: str) -> int:
        """Return a whole number of zero or more."""
        value: int = self._typed(key, int, "a whole number")
        if value < 0:
            raise self.wrong(key, str(value), "zero or more", f"; did you mean {-value}?")
        return value

    def count_or_none(self, key: str) -> int | None:
        """Return a whole number, or ``None`` where the file says "none"."""
        return None if self.entries[key] == NONE else self.count(key)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value: bool = self._typed(key, bool, "true or false")
        return value

    def numbers(self, key: str) -> tuple[int, ...]:
        """Return a list of whole numbers from one up, each once; it may be empty."""
        values = self.items(key)
        for value in values:
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise self.wrong(key, _shown(value), "a whole number from 1 up", "; count from 1")
            if values.count(value) > 1:
                raise self.wrong(key, f"{value} twice", "each number once", "; take one out")
        return tuple(values)

    def find(self, key: str, known: Mapping[str, Found]) -> Found:
        """Return what the id under *key* stands for in *known*."""
        return known[self.resolve(key, self.text(key), known)]

    def find_all(self, key: str, known: Mapping[str, Found]) -> tuple[Found, ...]:
        """Return what each id in the list under *key* stands for; absent means none."""
        return tuple(known[word] for word in self.several(key, known))

    def several(self, key: str, known: Iterable[str]) -> tuple[str, ...]:
        """Return a list of texts that are each one of *known*, none twice; absent means none."""
        words = self.texts(key) if key in self.entries else ()
        names = list(known)
        for word in words:
            self.resolve(key, word, names)
            if words.count(word) > 1:
                raise self.wrong(key, f"{word!r} twice", "each word once", "; take one out")
        return words

    def day(self, key: str) -> date:
        """Return a date."""
        value: date = self._typed(key, date, "a date such as 2016-12-31")
        return value

    def day_or_none(self, key: str) -> date | None:
        """Return a date, or ``None`` where the file says "none"."""
        if self.entries[key] == NONE:
            return None
        value: date = self._typed(key, date, f"a date such as 2016-12-31, or {NONE!r}")
        return value

    def time_zone(self, key: str) -> str:
        """Return a text that names a time zone."""
        name = self.text(key)
        try:
            return ZoneInfo(name).key
        except (LookupError, ValueError, OSError):
            expected = "a time zone such as 'America/New_York'"
            raise self.wrong(key, repr(name), expected) from None

    def word(self, key: str, words: Iterable[str]) -> str:
        """Return a text that is one of *words*."""
        return self.resolve(key, self.text(key), dict.fromkeys(words))

    def member(self, key: str, kind: type[Word]) -> Word:
        """Return the member of *kind* that the text under *key* names."""
        return kind(self.word(key, [str(member) for member in kind]))

    def table(self, key: str) -> "Table":
        """Return the table under *key*."""
        return Table(self.file, (*self.path, key), self._typed(key, dict, "a table"))

    def tables(self) -> "dict[str, Table]":
        """Return every entry of this table as a table, by its id in kebab-case."""
        for key in self.entries:
            self.kebab(key)
        return {key: self.table(key) for key in self.entries}

    def kebab(self, key: str) -> None:
        """Reject an id that is not in kebab-case."""
        if not _KEBAB.fullmatch(key):
            meant = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
            hint = f"; did you mean {meant!r}?" if meant else "; give it a name"
            raise self.wrong(key, repr(key), "an id in kebab-case", hint)

    def resolve(self, key: str, word: str, known: Iterable[str]) -> str:
        """Return *word*, which stands under *key*, where it is one of *known*."""
        names = [str(name) for name in known]  # an enum's own repr reads like code
        if word not in names:
            raise self.wrong(key, repr(word), f"one of {_listed(names)}", did_you_mean(word, names))
        return word

    def _typed(self, key: str, kind: type, expected: str) -> Any:  # noqa: ANN401  TOML is untyped
        value = self.entries[key]
        # To Python a bool is an int and a datetime is a date; to a lawyer neither is.
        strays = bool if kind is int else datetime if kind is date else ()
        if not isinstance(value, kind) or isinstance(value, strays):
            raise self.wrong(key, _shown(value), expected, _retyped(value, kind))
        return value

    def _filled(self, key: str, value: str) -> str:
        line = " ".join(value.split())
        if not line:
            raise self.wrong(key, "empty text", "words", "; write them, or take the item out")
        return line


def read_toml(folder: Traversable, *parts: str) -> Table:
    """Read one file of the model's *folder*."""
    name = "/".join(parts)
    file = folder.joinpath(*parts)
    if not file.is_file():
        raise ModelError(f"{name}: found no such file, expected it in {folder}; add it")
    try:
        return Table(name, (), tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{name}: found {error}, expected TOML in UTF-8 in which no table or key"
            " stands twice; mend the place named"
        ) from error


def stems(folder: Traversable, part: str) -> list[str]:
    """Return the names, less ``.toml``, of the files in one part of the model."""
    files = folder.joinpath(part)
    if not files.is_dir():
        raise ModelError(f"{part}: found no such folder, expected it in {folder}; add it")
    return sorted(f.name.removesuffix(".toml") for f in files.iterdir() if f.name.endswith(".toml"))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))


def _shown(value: object) -> str:
    kinds = {str: "text", bool: "a flag", int: "a number", list: "a list", dict: "a table"}
    text = repr(value)
    short = text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004  a glance, not a dump
    return f"{kinds.get(type(value), type(value).__name__)} {short}"


def _as_text(value: object) -> str:
    return f'; did you mean "{value}"?' if isinstance(value, int | float | date) else ""


def _retyped(value: object, kind: type) -> str:
    if kind is str:
        return _as_text(value)
    if kind is list and isinstance(value, str):
        return f"; did you mean [{_shown(value).removeprefix('text ')}]?"
    if isinstance(value, str) and re.fullmatch(r"\d+|true|false|\d{4}-\d\d-\d\d", value):
        return f"; did you mean {value} without quotes?"
    return "; change the value to that kind"
