"""A private instance, and statements it has signed."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from audits import ASKED, STATEMENTS, describe, keyless, observe
from instance import Instance, served, token

from idaudit.command import run
from idaudit.command.main import exit_code_of
from idaudit.reports.bundle.keyless_signing import Signatory, read_instance

Starter = Callable[..., Instance]


@pytest.fixture(scope="module")
def city() -> Iterator[Instance]:
    """The instance that the city runs; its log takes digests alone."""
    with served(Instance()) as instance:
        yield instance


@pytest.fixture(scope="module")
def places(city: Instance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an audit signed by an identity left, and the files it was made with."""
    folder = tmp_path_factory.mktemp("keyless")
    describe(folder, city, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "gather", observe)
        patch.setenv("NO_PROXY", "127.0.0.1")
        assert exit_code_of([*ASKED, *keyless(folder), "--out", str(folder / "one")]) == 1
    (folder / "seen.json").write_text(json.dumps([path for path, _ in city.seen]))
    return folder


@pytest.fixture
def sealed(places: Path, tmp_path: Path) -> Path:
    """A copy of that bundle, to do with as a test likes."""
    return Path(shutil.copytree(places / "one", tmp_path / "sealed"))


@pytest.fixture
def again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that observes what the first one did."""
    monkeypatch.setattr(run, "gather", observe)


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
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    # A machine of Google's would be asked who it is, wherever these tests run.
    monkeypatch.setattr("id._internal.oidc.ambient._GCP_PRODUCT_NAME_FILE", str(tmp_path / "no"))
    monkeypatch.delenv("GOOGLE_SERVICE_ACCOUNT_NAME", raising=False)
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
