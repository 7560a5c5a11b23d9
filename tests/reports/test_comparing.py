"""What became of a promise is told as it is: not found any more is not fixed."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from idaudit.command.main import exit_code_of
from idaudit.reports.audit import Audit, Waiver
from idaudit.reports.comparing.change import cautions, exit_code, steps
from idaudit.reports.comparing.formats import as_csv, as_json
from idaudit.reports.comparing.page import comparison_page
from idaudit.reports.comparing.reported import read_reported
from idaudit.reports.comparing.words import WORDS, Change
from idaudit.reports.judge import judge
from idaudit.reports.record import Finding, RunRecord
from idaudit.reports.renderers import render
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Outcome

Reporting = Callable[[Audit, str], Path]


@pytest.fixture
def filed(tmp_path: Path, model: ThreatModel) -> Reporting:
    """Leave an audit as a run leaves it, and return its folder."""

    def file(audit: Audit, name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "audit.json").write_text(render("json", audit, model), encoding="utf-8")
        return folder

    return file


@pytest.fixture
def doubtful(record: RunRecord, model: ThreatModel) -> Audit:
    """The run in which the check of scans could not judge."""
    first, *rest = record.checks
    unsure = replace(first, outcome=Outcome.INCONCLUSIVE, reason="No place could be searched.")
    return judge(replace(record, checks=(unsure, *rest)), model)


def _scan(old: Path, new: Path) -> tuple[Change, int]:
    """Return what became of the promise about scans, and the exit code."""
    found = steps(read_reported(old), read_reported(new))
    return next(s.change for s in found if s.guarantee == "no-scan-kept"), exit_code(found)


def test_what_was_kept_and_is_broken_is_new(
    filed: Reporting, kept_audit: Audit, broken_audit: Audit
) -> None:
    """A new violation fails a gate that compares; the same one does not fail it twice."""
    kept, broken = filed(kept_audit, "kept"), filed(broken_audit, "broken")

    assert _scan(kept, broken) == (Change.NEW, 1)
    assert _scan(broken, broken) == (Change.STILL_BROKEN, 0)
    assert _scan(kept, kept) == (Change.STILL_KEPT, 0)


def test_only_what_is_shown_to_be_kept_is_fixed(
    filed: Reporting, kept_audit: Audit, broken_audit: Audit, doubtful: Audit
) -> None:
    """A violation that nobody could look for again may still be there."""
    broken, unsure = filed(broken_audit, "broken"), filed(doubtful, "doubtful")

    assert _scan(broken, filed(kept_audit, "kept")) == (Change.FIXED, 0)
    assert _scan(broken, unsure) == (Change.NOT_SHOWN_FIXED, 0)


def test_what_was_kept_and_cannot_be_shown_has_got_worse(
    filed: Reporting, kept_audit: Audit, doubtful: Audit
) -> None:
    """Losing sight of a promise is a regression with a code of its own."""
    kept, unsure = filed(kept_audit, "kept"), filed(doubtful, "doubtful")

    assert _scan(kept, unsure) == (Change.NO_LONGER_SHOWN, 2)
    assert _scan(unsure, unsure) == (Change.STILL_NOT_SHOWN, 0)
    assert _scan(unsure, kept) == (Change.NEWLY_SHOWN, 0)


def test_a_promise_taken_back_is_noticed(
    filed: Reporting, kept_audit: Audit, broken_audit: Audit
) -> None:
    """A programme that stops promising what it kept, or broke, does not pass for better."""
    first, *rest = kept_audit.guarantees
    fewer = filed(replace(kept_audit, guarantees=tuple(rest)), "fewer")

    assert first.guarantee == "no-scan-kept"
    assert _scan(filed(kept_audit, "kept"), fewer) == (Change.NO_LONGER_PROMISED, 2)
    assert _scan(filed(broken_audit, "broken"), fewer) == (Change.NO_LONGER_PROMISED, 2)


def test_a_second_way_of_breaking_it_is_new_as_well(
    filed: Reporting, broken: RunRecord, broken_audit: Audit, finding: Finding, model: ThreatModel
) -> None:
    """What is broken already can get worse; another reason code says that it did."""
    first, *rest = broken.checks
    worse = replace(first, findings=(finding, replace(finding, reason="scan-served")))
    fallen = filed(judge(replace(broken, checks=(worse, *rest)), model), "worse")
    before = filed(broken_audit, "broken")

    assert _scan(before, fallen) == (Change.ANOTHER_WAY, 1)
    (step,) = (
        s
        for s in steps(read_reported(before), read_reported(fallen))
        if s.change is Change.ANOTHER_WAY
    )
    assert (step.appeared, step.gone) == (("scan-served",), ())
    assert _scan(fallen, before) == (Change.STILL_BROKEN, 0)


def test_an_acceptance_that_ends_is_nothing_new(
    filed: Reporting, broken: RunRecord, broken_audit: Audit, model: ThreatModel, waiver_day: date
) -> None:
    """It was broken all along: somebody accepted it, and the report said so."""
    waived = judge(broken, model, [Waiver("no-scan-kept", "Soon.", "The CPO", waiver_day)])
    accepted, fallen = filed(waived, "waived"), filed(broken_audit, "broken")

    assert _scan(accepted, fallen) == (Change.STILL_BROKEN, 0)
    assert _scan(fallen, accepted) == (Change.ACCEPTED, 0)


def test_every_change_has_its_words() -> None:
    """A change that nobody can read about is no help."""
    assert set(WORDS) == set(Change)


def test_what_makes_audits_hard_to_compare_is_said(
    filed: Reporting, kept_audit: Audit, record: RunRecord, model: ThreatModel
) -> None:
    """Another programme, another tier or a run cut short: each stands beside the result."""
    deeper = replace(kept_audit, header=replace(kept_audit.header, tier="full"))
    cut = judge(replace(record, end=None), model)
    read = [read_reported(filed(each, f"{n}")) for n, each in enumerate((kept_audit, deeper, cut))]

    told = " ".join(cautions(read))

    assert "Not of the same tier: gate, full, gate." in told
    assert "did not finish" in told
    assert "programme" not in told


def test_systems_stand_side_by_side_and_nothing_is_added_up(
    filed: Reporting, kept_audit: Audit, broken_audit: Audit, doubtful: Audit
) -> None:
    """A row for each promise, a column for each system, and no score anywhere."""
    audits = [
        read_reported(filed(each, name))
        for each, name in ((kept_audit, "a"), (broken_audit, "b"), (doubtful, "c"))
    ]
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(as_csv(audits), newline=""))}
    data = json.loads(as_json(audits, ()))

    assert rows["no-scan-kept"] == ["kept", "broken", "not-shown"]
    assert rows["headline: documents"] == ["kept", "broken", "not-shown"]
    assert len(set(rows["guarantee"])) == 3
    assert {"id": "no-scan-kept", "verdicts": rows["no-scan-kept"]} in data["guarantees"]
    assert (data["changes"], data["exit_code"]) == ([], 0)


def test_a_name_is_never_a_formula(filed: Reporting, kept_audit: Audit) -> None:
    """A vendor names its own system, and a spreadsheet opens the column's head."""
    header = replace(kept_audit.header, target_name="=HYPERLINK(1)")
    audits = [read_reported(filed(replace(kept_audit, header=header), name)) for name in ("a", "b")]
    ours = replace(audits[1], target="ours")

    (head, *_) = csv.reader(io.StringIO(as_csv([audits[0], ours]), newline=""))

    assert head[1] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "idaudit/audit/v9"}', '{"schema": "idaudit/audit/v1"}']
)
def test_what_is_no_audit_is_refused(tmp_path: Path, text: str) -> None:
    """A comparison with something else would call everything new."""
    (tmp_path / "audit.json").write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=r"expected the audit\.json of a run"):
        read_reported(tmp_path)


def test_a_folder_without_an_audit_is_named(tmp_path: Path) -> None:
    """A mistyped path is the caller's error."""
    with pytest.raises(UsageError, match="nowhere"):
        read_reported(tmp_path / "nowhere")


def test_the_command_tells_the_change_and_leaves_with_its_code(
    filed: Reporting, kept_audit: Audit, broken_audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    """New and fixed by name and reason code; side by side it judges nothing."""
    kept, broken = str(filed(kept_audit, "kept")), str(filed(broken_audit, "broken"))

    assert exit_code_of(["diff", kept, broken]) == 1
    told = capsys.readouterr().out
    assert "newly broken: no-scan-kept +scan-survives" in told
    assert "1 newly broken, 1 still not shown, 3 still kept, 1 does not apply." in told
    assert exit_code_of(["diff", broken, kept]) == 0
    assert "fixed: no-scan-kept -scan-survives" in capsys.readouterr().out
    assert exit_code_of(["diff", kept, broken, kept]) == 0
    assert exit_code_of(["diff", "--side-by-side", kept, broken]) == 0
    assert f"no-scan-kept: Reference city ({kept}) kept, Reference city ({broken}) broken" in (
        capsys.readouterr().out
    )
    assert exit_code_of(["diff", kept, broken, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["changes"][0]["change"] == "newly-broken"
    assert exit_code_of(["diff", kept]) == 64


def test_a_report_cannot_move_a_terminal(filed: Reporting, kept_audit: Audit) -> None:
    """What a file says is shown, not obeyed, even where somebody wrote it by hand."""
    folder = filed(kept_audit, "kept")
    file = folder / "audit.json"
    file.write_text(file.read_text("utf-8").replace("Reference city", "\\u001b[2J"), "utf-8")

    assert "\x1b" not in read_reported(folder).target


def test_the_page_sets_systems_side_by_side(
    filed: Reporting, kept_audit: Audit, broken_audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    """A column for each system and a bar where they differ, in any language; nothing loaded."""
    kept, broken = str(filed(kept_audit, "kept")), str(filed(broken_audit, "broken"))

    assert exit_code_of(["diff", kept, broken, kept, "--html"]) == 0
    page = capsys.readouterr().out
    assert page.count('<th scope="col">') == 4
    assert '<tr id="no-scan-kept" class="differs">' in page
    assert '<tr id="court-only">' in page
    assert "Scan survives" in page
    assert "What changed" not in page
    assert not re.search(r"<script|<link|@import|url\((?!#)|https?://", page)
    assert exit_code_of(["diff", kept, broken, "--html", "--lang", "es"]) == 1
    page = capsys.readouterr().out
    assert "Qué cambió" in page
    assert "<code>+scan-survives</code>" in page
    assert exit_code_of(["diff", kept, broken, "--html", "--lang", "xx"]) == 64


def test_a_promise_unknown_here_has_its_row(filed: Reporting, kept_audit: Audit) -> None:
    """An audit by another version stands beside ours, with what it alone knows."""
    theirs = read_reported(filed(kept_audit, "theirs"))
    strange = replace(theirs.said[0], guarantee="no-drones")
    page = comparison_page([theirs, replace(theirs, said=(*theirs.said, strange))], (), load())

    assert "Unknown to this version" in page
    assert '<tr id="no-drones" class="differs">' in page
