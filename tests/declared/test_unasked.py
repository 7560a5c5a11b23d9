"""What would end a system is described by it, and never asked where its target file says so."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from idaudit.checks.access import answers
from idaudit.fixtures.targets.declared.description import at_home
from idaudit.fixtures.targets.declared.reading import read_target_file
from idaudit.threatmodel.errors import SetupError, UnexpectedAnswer

sys.path.insert(0, str(Path(__file__).parent))
from people_register import SECRET, Register, Said
from serving import serving
from test_interface import judged

DISPOSABLE = "disposable = true"


class HasAnOffSwitch(Register):
    """A register with a path for its operators, by which it is switched off."""

    def __init__(self, folder: Path, api: Mapping[str, Any]) -> None:
        """Describe the switch as well."""
        self.off = False
        switch = {"get": {"operationId": "off", "responses": {"200": {"description": "off"}}}}
        super().__init__(folder, {**api, "paths": {"/off": switch, **api["paths"]}})

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        """Answer nobody once it is off."""
        self.off = self.off or path == "/off"
        return Said(503) if self.off else super().answer(method, path, headers, body)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWN_SECRET", SECRET)


def test_a_switch_that_is_named_is_never_asked(tmp_path: Path) -> None:
    """Reading changes nothing, says HTTP; yet a GET that shuts a system down may be described."""
    with serving(HasAnOffSwitch, tmp_path) as (file, asked):
        file.write_text(file.read_text().replace(DISPOSABLE, f'{DISPOSABLE}\nunasked = ["/off"]'))
        said = judged(answers.no_answer_tells_a_role_of_somebody_else, file)

    assert said == ("pass", "")
    assert not [each for each in asked if "/off" in each]


def test_a_switch_that_nobody_named_leaves_everything_unshown(tmp_path: Path) -> None:
    """Whoever is off by now is not found to keep a promise."""
    with serving(HasAnOffSwitch, tmp_path) as (file, asked):
        said = judged(answers.no_answer_tells_a_role_of_somebody_else, file)

    assert said[0] == "inconclusive"
    assert [each for each in asked if "/off" in each]


def test_a_path_that_is_left_out_has_to_be_described() -> None:
    """A slip here would ask for what was to be left out."""
    said = {"basePath": "/v2", "paths": {"/shutdown": {}, "/people": {}}}

    assert list(at_home(said, "http://127.0.0.1:1", ["/v2/shutdown"])["paths"]) == ["/v2/people"]
    with pytest.raises(UnexpectedAnswer, match=r"'/v2/shutdwon' .*did you mean '/v2/shutdown'\?"):
        at_home(said, "http://127.0.0.1:1", ["/v2/shutdwon"])


def test_a_path_that_is_left_out_is_a_path(tmp_path: Path) -> None:
    """A method before it is a slip: whatever the method, it is not asked."""
    with serving(Register, tmp_path) as (file, _):
        text = file.read_text()
        file.write_text(text.replace(DISPOSABLE, f'{DISPOSABLE}\nunasked = ["GET /off"]'))
        with pytest.raises(SetupError, match=r"system\.unasked: 'GET /off' is no path"):
            read_target_file(file)
