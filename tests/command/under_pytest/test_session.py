"""What a session of pytest says of a system, in one process and in several."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from idaudit.checks.catalogue import every_check
from idaudit.command.under_pytest import session
from idaudit.command.under_pytest.telling import NOT_SHOWN
from idaudit.fixtures.defects.registry import every_defect
from idaudit.threatmodel.errors import WaiverError

pytest_plugins = ["pytester"]

OWN = '''
def test_own():
    """A test of the project itself."""
'''
STOPPED = """
from contextlib import ExitStack

from idaudit.command.plan import programme_called
from idaudit.fixtures.targets.reference import ReferenceCities, ReferenceTarget
from idaudit.fixtures.targets.target import Target
from idaudit.threatmodel.loader import load


class StoppedClock(ReferenceTarget):
    advance_clock = Target.advance_clock
    unused = Target.unused

    def close(self):
        held = vars(self).pop("held", None)
        held.close() if held else super().close()


def open_target():
    held = ExitStack()
    cities = held.enter_context(ReferenceCities(programme_called(load(), "idnyc-2017").terms, 1))
    city = held.enter_context(cities.unused())
    city.__class__ = StoppedClock
    city.held = held
    return city
"""
QUIET = ("-p", "no:locust", "-p", "no:schemathesis", "-p", "no:cacheprovider")
HIDDEN, KIND = "nothing-hidden", "document-kind-forgotten"
BARCODE = "the_barcode_carries_what_is_printed_and_nothing_else"
NUMBER = "the_number_tells_neither_order_nor_date_nor_place"


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """
    Checks and defects are declared once in a process.

    Pytester unloads what a session within this process has loaded.
    """
    assert every_check()
    assert every_defect()
    assert session


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """Somebody's own project, with one test of its own."""
    pytester.makepyfile(test_own=OWN)
    return pytester


def _audited(project: pytest.Pytester, *words: str) -> pytest.RunResult:
    asked = ("--idaudit-only", HIDDEN, "--idaudit-seed", "1", "--idaudit-out", "out")
    return project.runpytest_inprocess(*QUIET, *asked, *words)


def _told(project: pytest.Pytester, out: str = "out") -> dict[str, tuple[str, list[str]]]:
    """Return the verdict on each promise that was asked about, with its reason codes."""
    audit = json.loads((project.path / out / "audit.json").read_text())
    return {
        each["id"]: (
            each["verdict"],
            [one["reason"] for check in each["checks"] for one in check["findings"]],
        )
        for each in audit["guarantees"]
        if each["id"] in {HIDDEN, KIND}
    }


def test_an_honest_city_is_kept_beside_the_projects_own_tests(project: pytest.Pytester) -> None:
    """Each check is a test of its own, and the reports lie where they were wanted."""
    result = _audited(project, "--idaudit-target", "reference", "-v")

    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines([f"idaudit::{HIDDEN}::{BARCODE} PASSED*", f"kept: {HIDDEN}: *"])
    assert _told(project)[HIDDEN] == ("kept", [])
    assert (project.path / "out" / "sarif-github.json").is_file()


def test_a_check_that_was_left_out_leaves_its_promise_not_shown(project: pytest.Pytester) -> None:
    """All that ran is green, and still the session does not end as a success."""
    result = _audited(project, "--idaudit-target", "reference", "-k", BARCODE)

    assert result.ret == NOT_SHOWN
    result.assert_outcomes(passed=1, deselected=2)
    result.stdout.fnmatch_lines([f"not-shown: {HIDDEN}: *"])
    assert _told(project)[HIDDEN][0] == "not-shown"


def test_what_a_system_does_not_offer_is_no_pass(project: pytest.Pytester) -> None:
    """Its check is an expected failure with the reason, and the promise is not shown."""
    project.makepyfile(system=STOPPED)

    result = _audited(project, "--idaudit-target", "system.py", "-rx", "-k", f"{NUMBER} or own")

    assert result.ret == NOT_SHOWN
    result.assert_outcomes(passed=1, xfailed=1, deselected=1)
    result.stdout.fnmatch_lines([f"XFAIL idaudit::{HIDDEN}::{NUMBER} - not shown: needs advance*"])
    assert _told(project)[HIDDEN][0] == "not-shown"


def test_a_waiver_of_what_nobody_asked_is_refused(project: pytest.Pytester) -> None:
    """As `idaudit run` does: it must not lie in wait for a violation to come."""
    waived = """
        [[waiver]]
        guarantee = "photo-apart"
        reason = "Photographs move to a store of their own."
        owner = "Chief privacy officer"
        expires = 2099-03-31
    """
    project.path.joinpath("w.toml").write_text(waived)

    result = _audited(
        project, "--idaudit-target", "reference", "--idaudit-waivers", "w.toml", "-k", NUMBER
    )

    assert result.ret == WaiverError.exit_code
    result.stdout.fnmatch_lines(["*waiver*photo-apart*"])
    assert not (project.path / "out" / "report.html").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--idaudit-target", "no-such.toml"), "no-such.toml: no such file"),
        (("--idaudit-target", "reference", "--idaudit-tier", "gait"), "did you mean 'gate'?"),
        (("--idaudit-target", "reference", "--idaudit-seed", "-3"), "-3: expected a number"),
        ((), "name a system: --idaudit-target"),
    ],
    ids=["no such file", "no such tier", "no such seed", "no target"],
)
def test_a_wrong_word_is_one_usage_error(
    project: pytest.Pytester, words: tuple[str, ...], told: str
) -> None:
    """One line on standard error says what is wrong; nothing is run and nothing written."""
    result = _audited(project, *words)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line]
    assert told in line
    assert not (project.path / "out").exists()


@pytest.mark.skipif(
    "IDAUDIT_EVERY_PROGRAM" not in os.environ,
    reason="not run: three processes that each load the suite; IDAUDIT_EVERY_PROGRAM=1 runs it",
)
def test_two_workers_find_what_one_finds(project: pytest.Pytester) -> None:
    """
    A seeded defect is caught with its reason, its neighbour is kept, and nothing is lost.

    Both sessions leave the same records, save the time each check took.
    """
    words = ("--idaudit-target", "reference", "--idaudit-defect", "counts-its-cards")
    words += ("--idaudit-only", KIND)

    alone = _audited(project, *words)
    spread = _audited(project, *words, "--idaudit-out", "spread", "-n", "2")

    expected = {HIDDEN: ("broken", ["number-in-order"]), KIND: ("kept", [])}
    for result, out in ((alone, "out"), (spread, "spread")):
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.assert_outcomes(passed=4, failed=1)
        result.stdout.fnmatch_lines(["*Broken (1): number-in-order", f"broken: {HIDDEN}: *"])
        assert _told(project, out) == expected
    assert len(_records(project, "out")) == 4
    assert _records(project, "spread") == _records(project, "out")


def _records(project: pytest.Pytester, out: str) -> dict[str, dict[str, object]]:
    """Return what the evidence holds of each check, save how long it took."""
    lines = (project.path / out / "evidence.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    checks = [entry["record"] for entry in entries if entry["kind"] == "check"]
    return {check["id"]: {**check, "seconds": 0} for check in checks}


def test_without_the_option_nothing_of_the_suite_is_there(tmp_path: Path) -> None:
    """Whoever has idaudit installed pays for two modules and collects nothing of it."""
    (tmp_path / "test_own.py").write_text(OWN)
    asked = (
        f"import sys, pytest; code = pytest.main({[*QUIET, '-q']!r}); "
        "print(sorted(name for name in sys.modules if name.startswith('idaudit.'))); sys.exit(code)"
    )

    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    wanted = ["idaudit.command", "idaudit.command.under_pytest"]
    assert done.stdout.splitlines()[-1] == str([*wanted, "idaudit.command.under_pytest.options"])
