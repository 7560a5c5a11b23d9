"""Fuzzing under every role: whatever is asked, each answer is as described, and discreet."""

import itertools
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from schemathesis.engine import events, from_schema
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Nursery, Town

SEED = int(os.environ.get("IDAUDIT_FUZZ_SEED", "20170301"))
MARK = "Zyzzyvane-fuzz"
LINE = re.compile(r"\S+ (GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|-) (/[a-z/{}.-]*|-) [1-5]\d\d")
HEADERS = {
    "date": r".*",
    "content-length": r"\d+",
    "content-type": r"application/(problem\+)?json|image/\w+|application/pdf",
    "cache-control": r"no-store",
    "x-content-type-options": r"nosniff",
    "www-authenticate": r"Bearer",
    "allow": r"[A-Z, ]+",
}
# Their forms have rules that bind several fields, or a field and the day; that bytes are a picture
# no description can say either.
BOUND_BY_MORE = ["report_breach", "change_setting", "bring_van_batch", "delegate", "verify_card"]
BOUND_BY_MORE += ["give_consent", "book_appointment", "submit_photo"]
FITTING = ["2XX", 401, 403, 404, 409, 410, 429, 503]


@dataclass(frozen=True)
class Exchange:
    """One question and its answer."""

    operation: str
    asked: str  # the operation's method and path
    method: str
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Run:
    """What fuzzing saw."""

    exchanges: list[Exchange] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)


class Cast:
    """Everybody who may ask, in turn: every other time whoever is entitled to."""

    def __init__(self, town: "Town") -> None:
        """Let somebody in *town* have something to be asked about."""
        self.town = town
        self.files = [town.enrol(), town.apply(), town.apply()]
        town.show(self.files[1], b"a paper")
        staff = ["clerk1", "reviewer1", "counsel1", "commissioner1", "auditor1", "administrator1"]
        owners = [file["owner_key"] for file in self.files]
        self.keys = {"owner": owners, "control": [town.config["control_key"]], "kiosk": ["kiosk"]}
        self.everybody = itertools.cycle([None, MARK, *staff, *owners, *self.keys["control"]])
        self.ids = {name: [file[name] for file in self.files] for name in ("record", "application")}
        self.turn = itertools.count()

    def ask(self, case: schemathesis.Case) -> None:
        """Give the question somebody to ask it, and now and then something that exists."""
        turn = next(self.turn)
        who = self.entitled(case, turn) if turn % 2 else next(self.everybody)
        case.headers["X-Canary"] = MARK
        case.headers.pop("Authorization", None)
        if who:
            case.headers["Authorization"] = f"Bearer {self.town.bearer(who)}"
        for name, known in self.ids.items():
            if turn % 4 and re.fullmatch(r"[\w-]+", str(case.path_parameters.get(name, "/"))):
                case.path_parameters[name] = known[turn // 8 % len(known)]
        if isinstance(case.body, dict) and "seconds" in case.body and turn % 3:
            case.body["seconds"] = 1  # or everything would be over soon
        elif turn % 5 == 0:
            case.body = marked(case.body)

    def entitled(self, case: schemathesis.Case, turn: int) -> str | None:
        """Return somebody who may ask this, by the description."""
        security = case.operation.definition.raw.get("security", [{}])
        scheme, roles = next(iter(security[turn // 2 % len(security)].items()), ("", []))
        if case.operation.definition.raw["operationId"] == "sign_out":
            return "clerk2"
        if scheme == "staff":
            return f"{roles[0]}1" if roles else "clerk1"
        keys = self.keys.get(scheme, [None])
        return keys[turn // 8 % len(keys)]


def marked(body: object) -> object:
    """Return *body* with the mark in every text and name of it."""
    if isinstance(body, dict):
        return {name: marked(value) for name, value in body.items()}
    if isinstance(body, list):
        return [marked(value) for value in body]
    return MARK + body[:40] if isinstance(body, str) else body


def settings(town: "Town", only: list[str] | None) -> schemathesis.Config:
    """Return how to fuzz, repeatably; what is refused before any database is asked of one only."""
    exhaustive = town.config["database"] is None
    off = {"enabled": False}
    config = {
        "seed": SEED,
        "base-url": str(town.http.base_url),
        "warnings": False,
        "continue-on-failure": True,
        "generation": {
            "max-examples": 3 if exhaustive else 8,
            "no-shrink": True,
            "database": "none",
            "with-security-parameters": False,
        },
        "phases": {
            "stateful": {"max-steps": 5, "generation": {"max-examples": 10}},
            "coverage": {"unexpected-methods": ["query", "trace"], "enabled": exhaustive},
        },
        # Who is refused, and for lack of what, is for test_contract; keys are ours to set.
        "checks": {
            "ignored_auth": off,
            "missing_required_header": off,
            "use_after_free": off,
            "ensure_resource_availability": off,
            "positive_data_acceptance": {"expected-statuses": FITTING},
            "negative_data_rejection": {"expected-statuses": ["4XX"]},
        },
        "operations": [
            {"include-operation-id": BOUND_BY_MORE, "checks": {"positive_data_acceptance": off}}
        ],
    }
    if only:
        config["phases"]["stateful"] = off
        config["generation"]["max-examples"] = 40
        config["operations"] = [{"exclude-operation-id": only, "enabled": False}]
    return schemathesis.Config.from_dict(config)


def fuzz(town: "Town", only: list[str] | None = None) -> Run:
    """Ask everything in every way; return what was answered."""
    print(f"seed {SEED}; another by IDAUDIT_FUZZ_SEED")  # noqa: T201  pytest shows it on failure
    run, base = Run(), str(town.http.base_url)
    schema = schemathesis.openapi.from_url(base + "/openapi.json", config=settings(town, only))
    with asking(Cast(town)):
        for event in from_schema(schema).execute():
            match event:
                case events.ScenarioFinished():
                    run.exchanges += exchanges(event.recorder)
                    run.faults.update(faults(event.recorder))
                case events.NonFatalError() | events.FatalError():
                    run.faults[f"error: {event}"] += 1
    return run


@contextmanager
def asking(cast: Cast) -> Iterator[None]:
    """Let *cast* ask every question; the library knows such a hook for all schemas only."""

    def before_call(_: object, case: schemathesis.Case, **__: object) -> None:
        cast.ask(case)

    GLOBAL_HOOK_DISPATCHER.hook(before_call)
    try:
        yield
    finally:
        GLOBAL_HOOK_DISPATCHER.unregister(before_call)


def exchanges(recorder: Any) -> Iterator[Exchange]:  # noqa: ANN401  the library names no type
    """Yield what was asked and answered in one scenario."""
    for name, interaction in recorder.interactions.items():
        case, answer = recorder.cases[name].value, interaction.response
        yield Exchange(
            operation=case.operation.definition.raw["operationId"],
            asked=case.operation.label,
            method=interaction.request.method,
            status=answer.status_code,
            headers={name: ", ".join(values) for name, values in answer.headers.items()},
            body=answer.content or b"",
        )


def faults(recorder: Any) -> Iterator[str]:  # noqa: ANN401  the library names no type
    """Yield what the library's own checks found."""
    for check in itertools.chain.from_iterable(recorder.checks.values()):
        if check.failure_info:
            failure = check.failure_info.failure
            yield f"{check.name}: {recorder.label}: {failure.message}"


def indiscretions(run: Run, api: dict[str, Any]) -> set[str]:
    """Return what is wrong with the answers of *run*, each kind once for each operation."""
    operations = {op["operationId"]: op for path in api["paths"].values() for op in path.values()}
    wrong: set[str] = set()
    for exchange in run.exchanges:
        said = operations[exchange.operation]["responses"].get(str(exchange.status))
        wrong |= {f"{exchange.asked}: {each}" for each in wrongs(exchange, said)}
    return wrong


def wrongs(exchange: Exchange, described: dict[str, Any] | None) -> Iterator[str]:
    """Yield what is wrong with one answer."""
    own_method = exchange.asked.startswith(exchange.method + " ")
    if exchange.status >= 500:
        yield f"failed with {exchange.status}"
    if own_method and described is None and exchange.status != 404:
        yield f"answered {exchange.status}, which is not described"
    for name, value in exchange.headers.items():
        if not re.fullmatch(HEADERS.get(name.lower(), r"(?!)"), value):
            yield f"header {name}"
    if exchange.headers.get("cache-control") != "no-store":
        yield "is left to caches"
    if exchange.status >= 400:
        yield from problem_wrongs(exchange, described if own_method else None)


def problem_wrongs(exchange: Exchange, described: dict[str, Any] | None) -> Iterator[str]:
    """Yield what is wrong with one problem."""
    if MARK in f"{exchange.headers} {exchange.body!r}":
        yield "repeats what it was sent"
    if exchange.headers.get("content-type") != "application/problem+json":
        yield "declines without a problem"
        return
    said = json.loads(exchange.body)
    if set(said) != {"type", "title", "status", "code"} or said["status"] != exchange.status:
        yield "a problem of another shape"
    if described is not None:
        line = f"- `{said['code']}`: {said['title']}"
        if line not in described["description"].splitlines():
            yield f"a problem that is not described, {said['code']}"


def log_wrongs(town: "Town") -> set[str]:
    """Return whether the city's log says more than it should."""
    log = (town.data / "log" / "city.log").read_text(errors="replace")
    odd = [line for line in log.split("\n") if line and not LINE.fullmatch(line)]
    repeated = {"log repeats what was sent"} if MARK in log else set()
    return repeated | {f"log says more: {line}" for line in odd[:1]}


def test_nothing_that_is_asked_is_answered_otherwise_than_described(town: "Town") -> None:
    """No failure, no surprise, no echo, nothing for caches, and a log that names nobody."""
    run = fuzz(town)
    api = town.must(None, "GET", "/openapi.json")
    operations = {op["operationId"] for path in api["paths"].values() for op in path.values()}
    done = {each.operation for each in run.exchanges if each.status < 300}

    assert dict(run.faults) == {}
    assert indiscretions(run, api) == set()
    assert (log_wrongs(town), list((town.data / "scratch").iterdir())) == (set(), [])
    # The library has read the description itself and asks no more for it.
    assert {each.operation for each in run.exchanges} >= operations - {"describe"}
    assert len(done) > len(operations) / 3, sorted(operations - done)
    assert {each.status for each in run.exchanges} >= {200, 201, 401, 403, 404, 409, 422}


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery whose cities have an interface at fault."""
    script = str(Path(__file__).with_name("faithless_doors.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


FAULTS = {
    "echoes": ["repeats what it was sent"],
    "names_the_caller answers_more_than_it_says": ["header set-cookie", "is not described"],
    "breaks_on_odd_letters logs_bodies": ["failed with 500", "log repeats", "log says more"],
    "logs_paths": ["log says more"],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_city_at_fault_is_noticed(
    open_town: "Callable[..., Town]", faithless: "Nursery", fault: str
) -> None:
    """Fuzzing that finds nothing in a city at fault would prove nothing of a good one."""
    town = open_town({"faithless": fault}, nursery=faithless)
    run = fuzz(town, only=["correct_record"])
    api = town.must(None, "GET", "/openapi.json")
    found = indiscretions(run, api) | log_wrongs(town)

    for seen in FAULTS[fault]:
        assert [each for each in found if seen in each] != [], seen
