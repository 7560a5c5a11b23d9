"""A crowd comes to a system that a target file declares, and what it does not offer is said."""

import sys
from pathlib import Path

import pytest

from idaudit.fixtures.targets.declared.system import open_declared
from idaudit.loadtests import conductor
from idaudit.loadtests.account import account
from idaudit.loadtests.ceiling import Ceiling
from idaudit.loadtests.conductor import Conductor, Day
from idaudit.loadtests.findings import found, verdict
from idaudit.loadtests.limits import Limits
from idaudit.loadtests.orders import Orders
from idaudit.reports.load import load_page
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.verdict import Verdict

sys.path.insert(0, str(Path(__file__).parents[1] / "declared"))
from people_register import OPEN, SECRET, Register, Said
from serving import serving

PROGRAMME = load().programmes["idnyc-2017"]
PATIENT = Limits(0, 3600, 3600, 3600, 1e9, 0, 5, 1)
CLOCK = 'advance_clock = { request = "POST /clock", json.seconds = "{seconds}" }\n'


class LosesWhoWaitsTooLong(Register):
    """The table for those who wait has two places, and whoever waited longest falls off it."""

    def opened(self, body: bytes) -> Said:
        """Acknowledge, and let somebody else fall."""
        said = super().opened(body)
        waiting = [number for number, each in self.people.items() if each.state == OPEN]
        for number in waiting[:-2]:
            self.ended(number)
        return said


def played(kind: type[Register], folder: Path) -> Day:
    """Play a few seconds, with more applicants each second than two places take."""
    with serving(kind, folder) as (file, _):
        file.write_text(file.read_text().replace(CLOCK, ""))
        orders = Orders("all-at-once", 2.0, 3.0, 3, 1, spec=str(file), holders=3, scans=(60_000,))
        said: list[str] = []
        return Conductor(open_declared(file), PROGRAMME, orders, said.append).play()


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know the register's secret, and spare the generator's ceiling: no speed is judged here."""
    monkeypatch.setenv("TOWN_SECRET", SECRET)
    monkeypatch.setattr(conductor, "measured", lambda _: Ceiling(1e9, None))


def test_an_honest_register_keeps_its_word_in_a_crowd_as_far_as_it_can_be_asked(
    tmp_path: Path,
) -> None:
    """Nobody comes for what it does not offer, what is not looked at is told, and nothing found."""
    day = played(Register, tmp_path)
    told = account(day, PATIENT)
    left = "\n".join(told["left_out"])

    assert found(day) == []
    assert verdict(day, PATIENT)[0] is Verdict.KEPT
    assert day.tape.faults == []
    assert day.tape.trials["application-lost"] > 0
    assert "nobody books an appointment: the target does not offer list_hours" in left
    assert "whether what runs out of time is purged" in left
    assert "applicant: open_application: the requests of this system have no place" in left
    assert not any("verify" in step.name for step in day.tape.steps)
    assert day.watch.controls == 1
    assert "Nobody books an appointment: the target does not offer" in load_page(told)


def test_an_acknowledged_application_that_is_lost_in_a_crowd_is_found(tmp_path: Path) -> None:
    """One at a time all is well there; with three who wait, the first is gone."""
    day = played(LosesWhoWaitsTooLong, tmp_path)

    assert verdict(day, PATIENT)[0] is Verdict.BROKEN
    assert [each.reason for each in found(day)] == ["application-lost"]
