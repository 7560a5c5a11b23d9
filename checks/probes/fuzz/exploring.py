"""
Letting Schemathesis ask by itself: its examples, its coverage, chance, and chains of questions.

It makes the questions and we say who asks each of them, and about which file.
Its own verdicts about an interface (a status nobody described, a field too many)
are no promise to anybody, so its checks are off: every answer is read by ours.
"""

import importlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from idaudit.checks.probes.fuzz.asking import Seen, Voice
from idaudit.checks.probes.fuzz.described import Question, modest
from idaudit.fixtures.targets.target import Exchange
from idaudit.threatmodel.errors import Inconclusive

Cast = Callable[[str, str, Mapping[str, Any]], tuple[Voice, Mapping[str, str]]]
"""Returns who asks an operation, and about what, given its method, its path and what it names."""

_VOICE = "X-Idaudit-Voice"


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is asked."""

    examples: int = 6
    chains: int = 24
    steps: int = 6
    seconds: int = 600
    """A target that takes longer is explored no further; one that answers is long done."""


def explored(
    api: Mapping[str, Any], url: str, seed: int, cast: Cast, leave_out: Sequence[str], depth: Depth
) -> Iterator[Seen]:
    """
    Yield every answer to what Schemathesis asks of the system that *api* describes.

    *leave_out* names the operations that would end the system or the run.

    Raises:
        Inconclusive: it cannot work with the description.

    """
    library = importlib.import_module("schemathesis")
    engine = importlib.import_module("schemathesis.engine")
    known: dict[str, Voice] = {}
    config = library.Config.from_dict(_settings(url, seed, leave_out, depth))
    schema = library.openapi.from_dict(json.loads(json.dumps(modest(api))), config=config)
    with _casting(cast, known), _staying_home():
        until, stream = time.monotonic() + depth.seconds, engine.from_schema(schema).execute()
        for event in stream:
            if time.monotonic() > until:
                stream.stop()
            if isinstance(event, engine.events.FatalError):
                raise Inconclusive(f"the description cannot be explored: {event.exception}")
            if isinstance(event, engine.events.ScenarioFinished):
                yield from _seen(event.recorder, known)


def _settings(url: str, seed: int, leave_out: Sequence[str], depth: Depth) -> dict[str, Any]:
    """Return how to ask, the same each time."""
    off = {"enabled": False}
    left = [{"include-operation-id": list(leave_out), "enabled": False}] if leave_out else []
    return {
        "seed": seed,
        "base-url": url,
        "warnings": False,
        "continue-on-failure": True,
        "generation": {
            "max-examples": depth.examples,
            "no-shrink": True,
            "database": "none",
            "with-security-parameters": False,
        },
        "phases": {
            "stateful": {
                "max-steps": depth.steps,
                "generation": {"max-examples": depth.chains},
            },
            "coverage": {"unexpected-methods": []},
        },
        "checks": dict.fromkeys(_OFF, off),
        "operations": left,
    }


_OFF = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "negative_data_rejection"),
    *("positive_data_acceptance", "missing_required_header", "unsupported_method"),
    *("use_after_free", "ensure_resource_availability", "ignored_auth"),
)


@contextmanager
def _casting(cast: Cast, known: dict[str, Voice]) -> Iterator[None]:
    """Let *cast* say who asks; the library knows such a hook for all schemas only."""
    dispatcher = importlib.import_module("schemathesis.hooks").GLOBAL_HOOK_DISPATCHER

    def before_call(_: object, case: Any, **__: object) -> None:  # noqa: ANN401  Schemathesis'
        voice, filled = cast(case.method, case.operation.path, case.path_parameters or {})
        known[str(voice)] = voice
        if case.path_parameters is not None:
            case.path_parameters.update(filled)
        case.headers.pop("Authorization", None)
        case.headers.update({**voice.badge, _VOICE: str(voice)})

    dispatcher.hook(before_call)
    try:
        yield
    finally:
        dispatcher.unregister(before_call)


@contextmanager
def _staying_home() -> Iterator[None]:
    """Let no answer send the library to another host, nor the environment through one."""
    context: Any = importlib.import_module("schemathesis.engine.context")
    make = context.make_session

    def made(*words: object, **named: object) -> Any:  # noqa: ANN401  the library's session
        session = make(*words, **named)
        session.trust_env = False
        session.get_redirect_target = lambda _: None
        return session

    context.make_session = made
    try:
        yield
    finally:
        context.make_session = make


def _seen(recorder: Any, known: Mapping[str, Voice]) -> Iterator[Seen]:  # noqa: ANN401  Schemathesis'
    """Yield what was asked and answered in one scenario."""
    for name, interaction in recorder.interactions.items():
        asked, answer = interaction.request, interaction.response
        if answer is None:
            continue
        headers = {key.lower(): ", ".join(values) for key, values in asked.headers.items()}
        voice = known.get(headers.get(_VOICE.lower(), ""))
        if voice is not None:
            path = "/" + asked.uri.partition("://")[2].partition("/")[2]
            body = asked.body or b""
            question = Question(asked.method, path, {}, body)
            exchange = Exchange(
                method=asked.method,
                path=path,
                status=answer.status_code,
                request_headers={},
                request_body=body,
                headers={key.lower(): ", ".join(each) for key, each in answer.headers.items()},
                body=answer.content or b"",
            )
            yield Seen(recorder.cases[name].value.operation.label, voice, question, exchange)
