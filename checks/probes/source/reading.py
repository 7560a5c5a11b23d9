"""Reading a folder of Python with Bandit, and telling what promises its lines go against."""

import importlib
import logging
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idaudit.threatmodel.errors import UsageError


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind of line goes against, and how that is said."""

    id: str  # of the check it stands for: a sentence about the source
    guarantee: str
    reason: str
    sentence: str
    tests: tuple[str, ...]  # Bandit's ids, ours and its own


RULES: tuple[Rule, ...] = (
    Rule(
        "the_source_logs_nothing_that_people_send",
        "no-temporary-copy",
        "source-logs-what-was-sent",
        "a log is written with what somebody sent, or with a value of a person",
        ("I801", "I802"),
    ),
    Rule(
        "the_source_lays_no_paper_in_a_temporary_file",
        "no-temporary-copy",
        "source-spools-papers",
        "a paper or a photograph goes through a temporary file",
        ("I803", "I804"),
    ),
    Rule(
        "the_source_raises_no_error_with_a_persons_value",
        "least-access",
        "source-raises-with-values",
        "an error is raised with a value of a person in its words",
        ("I805",),
    ),
    Rule(
        "the_source_holds_no_secret",
        "encrypted",
        "source-holds-a-secret",
        "a key or a password stands in the program",
        ("I806",),
    ),
    Rule(
        "the_source_digests_no_identifier_without_a_key",
        "nothing-derived",
        "source-digests-plainly",
        "a number or a name is digested without a key, and can be turned back by trying",
        ("I807",),
    ),
    Rule(
        "the_source_talks_to_nobody_over_a_line_that_can_be_read",
        "encrypted",
        "source-trusts-any-line",
        "certificates are not checked, or an old version of TLS is spoken",
        ("B501", "B502", "B503", "B504", "B507"),
    ),
)
"""Every kind of line that goes against a promise, each claimed only where it is sure."""

_BY_TEST = {test: rule for rule in RULES for test in rule.tests}


@dataclass(frozen=True, slots=True)
class Line:
    """One line that goes against a promise."""

    rule: Rule
    place: str  # "desk/intake.py:41"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, what was found, and what could not be read."""

    files: int
    lines: tuple[Line, ...]
    unread: tuple[str, ...]

    def of(self, rule: Rule) -> tuple[Line, ...]:
        """Return the lines that go against *rule*."""
        return tuple(line for line in self.lines if line.rule is rule)


def read(folder: Path) -> Reading:
    """
    Read every Python file below *folder*; what its authors silenced is read as well.

    Raises:
        UsageError: there is no such folder, or no Python in it.

    """
    if not folder.is_dir():
        raise UsageError(f"--source {folder}: no such folder; name the target's own source")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library, and of what is read
        manager = _manager()
        manager.discover_files([str(folder)], recursive=True)
        if not manager.files_list:
            raise UsageError(f"--source {folder}: no Python there; expected the target's own")
        manager.run_tests()
    unread = tuple(_place(folder, name) for name, _ in manager.get_skipped())
    return Reading(len(manager.files_list), tuple(_lines(manager, folder)), unread)


def _manager() -> Any:  # noqa: ANN401  Bandit is untyped
    """Return Bandit with those of its own rules that go against a promise, and all of ours."""
    logging.getLogger("bandit").setLevel(logging.ERROR)
    core = {name: importlib.import_module(f"bandit.core.{name}") for name in ("config", "manager")}
    rules = importlib.import_module("idaudit.checks.probes.source.rules")
    theirs = [test for test in _BY_TEST if test.startswith("B")]
    manager = core["manager"].BanditManager(
        core["config"].BanditConfig(),
        "file",
        quiet=True,
        profile={"include": theirs},
        ignore_nosec=True,
    )
    for plugin in rules.PLUGINS:
        for node in plugin._checks:  # noqa: SLF001  how Bandit marks a plugin
            manager.b_ts.tests.setdefault(node, []).append(plugin)
    return manager


def _lines(manager: Any, folder: Path) -> Iterator[Line]:  # noqa: ANN401  Bandit is untyped
    for found in manager.get_issue_list():
        rule = _BY_TEST.get(found.test_id)
        if rule is not None:
            yield Line(rule, f"{_place(folder, found.fname)}:{found.lineno}")


def _place(folder: Path, name: str) -> str:
    path = Path(name)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name


def sorted_out(reading: Reading) -> Mapping[str, tuple[Line, ...]]:
    """Return the lines that go against each rule, by its id."""
    return {rule.id: reading.of(rule) for rule in RULES}
