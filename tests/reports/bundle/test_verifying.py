"""What a bundle shows to whoever has nothing else."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from idaudit.reports.audit import Waiver
from idaudit.reports.bundle.basis import (
    BASIS,
    basis_of,
    judged_by,
    model_of,
    read_basis,
    write_basis,
)
from idaudit.reports.bundle.keys import Signer, one_run_signer
from idaudit.reports.bundle.opening import BrokenBundle, Bundle, open_bundle
from idaudit.reports.bundle.suite import Suite
from idaudit.reports.bundle.verifying import verify
from idaudit.reports.judge import judge
from idaudit.reports.record import RunRecord
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Verdict

TODAY = date(2026, 3, 2)
LAST = date(2026, 3, 1) + timedelta(days=180)


def _told(
    bundle: Bundle, suite: Suite, today: date = TODAY, key: str | None = None
) -> dict[str, str]:
    return {each.about: each.told for each in verify(bundle, suite, today, key)}


def test_each_thing_checked_gets_a_line(bundle: Bundle, suite: Suite) -> None:
    """Nothing is left to be believed."""
    told = _told(bundle, suite)

    assert list(told) == [
        "signature", "files", "evidence", "verdicts", "reports", "programme", "reliance",
    ]  # fmt: skip
    assert "3 kept, 1 broken" in told["verdicts"]
    assert told["files"].startswith("14, none missing")
    assert told["evidence"].startswith("8 lines")


def test_the_expected_key_is_told_from_another(bundle: Bundle, suite: Suite) -> None:
    """Only a key known from elsewhere says who signed."""
    assert "expected key" in _told(bundle, suite, key=bundle.signer.id)["signature"]
    assert "compare it" in _told(bundle, suite)["signature"]

    other = one_run_signer().public.id
    with pytest.raises(BrokenBundle, match=rf"signer\.pub: signed by .*; expected {other}"):
        _told(bundle, suite, key=other)


def test_a_key_made_for_one_run_vouches_for_nobody(
    seal: Callable[..., Path], broken: RunRecord, suite: Suite
) -> None:
    """A reader is told what such a signature is worth."""
    bundle = open_bundle(seal(broken, key=one_run_signer()))

    assert "not of who signed" in _told(bundle, suite)["signature"]


@pytest.mark.parametrize(("day", "mark"), [(LAST, "ok"), (LAST + timedelta(days=1), "past")])
def test_an_audit_says_until_when_it_may_be_relied_on(
    bundle: Bundle, suite: Suite, day: date, mark: str
) -> None:
    """Half a year after the run, and not a day longer."""
    *_, last = verify(bundle, suite, day)

    assert (last.about, last.mark) == ("reliance", mark)
    assert LAST.isoformat() in last.told


def test_a_waiver_is_judged_again_and_takes_the_audit_with_it(
    seal: Callable[..., Path], broken: RunRecord, suite: Suite, waiver_day: date
) -> None:
    """What was accepted until June cannot be relied on in July."""
    waiver = Waiver("no-scan-kept", "Moves in June.", "Privacy officer", waiver_day)
    bundle = open_bundle(seal(broken, waiver))
    told = _told(bundle, suite)

    assert bundle.audit.of(Verdict.WAIVED)
    assert told["reliance"] == f"until {waiver_day.isoformat()}"
    assert json.loads(bundle.texts["audit.json"])["exit_code"] == 0
    assert bundle.signed[1]["predicate"]["result"] == "FAILED"


def test_a_run_that_was_cut_short_makes_a_bundle_that_says_so(
    seal: Callable[..., Path], record: RunRecord, suite: Suite
) -> None:
    """Half a run is evidence too, and passes nothing."""
    bundle = open_bundle(seal(replace(record, end=None, checks=record.checks[:2])))

    assert set(_told(bundle, suite))
    assert bundle.signed[1]["predicate"]["result"] == "FAILED"


def test_a_run_without_a_signature_is_no_bundle(folder: Path) -> None:
    """It says what is missing and how to get it."""
    (folder / "audit.intoto.jsonl").unlink()

    with pytest.raises(BrokenBundle, match=r"nothing is signed here; .*--key"):
        open_bundle(folder)
    with pytest.raises(UsageError, match="is no folder"):
        open_bundle(folder / "nowhere")


def test_the_same_run_and_key_make_the_same_bundle(
    seal: Callable[..., Path], broken: RunRecord
) -> None:
    """Byte for byte: there is no clock and no chance in it."""
    one, other = seal(broken, name="one"), seal(broken, name="other")

    assert {each.name: each.read_bytes() for each in one.iterdir()} == {
        each.name: each.read_bytes() for each in other.iterdir()
    }


def test_people_with_other_tools_can_check_the_digests(folder: Path) -> None:
    """``sha256sum`` reads the manifest, and finds what was changed."""
    command = [shutil.which("sha256sum") or "sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(command, cwd=folder, check=False).returncode == 0

    (folder / "summary.md").write_text("other", encoding="utf-8")
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "summary.md" in done.stdout


@pytest.mark.parametrize("program", sorted(load().programmes))
def test_every_programme_that_ships_survives_being_written_down(
    program: str, record: RunRecord
) -> None:
    """A bundle carries the whole of what it was judged by, in the words of that day."""
    model = load()
    header = replace(record.header, program=program, planned=(), selected=tuple(model.guarantees))
    audit = judge(replace(record, header=header, checks=()), model)
    basis = basis_of(audit, model)
    read = read_basis(write_basis(basis))

    assert read == basis
    assert model_of(read).guarantees == model.guarantees
    assert judge(replace(record, header=header, checks=()), model_of(read)) == audit


def test_a_bundle_of_a_later_schema_is_not_guessed_at(bundle: Bundle) -> None:
    """A field may have come to mean something else."""
    later = bundle.texts[BASIS].replace(b"basis/v1", b"basis/v2")

    with pytest.raises(ValueError, match="this version reads 'idaudit/basis/v1'"):
        read_basis(later)


def test_what_needs_no_model_reads_no_more_than_the_bundle(
    bundle: Bundle, model: ThreatModel, signer: Signer
) -> None:
    """The promises in the bundle are those of the run, and the signer is who signed."""
    assert bundle.model.programmes == model.programmes
    assert bundle.signer.id == signer.public.id


def test_a_bundle_is_rendered_by_its_own_promises_and_any_other_run_by_ours(
    seal: Callable[..., Path], broken: RunRecord, waiver_day: date, model: ThreatModel
) -> None:
    """What was accepted then is told as accepted, whatever ships today."""
    waiver = Waiver("no-scan-kept", "Moves in June.", "Privacy officer", waiver_day)
    folder = seal(broken, waiver)
    today = replace(model, programmes={})

    told, waived = judged_by(folder, today)
    assert (told.programmes, waived) == (model.programmes, (waiver,))
    assert judged_by(folder / "evidence.jsonl", today) == (today, ())

    (folder / BASIS).write_text("{}")
    with pytest.raises(UsageError, match=r"basis\.json: cannot be read"):
        judged_by(folder, today)
