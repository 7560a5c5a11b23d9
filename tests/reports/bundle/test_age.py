"""A bundle can be checked by every version to come."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from idaudit.reports.bundle.opening import open_bundle
from idaudit.reports.bundle.suite import Suite
from idaudit.reports.bundle.verifying import verify
from idaudit.reports.codec import decode
from idaudit.reports.record import PlannedCheck, RunRecord

SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize("version", [each.name for each in SAMPLES.iterdir() if each.is_dir()])
def test_a_bundle_an_earlier_version_wrote_is_verified(
    version: str, suite: Suite, broken: RunRecord
) -> None:
    """Its evidence, its promises and its statements are read and judged as they were."""
    later = replace(suite, version="9.9.9")
    bundle = open_bundle(SAMPLES / version)
    marks = {each.about: each.mark for each in verify(bundle, later, date(2026, 3, 2))}

    assert bundle.record == broken
    assert {about for about, mark in marks.items() if mark != "ok"} == {"reports"}
    assert json.loads(bundle.texts["audit.json"])["summary"]["broken"] == 1


def test_only_a_field_marked_as_added_may_be_missing() -> None:
    """A field that was always there and is gone means damage."""
    whole = {"id": "it_holds", "guarantee": "court-only", "needs_controls": True}

    assert decode(PlannedCheck, whole) == PlannedCheck(
        "it_holds", "court-only", needs_controls=True
    )
    with pytest.raises(ValueError, match="lacks the field 'needs_controls'"):
        decode(PlannedCheck, {"id": "it_holds", "guarantee": "court-only"})
