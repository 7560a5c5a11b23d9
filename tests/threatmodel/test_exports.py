"""What the exports say: nothing forgotten, nothing claimed that was not shown, each time alike."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from hashlib import sha256
from itertools import combinations, cycle
from typing import Any

import pytest

from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.exports import EXPORTERS, Export
from idaudit.threatmodel.exports.owasp_tml_threats import NOBODY
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.status import Standing, Status

each_format = pytest.mark.parametrize("format_", EXPORTERS)

LEFT_HOME = {
    "threat.draft", "element.surfaces", "flow.operations", "adversary.words", "adversary.draft",
    "bearer.words", "programme",
}  # fmt: skip
"""What no format takes: how the suite keeps and audits the model, and what cities promised."""
LOST = {
    "threat-dragon": LEFT_HOME | {
        "authority-boundary.instruments", "authority-boundary.sources", "adversary.id",
        "adversary.wants", "adversary.can", "adversary.malicious", "bearer.id", "bearer.stake",
        "guarantee.code", "guarantee.area", "guarantee.subjects", "guarantee.plain",
        "guarantee.because", "guarantee.obligation", "guarantee.sources", "guarantee.violations",
        "guarantee.standards", "guarantee.no_check_yet", "guarantee.unverified_standards",
        "limit", "legal-instrument", "acceptance.sources", "data-kind.id", "source",
    },
    "owasp-tml": LEFT_HOME | {"legal-instrument.number", "legal-instrument.built_as"},
    "cyclonedx": LEFT_HOME | {
        "cyclonedx", "authority-boundary.instruments", "authority-boundary.sources",
        "legal-instrument", "limit.sources", "acceptance.sources",
    },
    "otm": LEFT_HOME | {"authority-boundary.instruments", "legal-instrument"},
}  # fmt: skip
"""Everything lost, written down twice so that a new loss is a decision."""


def standings(*statuses: Status) -> dict[str, Standing]:
    """Return a standing for every threat, taking *statuses* in turn."""
    turn = cycle(statuses)
    return {
        each.id: Standing(each, next(turn), "It was seen.", ("a_check",), ("Defect",))
        for each in load().threats.values()
    }


@cache
def exported(format_: str, *statuses: Status) -> Export:
    """Return the real model as *format_* tells it."""
    return EXPORTERS[format_](load(), standings(*(statuses or Status)))


def document(format_: str, *statuses: Status) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return an export as JSON."""
    return json.loads(exported(format_, *statuses).text)


def dragon_threats(*statuses: Status) -> list[dict[str, str]]:
    """Return every threat where Threat Dragon reads threats."""
    drawn = document("threat-dragon", *statuses)["detail"]["diagrams"]
    cells = [cell for diagram in drawn for cell in diagram["cells"]]
    return [threat for cell in cells for threat in cell["data"].get("threats", ())]


@each_format
def test_a_loss_report_is_exactly_the_known_one(format_: str) -> None:
    """A new loss is decided on, written down here, and gives its reason as a sentence."""
    losses = exported(format_).losses

    assert {loss.field for loss in losses} == LOST[format_]
    assert len(losses) == len(LOST[format_])
    assert all(re.fullmatch(r"[A-Z].*\.", loss.why) for loss in losses)


def test_another_machine_writes_the_same_bytes() -> None:
    """Committed exports are compared with fresh ones: no order may hang on hashing or the clock."""
    again = """
from hashlib import sha256
from idaudit.threatmodel.exports import EXPORTERS
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.status import Standing, Status
model = load()
standings = {
    each.id: Standing(each, list(Status)[number % 6], "It was seen.", ("a_check",), ("Defect",))
    for number, each in enumerate(model.threats.values())
}
for export in EXPORTERS.values():
    print(sha256(export(model, standings).text.encode()).hexdigest())
"""
    ours = [sha256(exported(format_).text.encode()).hexdigest() for format_ in EXPORTERS]
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York")):
        elsewhere = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        told = subprocess.run(
            [sys.executable, "-c", again], env=elsewhere, capture_output=True, check=True
        )
        assert told.stdout.decode().split() == ours


@each_format
def test_where_nobody_said_a_threat_stands_nothing_is_exported(format_: str) -> None:
    """A guess at a standing would be printed as a finding."""
    known = standings(Status.HELD)
    missing, _ = known.popitem()

    with pytest.raises(UsageError, match=missing):
        EXPORTERS[format_](load(), known)


@each_format
def test_each_export_has_a_file_of_its_own(format_: str) -> None:
    """Written to one folder, no export overwrites another."""
    names = [exported(each).name for each in EXPORTERS]

    assert len(set(names)) == len(names)
    assert exported(format_).name.endswith(".json")


def test_threat_dragon_is_given_every_threat_once_and_numbered() -> None:
    """The application counts what stands in the data of its cells, and nothing else."""
    told = dragon_threats()

    assert [each["threatId"] for each in sorted(told, key=lambda t: t["number"])] == [
        *load().threats
    ]
    assert len({each["id"] for each in told}) == len(told)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.HELD, "Mitigated"),
        (Status.REALISED, "Open"),
        (Status.NOT_RUN, "Open"),
        (Status.EXPIRED, "Open"),
        (Status.ACCEPTED, "Accepted"),
        (Status.NOT_APPLICABLE, "NotApplicable"),
    ],
)
def test_threat_dragon_is_told_mitigated_only_of_what_was_held(status: Status, word: str) -> None:
    """A threat that nobody looked for stays open: that is what the reader must see."""
    assert {each["status"] for each in dragon_threats(status)} == {word}


def test_threat_dragon_is_told_how_grave_a_threat_is() -> None:
    """Four words of ours become four words of the application, none of them "TBD"."""
    ours = Counter(each.severity.value for each in load().threats.values())
    theirs = Counter(each["severity"] for each in dragon_threats())

    assert theirs == {
        "Low": ours["low"],
        "Medium": ours["moderate"],
        "High": ours["high"],
        "Critical": ours["grave"],
    }


def test_a_drawing_can_be_read_when_it_is_opened() -> None:
    """Every part stands in exactly one frame and on no other part; no two frames overlap."""
    for diagram in document("threat-dragon")["detail"]["diagrams"]:
        nodes = [cell for cell in diagram["cells"] if cell["shape"] != "flow"]
        frames = [_box(cell) for cell in nodes if cell["shape"] == "trust-boundary-box"]
        parts = [_box(cell) for cell in nodes if cell["shape"] != "trust-boundary-box"]

        assert all(sum(_within(part, frame) for frame in frames) == 1 for part in parts)
        assert not any(_overlap(one, other) for one, other in combinations(parts, 2))
        assert not any(_overlap(one, other) for one, other in combinations(frames, 2))


def test_no_arrow_on_a_drawing_hides_another() -> None:
    """Of two flows between the same two parts, both can be seen and picked."""
    for diagram in document("threat-dragon")["detail"]["diagrams"]:
        ways = [
            (frozenset({cell["source"]["cell"], cell["target"]["cell"]}), str(cell["vertices"]))
            for cell in diagram["cells"]
            if cell["shape"] == "flow"
        ]
        assert len(set(ways)) == len(ways)


Box = tuple[int, int, int, int]


def _box(cell: dict[str, dict[str, int]]) -> Box:
    place, size = cell["position"], cell["size"]
    return place["x"], place["y"], place["x"] + size["width"], place["y"] + size["height"]


def _within(inner: Box, outer: Box) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_a_promise_is_active_only_where_every_threat_to_it_was_held() -> None:
    """Readers of the library's format show each threat beside an active control as mitigated."""
    mixed = document("owasp-tml")

    for control in mixed["controls"]:
        statuses = {standings(*Status)[threat].status for threat in control["threats"]}
        assert (control["status"] == "active") == (statuses == {Status.HELD})
    assert {each["status"] for each in document("owasp-tml", Status.HELD)["controls"]} == {"active"}
    assert {each["status"] for each in mixed["controls"]} <= {"active", "suggested", "under_review"}


def test_the_adversary_who_is_nobody_is_in_the_model() -> None:
    """The one id that an exporter knows by heart must not be renamed behind its back."""
    people = {
        each["symbolic_name"]: each["is_person"]
        for each in document("owasp-tml")["threat_personas"]
    }

    assert NOBODY in load().attack.adversaries
    assert [name for name, person in people.items() if not person] == [f"persona-{NOBODY}"]


def test_a_criterion_passes_only_where_its_threat_was_held() -> None:
    """A requirement is not met by checks that nobody ran."""
    words = {Status.HELD: "passed", Status.REALISED: "failed"}
    for need in document("cyclonedx")["definitions"]["requirements"]:
        for each in need["acceptanceCriteria"]:
            status = standings(*Status)[each["id"]].status
            assert each["status"] == words.get(status, "pending")
            assert each["description"].startswith(f"{status}: ")


def test_a_control_is_verified_only_where_every_threat_to_its_promise_was_held() -> None:
    """One threat that was not looked for leaves the whole promise unproven."""
    for statuses in ((Status.HELD,), (Status.NOT_RUN,), tuple(Status)):
        told = document("cyclonedx", *statuses)
        needs = {
            each["bom-ref"]: each["acceptanceCriteria"]
            for each in told["definitions"]["requirements"]
        }
        for control in told["controls"]:
            met = {each["status"] for ref in control["satisfies"] for each in needs[ref]} == {
                "passed"
            }
            assert (control["status"] == "verified") == met


def test_the_draft_says_that_it_is_one() -> None:
    """A file for an unfinished format must not pass for a finished one, wherever it is read."""
    said = {each["name"]: each["value"] for each in document("cyclonedx")["metadata"]["properties"]}

    assert said["idaudit:experimental"] == "true"
    assert "cf0bc557" in said["idaudit:draft"]
    assert exported("cyclonedx").losses[0].why.startswith("Experimental")


@each_format
def test_ids_are_printed_with_the_edition_they_are_from(format_: str) -> None:
    """An id of a vocabulary means nothing without the edition it was read in."""
    for vocabulary in load().attack.vocabularies.values():
        assert f"{vocabulary.title} ({vocabulary.edition})" in exported(format_).text


def test_what_open_threat_model_demands_and_nobody_measured_hides_no_harm() -> None:
    """Readers multiply likelihood and impact: the gravest must come out as the gravest."""
    told = {each["id"]: each["risk"] for each in document("otm")["threats"]}
    scores = {
        threat.severity: told[threat.id]["likelihood"] * told[threat.id]["impact"]
        for threat in load().threats.values()
    }

    assert sorted(scores, key=scores.__getitem__) == sorted(
        scores, key=list(type(next(iter(scores)))).index
    )
    assert min(scores.values()) > 0
