"""JUnit, CSV and SARIF say the same as the audit, each in its own words."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from idaudit.reports.audit import Audit, Waiver
from idaudit.reports.judge import judge
from idaudit.reports.record import Finding, RunRecord
from idaudit.reports.renderers import formats, render
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Outcome

ROOT = Path(__file__).parents[2]
SUBSET = json.loads((Path(__file__).parent / "sarif-subset.json").read_text(encoding="utf-8"))


@pytest.fixture
def waived_audit(broken: RunRecord, model: ThreatModel, waiver_day: date) -> Audit:
    """The run in which a scan was found and somebody accepts it."""
    return judge(broken, model, [Waiver("no-scan-kept", "Soon.", "The CPO", waiver_day)])


def _cases(audit: Audit, model: ThreatModel) -> dict[str, Element]:
    """Return the JUnit cases by name."""
    root = fromstring(render("junit", audit, model))  # noqa: S314  our own output
    return {case.get("name", ""): case for case in root.iter("testcase")}


def _sarif(form: str, audit: Audit, model: ThreatModel) -> dict[str, list[dict[str, object]]]:
    """Return the one run of a SARIF file that fits the subset."""
    data = json.loads(render(form, audit, model))
    Draft202012Validator(SUBSET, format_checker=FormatChecker()).validate(data)
    run = data["runs"][0]
    assert isinstance(run, dict)
    return run


def test_every_promise_is_one_case(broken_audit: Audit, model: ThreatModel) -> None:
    """Broken fails; what the gate does not ask for is skipped, and says why."""
    cases = _cases(broken_audit, model)

    assert {name: [child.tag for child in case] for name, case in cases.items()} == {
        "no-scan-kept": ["failure"],
        "nothing-derived": [],
        "kill-switch": [],
        "court-only": [],
        "private-booking": ["skipped"],
        "nothing-hidden": ["skipped"],
    }
    assert cases["nothing-hidden"][0].get("message", "").startswith("not-shown: ")
    assert "3. The scan stayed." in "".join(cases["no-scan-kept"].itertext())


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.ERROR])
def test_a_check_that_could_not_judge_is_an_error_and_never_skipped(
    record: RunRecord, model: ThreatModel, outcome: Outcome
) -> None:
    """Build servers colour skipped cases green."""
    first, *rest = record.checks
    audit = judge(replace(record, checks=(replace(first, outcome=outcome), *rest)), model)

    assert [child.tag for child in _cases(audit, model)["no-scan-kept"]] == ["error"]


def test_the_counts_of_a_suite_match_its_cases(broken_audit: Audit, model: ThreatModel) -> None:
    """A build server that reads only the head of the file is told the same."""
    root = fromstring(render("junit", broken_audit, model))  # noqa: S314  our own output
    for suite in (root, *root.iter("testsuite")):
        tags = Counter(child.tag for case in suite.iter("testcase") for child in case)

        assert suite.get("tests") == str(len(list(suite.iter("testcase"))))
        assert suite.get("failures") == str(tags["failure"])
        assert suite.get("errors") == str(tags["error"])
        assert suite.get("skipped") == str(tags["skipped"])


def test_a_waived_case_says_so_in_its_name(waived_audit: Audit, model: ThreatModel) -> None:
    """A green case named like a kept promise would be a lie."""
    assert "no-scan-kept (not kept, accepted by The CPO until 2026-06-30)" in _cases(
        waived_audit, model
    )


def test_the_sheet_has_one_row_per_promise(broken_audit: Audit, model: ThreatModel) -> None:
    """A spreadsheet's reader sees verdict, reason and source beside each other."""
    rows = list(csv.DictReader(io.StringIO(render("csv", broken_audit, model), newline="")))

    assert [row["guarantee"] for row in rows] == list(model.guarantees)
    assert (rows[0]["verdict"], rows[0]["findings"]) == ("broken", "1")
    assert rows[0]["source"] == "Local Law 35 of 2014 e(3)"


def test_sarif_keeps_every_verdict(broken_audit: Audit, model: ThreatModel) -> None:
    """The archive tells open from passed, and a finding carries its story."""
    results = _sarif("sarif", broken_audit, model)["results"]

    assert {one["ruleId"]: one["kind"] for one in results} == {
        "no-scan-kept": "fail",
        "nothing-derived": "pass",
        "kill-switch": "pass",
        "court-only": "pass",
        "private-booking": "notApplicable",
        "nothing-hidden": "open",
    }
    assert "The scan stayed." in str(results[0]["message"])


def test_sarif_marks_what_was_waived(waived_audit: Audit, model: ThreatModel) -> None:
    """Accepted is not gone: the result stays, with who accepted it."""
    result = _sarif("sarif", waived_audit, model)["results"][0]

    assert (result["kind"], result["level"]) == ("fail", "error")
    assert "accepted by The CPO until 2026-06-30" in str(result["suppressions"])


def test_the_same_finding_keeps_its_fingerprint(
    broken: RunRecord, model: ThreatModel, finding: Finding
) -> None:
    """A second finding beside it does not make the first one new."""
    first, *rest = broken.checks
    other = replace(finding, surface="access-log")
    more = replace(broken, checks=(replace(first, findings=(other, finding)), *rest))

    (alone,) = _prints(judge(broken, model), model)
    both = _prints(judge(more, model), model)

    assert alone == both[1]
    assert both[0] != both[1]


def _prints(audit: Audit, model: ThreatModel) -> list[str]:
    """Return the fingerprints of what GitHub is shown."""
    return [str(one["partialFingerprints"]) for one in _github(audit, model)]


def _github(audit: Audit, model: ThreatModel) -> list[dict[str, object]]:
    """Return the results of the subset, which all point into the repository."""
    results = _sarif("sarif-github", audit, model)["results"]
    for uri in _values(results, "uri"):
        assert uri.startswith("threatmodel/guarantees/")
    for one in results:
        assert "physicalLocation" in str(one["locations"])
        assert one["kind"] == "fail"
    return results


def _values(data: object, key: str) -> Iterator[str]:
    """Yield every value under *key*, however deep."""
    if isinstance(data, dict):
        yield from (str(data[key]) for _ in range(1) if key in data)
        for value in data.values():
            yield from _values(value, key)
    if isinstance(data, list):
        for value in data:
            yield from _values(value, key)


def test_github_is_shown_what_is_broken_and_what_was_required_and_not_shown(
    broken: RunRecord, model: ThreatModel
) -> None:
    """An alert for each, the broken first; what no check can see yet is none."""
    *most, last = broken.checks
    audit = judge(replace(broken, checks=(*most, replace(last, trials=0))), model)

    assert [(one["ruleId"], one["level"]) for one in _github(audit, model)] == [
        ("no-scan-kept", "error"),
        ("court-only", "warning"),
    ]


def test_github_is_shown_nothing_when_all_is_kept(kept_audit: Audit, model: ThreatModel) -> None:
    """No alert is right only where the audit would exit with 0."""
    assert _github(kept_audit, model) == []


def test_github_is_never_sent_an_empty_file_by_a_run_that_showed_nothing(
    record: RunRecord, model: ThreatModel
) -> None:
    """An empty upload looks clean; a run that required nothing is not."""
    audit = judge(replace(record, header=replace(record.header, selected=())), model)

    (result,) = _github(audit, model)

    assert "shows nothing" in str(result["message"])


def test_github_is_sent_no_more_than_it_shows(
    broken: RunRecord, model: ThreatModel, finding: Finding
) -> None:
    """The cut is stated, and the archive holds the rest."""
    first, *rest = broken.checks
    many = tuple(replace(finding, location=f"row {number}") for number in range(5_003))
    audit = judge(replace(broken, checks=(replace(first, findings=many), *rest)), model)

    assert len(_github(audit, model)) == 5_000
    assert "3 more results did not fit" in render("sarif-github", audit, model)
    assert len(_sarif("sarif", audit, model)["results"]) == 5_003 + 5


def test_every_shipped_promise_points_at_its_own_line(record: RunRecord) -> None:
    """The line a code-scanning page opens is the head of the promise's table."""
    model = load()
    header = replace(record.header, program=next(iter(model.programmes)), planned=())
    audit = judge(replace(record, header=header, checks=()), model)

    results = _sarif("sarif", audit, model)["results"]

    assert len(results) == len(model.guarantees) == 40
    for result in results:
        (line,), (path,) = _values(result, "startLine"), _values(result, "uri")
        text = (ROOT / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert text.strip() == f"[{result['ruleId']}]"


def test_an_unknown_format_is_named_with_the_known_ones() -> None:
    """A mistyped --format is the caller's error."""
    known = {"csv", "html", "html-es", "json", "junit", "md", "sarif", "sarif-github"}
    assert known <= set(formats())
    with pytest.raises(UsageError, match="did you mean 'junit'"):
        render("junti", None, None)  # type: ignore[arg-type]  # refused before either is read
