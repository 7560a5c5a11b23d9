"""A build server takes what it is given, however badly a city fails."""

import gzip
import json
import random
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from jsonschema import Draft202012Validator

from idaudit.reports.audit import Audit
from idaudit.reports.judge import judge
from idaudit.reports.markdown import BUDGET
from idaudit.reports.record import Finding, RunRecord
from idaudit.reports.renderers import render
from idaudit.reports.sarif_github import LIMIT, SIZE
from idaudit.threatmodel.model import ThreatModel

FINDINGS = 5_003
SUBSET = json.loads((Path(__file__).parent / "sarif-subset.json").read_text(encoding="utf-8"))


def _fallen(broken: RunRecord, model: ThreatModel, findings: tuple[Finding, ...]) -> Audit:
    first, *rest = broken.checks
    return judge(replace(broken, checks=(replace(first, findings=findings), *rest)), model)


def _compressed(text: str) -> int:
    """Return how many bytes an upload of *text* has; gzip's own usual effort."""
    return len(gzip.compress(text.encode(), compresslevel=6))


@pytest.fixture
def ruin(broken: RunRecord, model: ThreatModel, finding: Finding) -> Audit:
    """A city with more findings than are shown, each with a story that nothing compresses."""
    dice = random.Random(5)  # noqa: S311  a story, and no secret
    findings = (
        replace(
            finding, story=(b64encode(dice.randbytes(2_175)).decode(),), location=f"row {number}"
        )
        for number in range(FINDINGS)
    )
    return _fallen(broken, model, tuple(findings))


def test_code_scanning_takes_the_worst_city_there_is(ruin: Audit, model: ThreatModel) -> None:
    """GitHub's limits: results, rules, tags, locations, and bytes once compressed."""
    text = render("sarif-github", ruin, model)
    (run,) = (data := json.loads(text))["runs"]

    Draft202012Validator(SUBSET).validate(
        {**data, "runs": [{**run, "results": run["results"][:9]}]}
    )
    assert _compressed(text) <= SIZE
    assert len(run["results"]) == LIMIT
    assert len(run["tool"]["driver"]["rules"]) <= 25_000
    assert all(len(rule["properties"]["tags"]) <= 10 for rule in run["tool"]["driver"]["rules"])
    assert all(len(result["locations"]) <= 100 for result in run["results"])
    notes = json.dumps(run["invocations"])
    assert "3 more results did not fit" in notes
    assert "messages were cut to" in notes
    assert run["results"][0]["message"]["text"].endswith(" …")


def test_the_worst_city_would_not_fit_uncut(ruin: Audit, model: ThreatModel) -> None:
    """The archive, which nobody cuts, is larger than GitHub takes: the test above can fail."""
    assert _compressed(render("sarif", ruin, model)) > SIZE


def test_a_plain_failure_is_told_whole(
    broken: RunRecord, model: ThreatModel, finding: Finding
) -> None:
    """Cutting is for the worst: five thousand ordinary findings keep every word."""
    text = render("sarif-github", _fallen(broken, model, (finding,) * FINDINGS), model)

    assert _compressed(text) <= SIZE
    assert "messages were cut" not in text
    assert "3. The scan stayed." in text


def test_the_other_files_of_a_gate_stand_the_worst_city(ruin: Audit, model: ThreatModel) -> None:
    """The job's summary stays under a mebibyte, and JUnit is one case for each promise still."""
    assert len(render("md", ruin, model).encode()) <= BUDGET == 1024 * 1024
    root = fromstring(render("junit", ruin, model))  # noqa: S314  our own output
    assert len(list(root.iter("testcase"))) == len(model.guarantees)
