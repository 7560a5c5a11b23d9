"""No file leaves a run with an applicant's value in it, in whatever disguise."""

import base64
import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from idaudit.checks.guard import NUMBERED, Guard, Leak
from idaudit.checks.redaction import redacted
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Cohort, Field, Mint
from idaudit.reports.evidence import EvidenceWriter
from idaudit.reports.record import CheckRecord, RunHeader
from idaudit.threatmodel.verdict import Assurance, Outcome

MINT = Mint(21)
GUARD = Guard(MINT)
PERSON = Applicants(MINT, date(2017, 2, 1)).next()
TOKEN = MINT.canary(77, Field.SURNAME).text
HEADER = RunHeader(
    suite_version="0.1.0",
    suite_commit="",
    target_name="A city",
    target_kind="http",
    target_database="",
    assurance=Assurance.BLACK_BOX,
    program="statute",
    tier="gate",
    seed=21,
    started=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    planned=(),
    selected=("least-access",),
)

DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "small": str.lower,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of a sentence": lambda text: base64.b64encode(f"Hello {text}!".encode()).decode(),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "a web address": lambda text: "".join(f"%{ord(letter):02X}" for letter in text),
    "JSON escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "HTML escapes": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text.encode())).decode(),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_value_in_disguise_takes_its_text_with_it(disguise: str) -> None:
    """A target that turns a name round before repeating it gets nothing into the evidence."""
    text = DISGUISES[disguise](TOKEN)

    told = GUARD.clean(f"no such person: {text}")

    assert text not in told
    assert TOKEN.lower() not in told.lower()
    assert "a77.surname" in told or "part of a canary" in told


def test_redaction_alone_lets_disguises_pass() -> None:
    """So the guard catches what nothing else does."""
    passed = [
        name for name, turn in DISGUISES.items() if turn(TOKEN) in redacted(turn(TOKEN), [], MINT)
    ]

    assert set(DISGUISES) - {"plain", "small"} <= set(passed)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_file_that_holds_a_value_is_never_put_in_place(disguise: str) -> None:
    """The error names the file, the owner and the form, and not the value."""
    text = DISGUISES[disguise](TOKEN)
    page = f"<html><p>{text}</p></html>".encode()

    with pytest.raises(Leak, match=r"report\.html: holds .* nothing was written") as error:
        GUARD.inspect({"audit.json": b"{}", "report.html": page})

    assert text not in str(error.value)
    assert error.value.exit_code == 70


def _evidence(path: Path, redact: Callable[[str], str]) -> bytes:
    """Write the record of a check that a target answered with a name in base64."""
    reason = f"answered 422: {DISGUISES['base64 of a sentence'](TOKEN)}"
    record = CheckRecord("a_door_stays_shut", "least-access", Outcome.ERROR, reason)
    with EvidenceWriter(path, redact) as writer:
        writer.write(HEADER)
        writer.write(record)
    return path.read_bytes()


def test_a_target_that_repeats_a_name_in_disguise_spoils_no_report(tmp_path: Path) -> None:
    """Its sentence is withheld as it is written, so the finished files pass."""
    written = _evidence(tmp_path / "guarded.jsonl", GUARD.clean)

    assert b"[withheld: it held a77.surname as base64" in written
    GUARD.inspect({"evidence.jsonl": written})

    careless = _evidence(tmp_path / "redacted.jsonl", lambda text: redacted(text, (), MINT))
    with pytest.raises(Leak, match=r"evidence\.jsonl: holds a77\.surname"):
        GUARD.inspect({"evidence.jsonl": careless})


def test_what_cannot_be_looked_into_is_withheld() -> None:
    """A text packed more often than anybody unpacks could hold anything, and this one does."""
    deep, wide = TOKEN.encode(), gzip.compress(bytes(16 << 20))
    for _ in range(8):
        deep = base64.b64encode(gzip.compress(deep))

    for packed in (deep, base64.b64encode(wide)):
        told = GUARD.clean(f"see {packed.decode()}")

        assert told == "[withheld: it could not be looked into]"


@pytest.mark.parametrize("value", [PERSON.phone, PERSON.documents[0].number, PERSON.email])
def test_values_that_carry_no_tag_are_looked_for_too(value: str) -> None:
    """The telephone and the papers' numbers of the first applicants, one by one."""
    assert PERSON.index <= NUMBERED

    with pytest.raises(Leak, match=r"summary\.md"):
        GUARD.inspect({"summary.md": f"call {value}.".encode()})


@pytest.mark.parametrize("value", [PERSON.phone, PERSON.documents[0].number])
def test_a_number_in_a_sentence_becomes_its_id(value: str) -> None:
    """One careless sentence costs nobody the rest of the report."""
    told = GUARD.clean(f"call {value.lower()}.")

    assert re.fullmatch(r"call \[a1\.(phone|document_number)\]\.", told)
    GUARD.inspect({"evidence.jsonl": told.encode()})


@pytest.mark.parametrize("cohort", list(Cohort))
def test_no_cohort_is_let_through(cohort: Cohort) -> None:
    """A control that was planted is no less a stranger in a report."""
    token = MINT.canary(3, Field.STREET, cohort=cohort).text

    with pytest.raises(Leak):
        GUARD.inspect({"junit.xml": token.encode()})


def test_ids_and_plain_words_pass() -> None:
    """What reports are made of is let through as it is."""
    told = "The name [a1.surname] of applicant 1 stayed in registry at papers.data#4@118."
    files = {"audit.json": json.dumps({"told": told, "seed": 4_294_967_295}).encode()}

    assert GUARD.clean(told) == told
    GUARD.inspect(files)


def test_another_runs_values_are_nobodys_here() -> None:
    """A guard speaks for its own run: it can neither know nor miss others'."""
    assert GUARD.clean(Mint(22).canary(77, Field.SURNAME).text).isalpha()
