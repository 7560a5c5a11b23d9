"""Where the sweep would not see who is there, seeing nobody is no pass; what it sees counts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import shake_256
from pathlib import Path

import pytest

from idaudit.checks.catalogue import every_check
from idaudit.checks.plugin import Sitting, run_checks
from idaudit.checks.sight import Sight, veil_over
from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.surfaces.folder import FolderSurface
from idaudit.fixtures.surfaces.log import LogSurface
from idaudit.fixtures.surfaces.surface import Surface
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.fixtures.targets.target import Target
from idaudit.reports.record import CheckRecord, Outcome
from idaudit.threatmodel.loader import load

PROGRAMME = load().programmes["idnyc-2017"]
MINT = Mint(9)
WHY = "it is encrypted"


class Register(Target):
    """A system that keeps one folder and one log."""

    disposable = True

    def __init__(self, folder: Path) -> None:
        """Nobody is on file."""
        self.folder, self.log = folder / "files", folder / "register.log"
        self.folder.mkdir()
        self.log.touch()

    def surfaces(self) -> Sequence[Surface]:
        """Both of them."""
        return FolderSurface("files", self.folder), LogSurface("log", (self.log,))


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Lend an empty one."""
    return Register(tmp_path)


def words_of(person: Applicant) -> bytes:
    """Return what a record of *person* says."""
    return " ".join(map(str, person.record().values())).encode()


def test_who_is_on_file_and_seen_lifts_the_veil(register: Register) -> None:
    """Presence before absence: once seen there, not being seen there means being gone."""
    person = Applicants(MINT).next()
    (register.folder / "1").write_bytes(words_of(person))

    assert veil_over(register, MINT, person) == ""


def test_who_is_on_file_in_cipher_is_under_a_veil(register: Register) -> None:
    """A control in the same folder is found all the same: it does not speak for the record."""
    person = Applicants(MINT).next()
    words = words_of(person)
    pad = shake_256(b"the key").digest(len(words))  # through a short key the sweep would see
    sealed = bytes(a ^ b for a, b in zip(words, pad, strict=True))
    (register.folder / "1").write_bytes(sealed)
    register.log.write_bytes(words_of(person))  # a log is no place where records lie

    assert "encrypted or lies where nobody declared" in veil_over(register, MINT, person)
    assert not [hit for hit in Sight(register, MINT).look([person]) if hit.surface == "files"]


def test_a_key_of_its_own_for_each_record_is_no_veil(register: Register) -> None:
    """Such a system forgets by destroying keys, and other checks try whether it does."""
    register.seals_each = True

    assert veil_over(register, MINT, Applicants(MINT).next()) == ""


@pytest.fixture(scope="module")
def cities() -> Iterator[ReferenceCities]:
    """Honest cities for every test here."""
    with ReferenceCities(PROGRAMME.terms, 9) as lender:
        yield lender


def asked(check: str, lender: ReferenceCities) -> CheckRecord:
    """Return what comes of one *check* where nobody on file can be seen."""
    records: list[CheckRecord] = []
    sitting = Sitting(
        lender=lender,
        programme=PROGRAMME,
        mint=MINT,
        people=lambda target: Applicants(MINT, target.now().date()),
        planned={check: every_check()[check]},
        missing={},
        blind=frozenset(),
        disposable=True,
        reproduce=lambda guarantee: f"idaudit run --only {guarantee}",
        write=records.append,
        progress=lambda *_: None,
    )
    run_checks(replace(sitting, veiled=WHY))
    (record,) = records
    return record


@pytest.mark.parametrize(
    "check", ["an_ended_record_stays_gone", "no_scan_outlives_its_application"]
)
def test_nothing_found_under_a_veil_is_no_pass(cities: ReferenceCities, check: str) -> None:
    """It may lie there in cipher."""
    record = asked(check, cities)

    assert (record.outcome, record.reason) == (Outcome.INCONCLUSIVE, WHY)
    assert record.positive_controls > 0


@pytest.mark.parametrize(
    "check", ["a_backup_reads_as_noise", "what_is_kept_does_not_grow_with_the_papers_shown"]
)
def test_what_cipher_answers_and_what_weighs_is_judged_under_a_veil(
    cities: ReferenceCities, check: str
) -> None:
    """That nobody reads it is what the one asks, and the other weighs what nobody can read."""
    record = asked(check, cities)

    assert record.outcome is Outcome.PASS, record.reason


def test_what_is_found_under_a_veil_is_found() -> None:
    """A finding needs no proof that nothing was overlooked."""
    with ReferenceCities(PROGRAMME.terms, 9, defect="exports-beside-its-backups") as lender:
        record = asked("nothing_of_an_ended_record_can_be_read_in_a_backup", lender)

    assert record.outcome is Outcome.FAIL
    assert record.findings[0].reason == "left-in-backup"
