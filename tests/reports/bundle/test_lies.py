"""A signature shows who speaks, not that they tell the truth: what was signed is judged again."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from idaudit.reports.bundle.basis import BASIS, read_basis, write_basis
from idaudit.reports.bundle.opening import BrokenBundle, open_bundle
from idaudit.reports.bundle.suite import Suite
from idaudit.reports.bundle.verifying import verify
from idaudit.reports.evidence import write_evidence
from idaudit.reports.record import CheckRecord, RunRecord
from idaudit.threatmodel.verdict import Outcome

TODAY = date(2026, 3, 2)
Forger = Callable[..., Path]


def _marks(folder: Path, suite: Suite) -> dict[str, str]:
    """Verify a bundle, and return how each point stands."""
    return {point.about: point.mark for point in verify(open_bundle(folder), suite, TODAY)}


def test_a_bundle_signed_anew_and_true_is_verified(forge: Forger, suite: Suite) -> None:
    """The forger of these tests can tell the truth, so what follows is caught for the lie."""
    assert set(_marks(forge(), suite).values()) == {"ok"}


def _kept(audit: Any) -> None:  # noqa: ANN401  JSON
    """Turn what was broken into kept."""
    for one in audit["guarantees"]:
        one["verdict"] = "kept" if one["verdict"] == "broken" else one["verdict"]


def test_a_verdict_changed_in_the_report_for_programs_is_seen(
    forge: Forger, folder: Path, suite: Suite
) -> None:
    """``audit.json`` says what the evidence says, or the bundle is refused."""
    audit = json.loads((folder / "audit.json").read_bytes())
    _kept(audit)
    forge({"audit.json": json.dumps(audit, indent=2).encode()})

    with pytest.raises(BrokenBundle, match=r"audit\.json: says kept of no-scan-kept; .* broken"):
        _marks(folder, suite)


LIES: dict[str, tuple[Callable[[Any, Any], object], str]] = {
    "a verdict": (lambda said, _: _kept(said["predicate"]["audit"]), "says kept of no-scan-kept"),
    "a promise fewer": (
        lambda said, _: said["predicate"]["audit"]["guarantees"].pop(),
        "says None of",
    ),
    "a headline": (
        lambda said, _: said["predicate"]["audit"]["headline"].update(documents="kept"),
        "says kept of the headline documents",
    ),
    "the exit code": (
        lambda said, _: said["predicate"]["audit"].update(exit_code=0),
        "says 0 of exit_code",
    ),
    "a headline without what went untested": (
        lambda said, _: said["predicate"]["audit"]["headline"].update(roster="kept"),
        "says kept of the headline roster",
    ),
    "a headline that is none": (
        lambda said, _: said["predicate"]["audit"].update(headline=["kept"]),
        "of every promise",
    ),
    "no verdicts at all": (lambda said, _: said["predicate"].pop("audit"), "of every promise"),
    "a reason": (
        lambda said, _: said["predicate"]["audit"]["guarantees"][0].update(reason="All is well."),
        "verdicts/v1 is not what the evidence says",
    ),
    "the test result": (
        lambda _, result: result["predicate"].update(result="PASSED"),
        "test-result/v0.1 is not what the evidence says",
    ),
    "a failed test": (
        lambda _, result: result["predicate"]["failedTests"].pop(),
        "test-result/v0.1 is not what the evidence says",
    ),
    "how long to rely on it": (
        lambda said, _: said["predicate"].update(relied_on_until="2036-01-01"),
        "says 2036-01-01",
    ),
    "no day at all": (
        lambda said, _: said["predicate"].pop("relied_on_until"),
        "does not say under what circumstances",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_statement_that_is_not_the_evidences_is_refused(
    forge: Forger, suite: Suite, lie: str
) -> None:
    """Whatever its key, what it says of the evidence is compared with the evidence."""
    edit, told = LIES[lie]
    folder = forge(edit=edit)

    with pytest.raises(BrokenBundle) as error:
        _marks(folder, suite)

    assert told in str(error.value)


def test_a_page_that_was_touched_up_before_signing_is_seen(
    forge: Forger, folder: Path, suite: Suite
) -> None:
    """The version that wrote the page writes it again and compares."""
    page = (folder / "report.html").read_bytes()
    forge({"report.html": page.replace(b"broke 1 promise", b"kept its promises")})

    with pytest.raises(BrokenBundle, match=r"report\.html: is not what this version writes"):
        _marks(folder, suite)


def test_another_version_says_that_it_cannot_compare_the_pages(folder: Path, suite: Suite) -> None:
    """Wording changes from version to version; verdicts do not."""
    marks = _marks(folder, replace(suite, version="0.2.0 fffffff"))

    assert {about for about, mark in marks.items() if mark == "note"} == {"reports"}


def _without(record: RunRecord, name: str) -> RunRecord:
    """Return *record* without the line of one check."""
    return replace(record, checks=tuple(one for one in record.checks if one.guarantee != name))


def test_a_check_left_out_of_the_evidence_is_missed(
    forge: Forger, folder: Path, suite: Suite, broken: RunRecord
) -> None:
    """The plan says what should have run; a line left out shows nothing and changes the verdict."""
    forge({"evidence.jsonl": write_evidence(_without(broken, "no-scan-kept"))})

    with pytest.raises(BrokenBundle, match=r"says broken of no-scan-kept; .* not-shown"):
        _marks(folder, suite)


def test_a_check_turned_round_in_the_evidence_is_seen(
    forge: Forger, folder: Path, suite: Suite, broken: RunRecord
) -> None:
    """Even with every line linked anew, the verdicts no longer follow."""

    def passed(check: CheckRecord) -> CheckRecord:
        return replace(check, outcome=Outcome.PASS, findings=())

    turned = replace(broken, checks=tuple(map(passed, broken.checks)))
    forge({"evidence.jsonl": write_evidence(turned)})

    with pytest.raises(BrokenBundle, match=r"says broken of no-scan-kept; .* kept"):
        _marks(folder, suite)


def test_evidence_whose_lines_do_not_follow_is_named(forge: Forger, folder: Path) -> None:
    """A line edited without linking the rest anew is named by number."""
    text = (folder / "evidence.jsonl").read_bytes()
    forge({"evidence.jsonl": text.replace(b'"seed": 7', b'"seed": 8', 1)})

    with pytest.raises(BrokenBundle, match=r"evidence\.jsonl:2: .*edited"):
        open_bundle(folder)


def test_a_promise_struck_out_of_the_programme_shows(
    forge: Forger, folder: Path, suite: Suite
) -> None:
    """A programme that no longer promises what was broken gives other verdicts."""
    basis = read_basis((folder / BASIS).read_bytes())
    clause = replace(basis.programme.clauses["no-scan-kept"], applies=False, why="Struck out.")
    clauses = {**basis.programme.clauses, "no-scan-kept": clause}
    struck = replace(basis, programme=replace(basis.programme, clauses=clauses))
    forge({BASIS: write_basis(struck)})

    with pytest.raises(BrokenBundle, match=r"says broken of no-scan-kept; .* not-applicable"):
        _marks(folder, suite)


def test_a_programme_this_version_does_not_ship_is_noted(folder: Path, suite: Suite) -> None:
    """Whoever wrote promises of their own is judged by them, and a reader is told."""
    programme = suite.model.programmes["statute"]
    clause = replace(programme.clauses["court-only"], why="Reworded.")
    reworded = replace(programme, clauses={**programme.clauses, "court-only": clause})
    other = replace(suite.model, programmes={"statute": reworded})

    points = tuple(verify(open_bundle(folder), replace(suite, model=other), TODAY))

    (said,) = [point for point in points if point.about == "programme"]
    assert said.mark == "note"
    assert "court-only" in said.told
    none = replace(suite.model, programmes={})
    assert _marks(folder, replace(suite, model=none))["programme"] == "note"


def test_a_manifest_that_says_otherwise_than_the_signature_is_refused(
    forge: Forger, folder: Path
) -> None:
    """Whoever checks with other tools must not be told something else."""
    forge(listed=lambda named: named.update({"audit.json": "0" * 64}))

    with pytest.raises(BrokenBundle, match="SHA256SUMS: does not list the files"):
        open_bundle(folder)


def test_a_basis_that_cannot_be_read_is_named(forge: Forger, folder: Path) -> None:
    """A programme with a field too many could mean anything."""
    basis = json.loads((folder / BASIS).read_bytes())
    forge({BASIS: json.dumps({**basis, "note": "ours"}).encode()})

    with pytest.raises(BrokenBundle, match=r"basis\.json: cannot be judged by: .*'note'"):
        open_bundle(folder)


@pytest.mark.parametrize("name", [BASIS, "audit.json", "evidence.jsonl"])
def test_rubbish_that_is_signed_is_rubbish(
    forge: Forger, folder: Path, suite: Suite, name: str
) -> None:
    """A right signature over nothing that can be read ends in the same one line."""
    for rubbish in (b"[" * 100_000 + b"\n", b"\xff\n", b"[]\n", b""):
        forge({name: rubbish})

        with pytest.raises(BrokenBundle):
            _marks(folder, suite)
