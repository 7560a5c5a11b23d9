"""What a build server is handed: an action for GitHub, a job for GitLab."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
GITLAB = ROOT / "docs" / "ci" / "gitlab.yml"
PINNED = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)+@[0-9a-f]{40}")
BASH = "/bin/bash"
DEAR = pytest.mark.skipif(
    "IDAUDIT_EVERY_PROGRAM" not in os.environ,
    reason="not run: an audit by several processes; IDAUDIT_EVERY_PROGRAM=1 runs it",
)


class Strict(yaml.SafeLoader):
    """Refuses a key that stands twice: a build server would take either."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  yaml's own signature
        """Return the mapping."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"{node.start_mark}: a key stands twice in {keys}"
        return super().construct_mapping(node, deep)


def _read(text: str) -> dict[str, Any]:
    return yaml.load(text, Strict)  # noqa: S506  it is a SafeLoader


def _steps() -> list[dict[str, Any]]:
    return _read(ACTION.read_text())["runs"]["steps"]


def _scripts() -> dict[str, str]:
    own = {step["name"]: step["run"] for step in _steps() if "run" in step}
    job = _read(GITLAB.read_text())["idaudit"]
    return own | {"GitLab": "\n".join(job["script"])}


def test_a_key_that_stands_twice_is_noticed() -> None:
    """Otherwise the strict reader proves nothing."""
    with pytest.raises(AssertionError, match="stands twice"):
        _read("a: 1\na: 2\n")


@pytest.mark.parametrize("name", ["Install", "Audit", "GitLab"])
def test_every_script_is_bash(name: str) -> None:
    """A slip in a script would show only on somebody else's build server."""
    script = _scripts()[name]

    done = subprocess.run([BASH, "-n"], input=script, text=True, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
    assert set(_scripts()) == {"Install", "Audit", "GitLab"}


def test_nothing_that_a_caller_says_is_written_into_a_script() -> None:
    """A target called ``$(…)`` must not be run: scripts have their words from the environment."""
    for name, script in _scripts().items():
        assert "${{" not in script, name


def test_every_input_reaches_a_step() -> None:
    """An input that nobody reads is a promise to whoever sets it."""
    action = _read(ACTION.read_text())
    read = {word for step in _steps() for word in step.get("env", {}).values()}

    assert {f"${{{{ inputs.{name} }}}}" for name in action["inputs"]} <= read


def test_other_peoples_actions_are_pinned_to_a_commit() -> None:
    """A tag can be moved to other code."""
    used = [step["uses"] for step in _steps() if "uses" in step]

    assert used
    assert all(PINNED.fullmatch(each) for each in used), used


def test_what_is_installed_is_locked_and_no_registry_is_named() -> None:
    """Where a package comes from is the caller's choice; what it is, is not."""
    for text in (ACTION.read_text(), GITLAB.read_text()):
        assert "--require-hashes -r" in text
        assert "://" not in text
        assert "--index-url" not in text


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        pytest.param(
            {"ONLY": "nothing-hidden\n document-kind-forgotten"},
            0,
            "nothing-hidden",
            marks=DEAR,
            id="the reference city",
        ),
        pytest.param({"TARGET": "$(touch hurt).toml"}, 64, "", id="what would be a command"),
    ],
)
def test_the_audit_step_does_what_it_says(
    more: dict[str, str], code: int, told: str, tmp_path: Path
) -> None:
    """Its own script, run as the build server runs it, leaves reports, outputs and a summary."""
    words = {
        "IDAUDIT": str(Path(sys.executable).with_name("idaudit")),
        "TARGET": "reference",
        "PROGRAM": "",
        "TIER": "gate",
        "ONLY": "",
        "WAIVERS": "",
        "OUT": "the reports",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    shell = [BASH, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", _scripts()["Audit"]]

    done = subprocess.run(
        shell,
        env=os.environ | words | more,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code, done.stdout + done.stderr
    output = (tmp_path / "output").read_text()
    assert output.startswith(f"exit-code={code}\nreports<<")
    assert "\nthe reports\n" in output
    assert not (tmp_path / "hurt").exists()
    assert (tmp_path / "the reports" / "sarif-github.json").exists() == (code == 0)
    assert (tmp_path / "the reports" / "junit.xml").exists() == (code == 0)
    summary = (tmp_path / "summary").read_text() if (tmp_path / "summary").exists() else ""
    assert told in summary
