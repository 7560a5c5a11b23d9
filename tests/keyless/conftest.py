"""A private instance, and statements it has signed."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from instance import Instance, served, token

from idaudit.reports.bundle.keyless_signing import Signatory, read_instance
from idaudit.reports.bundle.statements import STATEMENT, TEST_RESULT, VERDICTS, Node

Starter = Callable[..., Instance]
STATEMENTS: list[Node] = [
    {
        "_type": STATEMENT,
        "subject": [{"name": "evidence.jsonl", "digest": {"sha256": "ab" * 32}}],
        "predicateType": kind,
        "predicate": {"result": "FAILED"},
    }
    for kind in (VERDICTS, TEST_RESULT)
]


@pytest.fixture
def start() -> Iterator[Starter]:
    """Start instances of one's own, each with what is said of it."""
    with ExitStack() as stack:
        yield lambda **said: stack.enter_context(served(Instance(**said)))


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No CI job that lends an identity, no proxy, and nobody's own cache of roots."""
    for name in (
        "GITHUB_ACTIONS",
        "GITLAB_CI",
        "BUILDKITE",
        "CIRCLECI",
        "http_proxy",
        "HTTP_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
def sign(tmp_path: Path) -> Callable[..., bytes]:
    """Have two statements signed by an instance whose log is of a version."""

    def signed(instance: Instance, version: int = 2, **holder: str) -> bytes:
        config, lent = tmp_path / "trust_config.json", tmp_path / "token"
        config.write_text(json.dumps(instance.trust_config(version)))
        lent.write_text(token(**holder))
        signatory = Signatory(read_instance(config, sealed=version == 2), lent)
        return signatory([json.dumps(each).encode() for each in STATEMENTS])

    return signed
