"""``audit.json`` is a contract: its shape is pinned by its schema."""

import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator, ValidationError

from idaudit.reports.audit import Audit
from idaudit.reports.judge import judge
from idaudit.reports.record import RunRecord
from idaudit.reports.renderers import render
from idaudit.threatmodel.model import ThreatModel


@pytest.fixture
def schema() -> Draft202012Validator:
    """The schema as it ships."""
    text = files("idaudit.reports").joinpath("schemas/audit-v1.json").read_text(encoding="utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    return Draft202012Validator(json.loads(text))


def test_every_audit_fits_the_schema(
    schema: Draft202012Validator, record: RunRecord, broken: RunRecord, model: ThreatModel
) -> None:
    """Kept, broken or cut short, a script reads them all the same way."""
    cut = RunRecord(header=record.header)
    for run in (record, broken, cut):
        schema.validate(json.loads(render("json", judge(run, model), model)))


@pytest.mark.parametrize("name", ["headline", "summary", "guarantees", "finished", "suite"])
def test_the_schema_asks_for_what_the_contract_names(
    schema: Draft202012Validator, broken_audit: Audit, model: ThreatModel, name: str
) -> None:
    """A file without one of the contract's fields is no audit."""
    data = json.loads(render("json", broken_audit, model))
    del data[name]

    with pytest.raises(ValidationError, match="required"):
        schema.validate(data)


def test_the_contracts_fields_hold_what_was_found(broken_audit: Audit, model: ThreatModel) -> None:
    """The broken promise is there with its story, and the counts add up."""
    data = json.loads(render("json", broken_audit, model))
    scan = next(one for one in data["guarantees"] if one["id"] == "no-scan-kept")

    assert data["schema"] == "idaudit/audit/v1"
    assert data["headline"] == {"documents": "broken", "derived": "kept", "roster": "not-shown"}
    assert data["summary"]["broken"] == 1
    assert data["exit_code"] == 1
    assert data["started"] == "2026-03-01T09:30:00Z"
    assert scan["verdict"] == "broken"
    assert scan["checks"][0]["findings"] == [
        {
            "reason": "scan-survives",
            "story": [
                "A clerk opened an application.",
                "A reviewer approved it.",
                "The scan stayed.",
            ],
            "surface": "registry",
            "location": "papers.data#4",
            "canary": "a7.document_bytes",
            "form": "gzip/verbatim",
            "reproduce": "idaudit run --only no-scan-kept --seed 7",
        }
    ]
