"""Papers are looked at and kept nowhere."""

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town

PAPER = b"a paper nobody keeps " + os.urandom(100_000)
PIECES = [PAPER[:21], PAPER[1_000:1_032], PAPER[-32:]]


def traces(town: "Town") -> list[bytes]:
    """Return which pieces of the paper lie on the disk."""
    lying = town.at_rest()
    return [piece for piece in PIECES if piece in lying]


def test_a_paper_on_the_table_can_be_looked_at_by_a_reviewer_only(town: "Town") -> None:
    """A reviewer sees the very bytes, uncached; a clerk sees nothing."""
    file = town.apply()
    shown = town.show(file, PAPER)
    path = f"/applications/{file['application']}/documents/{shown.json()['index']}"
    seen = town.ask("reviewer1", "GET", path)

    assert seen.content == PAPER
    assert seen.headers["cache-control"] == "no-store"
    assert seen.headers["content-type"] == "image/jpeg"
    assert town.ask("clerk1", "GET", path).status_code == 403
    assert town.ask(file["owner_key"], "GET", path).status_code == 403


def test_a_pending_paper_is_nowhere_on_the_disk(town: "Town") -> None:
    """Not even while it is being looked at does a byte of it reach a file."""
    file = town.apply()
    town.show(file, PAPER)
    town.settle()

    assert traces(town) == []
    assert list((town.data / "scratch").iterdir()) == []


@pytest.mark.parametrize("end", ["approved", "denied", "withdrawn", "overdue"])
def test_a_paper_ends_with_its_application(town: "Town", end: str) -> None:
    """However an application ends, nobody can look at its papers again."""
    file = town.apply()
    town.show(file, PAPER)
    match end:
        case "approved" | "denied":
            town.decide(file, approve=end == "approved")
        case "withdrawn":
            path = f"/applications/{file['application']}/withdrawal"
            town.must(file["owner_key"], "POST", path)
        case "overdue":
            town.advance(61 * 86_400)
    looked = town.ask("reviewer1", "GET", f"/applications/{file['application']}/documents/0")
    town.settle()

    assert looked.status_code == 404
    assert traces(town) == []
    assert town.show(file, PAPER).status_code == (409 if end == "approved" else 404)


@pytest.mark.parametrize("end", ["denied", "withdrawn", "overdue"])
def test_an_application_that_ends_without_a_card_takes_its_record_along(
    town: "Town", end: str
) -> None:
    """What is not approved is not on the roster, and its application is closed to all."""
    file = town.apply()
    assert town.read(file).status_code == 200
    match end:
        case "denied":
            town.decide(file, approve=False)
        case "withdrawn":
            path = f"/applications/{file['application']}/withdrawal"
            town.must(file["owner_key"], "POST", path)
        case "overdue":
            town.advance(60 * 86_400)

    assert town.read(file).status_code == 404


def test_an_open_application_stays_open_until_its_last_day(town: "Town") -> None:
    """One second before the term ends, the application is still there."""
    file = town.apply()
    town.advance(60 * 86_400 - 1)
    assert town.read(file).status_code == 200
    town.advance(1)

    assert town.read(file).status_code == 404


def test_a_crash_loses_the_papers_and_the_applicant_shows_them_again(town: "Town") -> None:
    """The application survives a crash; its papers do not, and can be shown once more."""
    file = town.apply()
    town.show(file, PAPER)
    town.reopen()
    path = f"/applications/{file['application']}/documents/0"

    assert traces(town) == []
    assert town.ask("reviewer1", "GET", path).status_code == 404
    assert town.show(file, PAPER, who=file["owner_key"]).json() == {"index": 0}
    town.decide(file)


def test_the_kind_of_paper_leaves_no_trace(town: "Town") -> None:
    """Which paper somebody showed is on no surface, pending or decided."""
    file = town.apply()
    kind = "zz-kind-nobody-keeps"
    headers = {"Content-Type": "image/png", "Document-Kind": kind}
    path = f"/applications/{file['application']}/documents"
    shown = town.ask("clerk1", "POST", path, content=PAPER, headers=headers)
    town.decide(file)
    town.settle()

    assert shown.status_code == 201
    assert kind.encode() not in town.at_rest()


def test_too_large_a_paper_is_refused_and_the_next_one_is_taken(town: "Town") -> None:
    """Eight megabytes are the most; a refusal costs the application nothing."""
    file = town.apply()

    assert town.show(file, bytes(8 * 1024 * 1024 + 1)).status_code == 413
    assert town.show(file, bytes(8 * 1024 * 1024)).status_code == 201


def test_a_paper_that_hides_its_size_is_refused_as_well(town: "Town") -> None:
    """A body sent in pieces, without its length, is bounded all the same."""
    file = town.apply()
    pieces = (bytes(1024 * 1024) for _ in range(9))

    assert town.show(file, pieces).status_code == 413


def test_an_eleventh_paper_is_refused(town: "Town") -> None:
    """The table is bounded for each application."""
    file = town.apply()
    shown = [town.show(file, b"x").status_code for _ in range(11)]

    assert shown == [201] * 10 + [409]


def test_a_stranger_fills_no_memory(town: "Town") -> None:
    """Papers come from a clerk or from the owner of the application."""
    file, other = town.apply(), town.apply()

    assert town.show(file, PAPER, who=other["owner_key"]).status_code == 404
    assert town.show(file, PAPER, who="reviewer1").status_code == 404
    assert town.show(file, PAPER, who=file["owner_key"]).status_code == 201


def test_points_count_where_the_city_requires_them(open_town: "Callable[..., Town]") -> None:
    """A city may require points; the kind counts, and an approval without enough is refused."""
    town = open_town({"points_required": 4})
    file = town.apply()
    path = f"/applications/{file['application']}/decision"
    early = town.ask("reviewer1", "POST", path, {"approve": True})
    town.show(file, PAPER)
    still = town.ask("reviewer1", "POST", path, {"approve": True})
    town.show(file, PAPER)

    assert [early.json()["code"], still.json()["code"]] == ["papers-missing"] * 2
    town.decide(file)


# -- a programme that keeps papers ------------------------------------------------------


@pytest.fixture
def keeping(open_town: "Callable[..., Town]") -> "Town":
    """Lend a city that keeps papers for two years and purges each quarter."""
    return open_town(papers_days=730, purge_every="quarter", kill_scope="papers")


def rest(town: "Town", **changes: object) -> dict[str, Any]:
    """Enrol somebody whose paper then rests."""
    file = town.apply(**changes)
    town.show(file, PAPER)
    town.decide(file)
    return file


def test_a_kept_paper_rests_sealed_and_under_a_name_that_says_nothing(keeping: "Town") -> None:
    """What is kept is readable to a reviewer and to nobody who has the disk."""
    file = rest(keeping)
    path = f"/applications/{file['application']}/documents/0"
    names = [p.name for p in (keeping.data / "papers").iterdir()]

    assert keeping.ask("reviewer1", "GET", path).content == PAPER
    assert traces(keeping) == []
    assert len(names) == 1
    assert not {file["application"], file["record"]} & set(names)


def test_a_kept_paper_goes_two_years_after_the_application(keeping: "Town") -> None:
    """The term runs from the application, whatever happens to the record in between."""
    file = rest(keeping)
    keeping.advance(729 * 86_400)
    keeping.must(file["owner_key"], "PATCH", f"/records/{file['record']}", {"street": "2 New St"})
    path = f"/applications/{file['application']}/documents/0"
    before = keeping.ask("reviewer1", "GET", path).status_code
    keeping.advance(86_400)

    assert before == 200
    assert keeping.ask("reviewer1", "GET", path).status_code == 404
    assert list((keeping.data / "papers").iterdir()) == []


def test_a_record_that_ends_takes_its_resting_papers_along(keeping: "Town") -> None:
    """Who ends a record ends the papers kept for it, and nobody else's."""
    file, _other = rest(keeping), rest(keeping)
    ended = keeping.delete(file)

    assert ended.json() == {"deferred": False}
    assert len(list((keeping.data / "papers").iterdir())) == 1


def test_retention_asked_for_destroys_only_what_is_due(keeping: "Town") -> None:
    """An administrator may run it at any time, and it finds nothing before its day."""
    rest(keeping)
    ran = keeping.must("administrator1", "POST", "/retention-runs")

    assert ran == {"destroyed": 0}
    assert keeping.ask("clerk1", "POST", "/retention-runs").status_code == 403
    assert len(list((keeping.data / "papers").iterdir())) == 1


def test_every_due_paper_goes_and_not_a_page_of_them(keeping: "Town") -> None:
    """Sixty papers of ten people are gone on one day."""
    for _ in range(10):
        file = keeping.apply()
        for _ in range(6):
            keeping.show(file, b"one of many")
        keeping.decide(file)
    before = len(list((keeping.data / "papers").iterdir()))
    keeping.advance(730 * 86_400)

    assert before == 60
    assert list((keeping.data / "papers").iterdir()) == []


def test_a_file_that_a_crash_left_behind_is_removed_at_start(keeping: "Town") -> None:
    """A paper half written is no paper; one well written survives."""
    file = rest(keeping)
    stray = keeping.data / "papers" / "left-by-a-crash"
    stray.write_bytes(b"half a pap")
    keeping.reopen()
    path = f"/applications/{file['application']}/documents/0"

    assert not stray.exists()
    assert keeping.ask("reviewer1", "GET", path).content == PAPER
