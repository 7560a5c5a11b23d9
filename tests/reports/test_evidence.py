"""Evidence on disk says what the run left, or says that it was touched."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from idaudit.reports.evidence import EvidenceError, EvidenceWriter, read_evidence
from idaudit.reports.record import CheckRecord, Finding, RunRecord
from idaudit.threatmodel.errors import SetupError


@pytest.fixture
def written(tmp_path: Path, broken: RunRecord) -> Path:
    """A file holding the broken run."""
    return _write(tmp_path / "evidence.jsonl", broken)


def _write(path: Path, record: RunRecord) -> Path:
    """Write *record* as a run would."""
    with EvidenceWriter(path) as writer:
        writer.write(record.header)
        for entry in (*record.operations, *record.surfaces, *record.checks):
            writer.write(entry)
        if record.end:
            writer.write(record.end)
    return path


def test_what_is_written_is_read_back(written: Path, broken: RunRecord) -> None:
    """Nothing is lost or added on the way to the disk and back."""
    assert read_evidence(written) == broken


def test_every_line_says_its_kind_and_the_digest_before_it(written: Path) -> None:
    """Each line is one object that can be read by itself."""
    lines = [json.loads(line) for line in written.read_bytes().splitlines()]

    assert [line["kind"] for line in lines] == [
        "run",
        "operation",
        "surface",
        *(["check"] * 4),
        "end",
    ]
    assert len({line["previous"] for line in lines}) == len(lines)


def test_each_line_is_on_disk_before_the_next(tmp_path: Path, record: RunRecord) -> None:
    """A process that is killed leaves every line it finished."""
    path = tmp_path / "evidence.jsonl"
    with EvidenceWriter(path) as writer:
        writer.write(record.header)
        writer.write(record.checks[0])

        assert path.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize("number", range(1, 6))
def test_a_dropped_line_shows(written: Path, number: int) -> None:
    """The line after a gap carries the digest of a line that is gone."""
    lines = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))

    with pytest.raises(EvidenceError, match=rf"evidence\.jsonl:{number + 1}: .*dropped"):
        read_evidence(written)


def test_an_edited_line_shows(written: Path) -> None:
    """A failed check turned into a passed one breaks the chain after it."""
    text = written.read_bytes()
    written.write_bytes(text.replace(b'"outcome": "fail"', b'"outcome": "pass"', 1))

    with pytest.raises(EvidenceError, match="edited"):
        read_evidence(written)


def test_two_lines_that_change_places_show(written: Path) -> None:
    """Order is part of the evidence."""
    lines = written.read_bytes().splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    written.write_bytes(b"".join(lines))

    with pytest.raises(EvidenceError, match=r":4: "):
        read_evidence(written)


def test_a_run_cut_short_reads_without_an_end(tmp_path: Path, record: RunRecord) -> None:
    """Being cut short is a fact about the run, not an error in the file."""
    cut = replace(record, end=None, checks=record.checks[:2])

    assert read_evidence(_write(tmp_path / "evidence.jsonl", cut)) == cut


def test_a_last_line_torn_in_the_writing_is_left_out(written: Path, broken: RunRecord) -> None:
    """Half an end line is no end."""
    written.write_bytes(written.read_bytes()[:-20])

    assert read_evidence(written) == replace(broken, end=None)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b'"kind": "run"', b'"kind": "rum"', "unknown kind 'rum'"),
        (b'"tier": "gate"', b'"tier": 1', "RunHeader.tier is '1'; expected str"),
        (b'"tier": "gate"', b'"teir": "gate"', "unknown field 'teir'; did you mean 'tier'"),
        (b', "tier": "gate"', b"", "lacks the field 'tier'"),
        (b'"seed": 7', b'"seed": true', "expected int"),
        (b'"seed": 7', b'"seed": NaN', "is not JSON"),
        (b"grey-box", b"glass-box", "expected one of black-box, grey-box, statement"),
        (b"09:30:00Z", b"09:30:00", "expected a time with its offset"),
        (b"09:30:00Z", b"at dawn", "expected an RFC 3339 time"),
        (b"evidence/v1", b"evidence/v9", "this version reads 'idaudit/evidence/v1'"),
        (b'{"kind"', b'["kind"', "is not JSON"),
    ],
)
def test_a_wrong_line_is_named_with_what_was_expected(
    written: Path, before: bytes, after: bytes, said: str
) -> None:
    """Whoever mends a file is told where to look and what belongs there."""
    text = written.read_bytes()
    assert before in text
    written.write_bytes(text.replace(before, after, 1))

    with pytest.raises(EvidenceError) as error:
        read_evidence(written)

    assert f"{written}:1: " in str(error.value)
    assert said in str(error.value)


def test_an_empty_or_missing_file_is_no_evidence(tmp_path: Path) -> None:
    """Nothing cannot be judged."""
    empty = tmp_path / "empty.jsonl"
    empty.touch()

    with pytest.raises(EvidenceError, match="no whole line"):
        read_evidence(empty)
    with pytest.raises(EvidenceError, match="cannot be read"):
        read_evidence(tmp_path / "missing.jsonl")


def test_evidence_is_never_written_over(written: Path) -> None:
    """A second run cannot begin in the first one's file."""
    with pytest.raises(SetupError, match=r"evidence\.jsonl"):
        EvidenceWriter(written)


def test_a_run_has_one_header_and_nothing_after_its_end(tmp_path: Path, record: RunRecord) -> None:
    """The writer refuses what the reader would."""
    assert record.end
    with EvidenceWriter(tmp_path / "evidence.jsonl") as writer:
        with pytest.raises(ValueError, match="begins with its header"):
            writer.write(record.checks[0])
        writer.write(record.header)
        with pytest.raises(ValueError, match="begins with its header"):
            writer.write(record.header)
        writer.write(record.end)
        with pytest.raises(ValueError, match="nothing may follow"):
            writer.write(record.checks[0])


def test_what_the_caller_redacts_reaches_no_line(
    tmp_path: Path, record: RunRecord, passed: Callable[..., CheckRecord]
) -> None:
    """A planted value in a file's name is taken out before it is written, however deep."""
    leak = Finding("found", story=("saw MARBLE",), location="scans/MARBLE.png", canary="a1.surname")
    path = tmp_path / "evidence.jsonl"
    with EvidenceWriter(path, redact=lambda text: text.replace("MARBLE", "[a1.surname]")) as writer:
        writer.write(record.header)
        writer.write(passed("court-only", findings=(leak,)))

    assert b"MARBLE" not in path.read_bytes()
    assert read_evidence(path).checks[0].findings[0].location == "scans/[a1.surname].png"


@pytest.mark.parametrize("value", ["QZKMARBLE", "marble@example.org", "212-555-0142", "a7 surname"])
def test_a_finding_holds_a_canarys_id_and_never_its_value(value: str) -> None:
    """What cannot be an id is refused, and is not repeated in the refusal."""
    with pytest.raises(ValueError, match=r"Finding\.canary") as error:
        Finding("found", canary=value)

    assert value not in str(error.value)
