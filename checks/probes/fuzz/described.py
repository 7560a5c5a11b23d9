"""
What a system says it can be asked, and questions made of that.

Schemathesis reads the description and makes the questions: of each operation
some that fit it and some that do not, the same ones every time. It is imported
late, because that takes a second and most commands ask nothing.
"""

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from idaudit.threatmodel.errors import Inconclusive

SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""

_MAKING = {"generation": {"database": "none", "with-security-parameters": False}}


@dataclass(frozen=True, slots=True)
class Question:
    """One request, as somebody would send it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None
    json: Any = None
    """What the body says, where it is JSON."""


@dataclass(frozen=True, slots=True)
class Described:
    """One operation, as its system describes it."""

    name: str
    method: str
    path: str  # its template
    raw: Mapping[str, Any]
    fitting: Sequence[Any]  # Schemathesis' cases, which keep to the description
    unfitting: Sequence[Any]  # those that do not
    told: tuple[Mapping[str, str], ...] = ()  # what its adapter puts into the path, "{record}" too
    may: frozenset[str] = frozenset()  # what it may be told in query and headers, and need not

    @property
    def label(self) -> str:
        """Name it as people do: "GET /records/{record}"."""
        return f"{self.method} {self.path}"

    @property
    def safe(self) -> bool:
        """Whether asking it changes nothing."""
        return self.method in SAFE

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of its path that a question fills in."""
        return tuple(each[1:-1] for each in self.path.split("/") if _is_part(each))

    def question(self, filled: Mapping[str, str], case: Any = None) -> Question:  # noqa: ANN401  Schemathesis'
        """Return a fitting question, or the one made of *case*, with *filled* in its path."""
        made = self.fitting[0] if case is None else case
        values = {**(made.path_parameters or {}), **filled}
        prepared = _prepared(made)
        query = prepared.url.partition("?")[2] if made.query else ""
        return Question(
            method=made.method.upper(),
            path=self.filled(values) + (f"?{query}" if query else ""),
            headers={name: value for name, value in prepared.headers.items() if _ours(name)},
            body=prepared.body.encode() if isinstance(prepared.body, str) else prepared.body,
            json=made.body if isinstance(made.body, dict | list) else None,
        )

    def questions(self, filled: Mapping[str, str]) -> tuple[Question, ...]:
        """
        Return the fitting question with *filled* in its path, and the plain one if that differs.

        A fitting question tells all that may be told: a limit of 0 and a filter that nothing
        fits among it. Most people ask without.
        """
        told = self.question(filled)
        path, _, query = told.path.partition("?")
        said = parse_qsl(query, keep_blank_values=True)
        kept = [(name, value) for name, value in said if name not in self.may]
        headers = {name: value for name, value in told.headers.items() if name not in self.may}
        if kept == said and headers == told.headers:
            return (told,)
        bare = f"{path}?{urlencode(kept)}" if kept else path
        return told, replace(told, path=bare, headers=headers)

    def filled(self, values: Mapping[str, Any]) -> str:
        """Return its path with *values* in it."""
        return "/".join(
            quote(str(values.get(each[1:-1], "0")), safe="") if _is_part(each) else each
            for each in self.path.split("/")
        )


def described(api: Mapping[str, Any], each: int = 1) -> tuple[Described, ...]:
    """
    Return every operation that *api* describes, with *each* questions of either kind.

    Raises:
        Inconclusive: it describes none, or in a way that nobody can read.

    """
    return _read(json.dumps(modest(api), default=str), each)


def modest(said: Any) -> Any:  # noqa: ANN401  OpenAPI
    """
    Return a description that asks for nothing very large, and leads nowhere else.

    Whatever fits it fits what is described; a long list of long texts takes minutes to make.
    What it points at outside itself is left out: whoever reads it would fetch that, from
    whatever host it names.
    """
    match said:
        case dict():
            kept = {name: value for name, value in said.items() if not _elsewhere(name, value)}
            return {name: _bounded(kept, name, value) for name, value in kept.items()}
        case list():
            return [modest(value) for value in said]
        case _:
            return said


_MOST = {"maxLength": (256, "minLength"), "maxItems": (8, "minItems")}


_POINTS = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "operationRef", "$id"})


def _elsewhere(name: str, value: Any) -> bool:  # noqa: ANN401  OpenAPI
    """Whether an entry points at what is not in the description itself."""
    return name in _POINTS and isinstance(value, str) and not value.startswith("#")


def _bounded(said: dict[str, Any], name: str, value: Any) -> Any:  # noqa: ANN401  OpenAPI
    if name not in _MOST or not isinstance(value, int):
        return modest(value)
    most, least = _MOST[name]
    return min(value, max(most, said.get(least, 0)))


@lru_cache(maxsize=4)  # a run reads the same description for many checks
def _read(api: str, each: int) -> tuple[Described, ...]:
    library = importlib.import_module("schemathesis")
    try:
        schema = library.openapi.from_dict(
            json.loads(api), config=library.Config.from_dict(_MAKING)
        )
        found = [_described(schema, result.ok(), each) for result in schema.get_all_operations()]
    except (library.errors.SchemathesisError, TypeError, KeyError, ValueError) as error:
        raise Inconclusive(
            f"the target's description cannot be read: {type(error).__name__}; "
            "expected OpenAPI 3 or Swagger 2"
        ) from error
    kept = tuple(operation for operation in found if operation.fitting)
    if not kept:
        raise Inconclusive("the target describes no operation that a question can be made for")
    return kept


def _described(schema: Any, operation: Any, each: int) -> Described:  # noqa: ANN401  Schemathesis'
    modes = importlib.import_module("schemathesis.generation.modes").GenerationMode
    making = schema.config.generation_for(operation=operation)

    def made(mode: Any) -> Iterator[Any]:  # noqa: ANN401  Schemathesis'
        yield from schema.iter_coverage_cases(
            operation, generation_modes=[mode], generation_config=making
        )

    return Described(
        name=str(operation.definition.raw.get("operationId", operation.label)),
        method=operation.method.upper(),
        path=operation.path,
        raw=operation.definition.raw,
        fitting=tuple(islice(made(modes.POSITIVE), each)),
        unfitting=tuple(islice(made(modes.NEGATIVE), each)),
        may=frozenset(
            each.name for each in (*operation.query, *operation.headers) if not each.is_required
        ),
    )


def _prepared(case: Any) -> Any:  # noqa: ANN401  the library's, and its transport's
    """Return *case* as it goes over the wire; a body it cannot write is left empty."""
    requests = importlib.import_module("requests")
    errors = importlib.import_module("schemathesis.errors")
    try:
        words = case.as_transport_kwargs(base_url=_NOWHERE)
        known = {name: words[name] for name in _SENT if words.get(name) is not None}
        return requests.Request(**known).prepare()
    except errors.SerializationNotPossible:
        headers = {**(case.headers or {}), "Content-Type": case.media_type}
        return requests.Request(case.method, _NOWHERE, headers=headers).prepare()


_NOWHERE = "http://nowhere.example/"


_SENT = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
_NOT_OURS = frozenset({"user-agent", "content-length", "x-schemathesis-testcaseid", "cookie"})


def _ours(name: str) -> bool:
    return name.lower() not in _NOT_OURS


def _is_part(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")
