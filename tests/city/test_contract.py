"""The description and the city say the same, route by route and role by role."""

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemathesis import openapi

from idaudit.fixtures.city.application import application

if TYPE_CHECKING:
    from conftest import Town

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
ROLES = ("clerk", "reviewer", "counsel", "commissioner", "auditor", "administrator")
STAFF_ONLY = {"not-signed-in", "wrong-role"}


def described(town: "Town") -> dict[str, Any]:
    """Return the city's description of itself."""
    return town.must(None, "GET", "/openapi.json")


def operations(api: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and the rest of each operation."""
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def some(path: str) -> str:
    """Return a path of that shape at which there is nothing."""
    usual = path.replace("{quarter}", "2017-Q1").replace("{day}", "2017-03-02")
    return re.sub(r"\{\w+\}", "0", usual)


def test_the_description_is_one(town: "Town") -> None:
    """By the standard's own schema it is OpenAPI 3.1, and every reference leads somewhere."""
    api = described(town)
    openapi.from_dict(api).validate()
    references = set(re.findall(r"'#/components/schemas/([^']+)'", str(api)))

    assert api["openapi"].startswith("3.1.")
    assert references <= set(api["components"]["schemas"])
    assert set(api["components"]["schemas"]) <= references


def test_each_route_is_described_and_each_description_is_served(town: "Town") -> None:
    """A method that is described is answered; another is declined, with those that are."""
    api = described(town)
    allowed: dict[str, set[str]] = {}
    for method, path, _ in operations(api):
        allowed.setdefault(some(path), set()).add(method)

    for path, method in itertools.product(allowed, METHODS):
        answer = town.ask(None, method, path)
        assert (answer.status_code == 405) == (method not in allowed[path]), (method, path)
        if answer.status_code == 405:
            assert answer.headers["allow"] == ", ".join(sorted(allowed[path]))


def undescribed(api: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the routes that *api* does not describe, and those it only describes."""
    told = {(method, path) for method, path, _ in operations(api)}
    return told ^ set(served(application().routes))


def served(routes: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield method and path of each route, however it was put in."""
    for route in routes:
        inside = getattr(route, "original_router", None)
        if inside is not None:
            yield from served(inside.routes, prefix)
        else:
            yield from ((method, prefix + route.path) for method in route.methods)


def test_no_route_is_left_out_of_the_description(town: "Town") -> None:
    """There is no side door: what the application serves is what it describes."""
    assert undescribed(described(town)) == set()


def test_a_route_left_out_on_either_side_is_noticed(town: "Town") -> None:
    """The comparison would see a side door, and a door that is only painted on."""
    api = described(town)
    api["paths"]["/painted"] = {"get": {}}
    del api["paths"]["/ledger"]

    assert undescribed(api) == {("GET", "/ledger"), ("GET", "/painted")}


def parts(schema: dict[str, Any], api: dict[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    """Yield every part of *schema*, and where it is."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from parts(api["components"]["schemas"][name], api, name)
        return
    yield place, schema
    for inner in itertools.chain.from_iterable(schema.get(k, ()) for k in ("anyOf", "allOf")):
        yield from parts(inner, api, place)
    if "items" in schema:
        yield from parts(schema["items"], api, place + "[]")
    for name, inner in schema.get("properties", {}).items():
        yield from parts(inner, api, f"{place}.{name}")


LIMITS = {
    "string": {"maxLength", "format", "enum", "const", "pattern"},
    "integer": {"maximum", "exclusiveMaximum"},
    "number": {"maximum", "exclusiveMaximum"},
    "array": {"maxItems"},
    "object": {"additionalProperties"},
}


def test_everything_that_is_taken_is_bounded(town: "Town") -> None:
    """No text, number, list or form is without its limit, and every form is closed."""
    api = described(town)
    for _, _, operation in operations(api):
        forms = [p["schema"] for p in operation.get("parameters", ())]
        bodies = operation.get("requestBody", {}).get("content", {})
        forms += [body["schema"] for kind, body in bodies.items() if kind == "application/json"]
        for form in forms:
            for place, part in parts(form, api, operation["operationId"]):
                limits = LIMITS.get(part.get("type", ""), set())
                assert not limits or limits & set(part), place
                assert part.get("additionalProperties", False) is False, place


def test_every_answer_is_closed_and_kept_by_nobody(town: "Town") -> None:
    """An answer has the members it is described with; its headers forbid keeping it."""
    api = described(town)
    for _, _, operation in operations(api):
        for status, answer in operation["responses"].items():
            where = f"{operation['operationId']} {status}"
            assert answer["headers"]["Cache-Control"]["schema"]["const"] == "no-store", where
            assert ("WWW-Authenticate" in answer["headers"]) == (status == "401"), where
            for kind, body in answer["content"].items():
                assert kind == "application/problem+json" or int(status) < 400, where
                if kind.endswith("json") and operation["operationId"] != "describe":
                    closed = dict(parts(body["schema"], api, where))
                    assert any("properties" in part for part in closed.values()), where
                    assert [p for p, s in closed.items() if is_open(s)] == [], where


def is_open(schema: dict[str, Any]) -> bool:
    """Whether an object may hold what its description does not name."""
    if schema.get("type") != "object" or "properties" not in schema:
        return False
    return schema.get("additionalProperties") is not False


def entitled(operation: dict[str, Any]) -> set[str] | None:
    """Return which of the staff an operation is for; None where it is for people without a key."""
    security = operation.get("security", [{}])
    if {} in security:
        return None
    named = [one["staff"] for one in security if "staff" in one]
    return set(ROLES) if [] in named else set(itertools.chain.from_iterable(named))


def test_each_role_may_do_what_is_described_and_nothing_else(town: "Town") -> None:
    """Of the staff exactly those are let in whom the description names, act by act."""
    api = described(town)
    for method, path, operation in operations(api):
        who_may = entitled(operation)
        if who_may is None:
            continue
        for role in ROLES:
            code = declined(town, role, method, path, operation, api)
            let_in = code not in STAFF_ONLY
            own = any(not one.keys() <= {"staff", ""} for one in operation["security"])
            if role in who_may:
                assert let_in, (role, operation["operationId"], code)
            else:  # whose key is a record's is told that there is nothing
                assert not let_in or (own and code == "not-found"), (role, operation, code)


TEXTS = ("A", "2017-03-01", "2017-03-01T15:00:00Z", "00", "0" * 64, "0" * 128)
# Only one of these may be filled in.
ONE_OF = {"verify_card": {"number": "A"}}


def filled_in(schema: dict[str, Any], api: dict[str, Any]) -> Any:  # noqa: ANN401, PLR0911  JSON
    """Fill in a form by nothing but its description."""
    if "$ref" in schema:
        return filled_in(api["components"]["schemas"][schema["$ref"].rpartition("/")[2]], api)
    if "anyOf" in schema:
        return filled_in(schema["anyOf"][0], api)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema["type"]:
        case "object":
            return {
                name: filled_in(schema["properties"][name], api)
                for name in schema.get("required", ())
            }
        case "array":
            return [filled_in(schema["items"], api)] * schema.get("minItems", 0)
        case "boolean":
            return True
        case "integer" | "number":
            return schema.get("minimum", 1)
        case _:
            return next(text for text in TEXTS if fits(text, schema))


def fits(text: str, schema: dict[str, Any]) -> bool:
    """Whether *text* is one that a text of *schema* can be."""
    shape = {"date": r"\d{4}-\d\d-\d\d", "date-time": r".*T.*"}.get(schema.get("format", ""), ".*")
    long_enough = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 1000)
    return bool(re.fullmatch(shape, text) and re.search(schema.get("pattern", ""), text)) and (
        long_enough
    )


def declined(
    town: "Town", role: str, method: str, path: str, operation: dict[str, Any], api: dict[str, Any]
) -> str | None:
    """Ask as one of *role*, with the form filled in anyhow; return why it was declined."""
    who = f"{role}2" if operation["operationId"] == "sign_out" else f"{role}1"
    body: dict[str, Any] = {}
    for kind, told in operation.get("requestBody", {}).get("content", {}).items():
        form = ONE_OF.get(operation["operationId"]) or filled_in(told["schema"], api)
        as_form = kind == "application/json"
        body = {"body": form} if as_form else {"content": b"x", "headers": {"Content-Type": kind}}
    answer = town.ask(who, method, some(path), **body)
    assert answer.status_code < 500, (operation["operationId"], answer.text)
    return answer.json()["code"] if answer.status_code >= 400 else None
