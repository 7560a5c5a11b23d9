"""A bundle can be checked by every version to come."""

import json
from datetime import date
from pathlib import Path

import pytest

from idaudit.reports.bundle.opening import open_bundle
from idaudit.reports.bundle.suite import Suite
from idaudit.reports.bundle.verifying import verify
from idaudit.reports.codec import decode
from idaudit.reports.record import PlannedCheck

SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize("version", [each.name for each in SAMPLES.iterdir() if each.is_dir()])
def test_a_bundle_an_earlier_version_wrote_is_verified(version: str) -> None:
    """Its evidence, its promises and its statements are read and judged as they were."""
    bundle = open_bundle(SAMPLES / version)
    later = Suite("9.9.9", bundle.model)
    marks = {each.about: each.mark for each in verify(bundle, later, date(2026, 3, 2))}

    assert {about for about, mark in marks.items() if mark != "ok"} == {"reports"}
    assert json.loads(bundle.texts["audit.json"])["summary"]["broken"] == 1
    assert len(bundle.record.header.planned) == 4
    assert not any(planned.by_reading for planned in bundle.record.header.planned)


def test_only_a_field_marked_as_added_may_be_missing() -> None:
    """A field that was always there and is gone means damage."""
    whole = {"id": "it_holds", "guarantee": "court-only", "needs_controls": True}

    assert decode(PlannedCheck, whole) == PlannedCheck(
        "it_holds", "court-only", needs_controls=True
    )
    with pytest.raises(ValueError, match="lacks the field 'needs_controls'"):
        decode(PlannedCheck, {"id": "it_holds", "guarantee": "court-only"})
