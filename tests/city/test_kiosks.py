"""A kiosk keeps the counter's promise, and remembers nobody."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

MINUTE = 60


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_channels.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def unlock(town: "Town", who: str = "clerk1") -> str:
    """Unlock a kiosk."""
    return str(town.must(who, "POST", "/kiosk-sessions")["session"])


def begin(town: "Town", session: str) -> dict[str, Any]:
    """Apply at a kiosk and show a paper there."""
    file = town.apply(session, channel="kiosk")
    shown = town.show(file, b"a paper shown at a kiosk", who=file["owner_key"])
    assert shown.status_code == 201
    return file


def finish(town: "Town", session: str) -> httpx.Response:
    """Say that one is done."""
    return town.ask(session, "POST", "/kiosk-sessions/completion")


def leave(town: "Town", session: str) -> httpx.Response:
    """Walk away."""
    return town.ask(session, "DELETE", "/kiosk-sessions")


def left_behind(town: "Town", file: dict[str, Any]) -> bool:
    """Whether anything of an application can still be had, or is still a row somewhere."""
    town.settle()
    kept = town.rows("SELECT id FROM records") + town.rows("SELECT id FROM applications")
    kept += town.rows("SELECT application FROM kiosk_drafts")
    ids = {file["record"], file["application"]}
    return town.read(file).status_code != 404 or bool(ids & {name for (name,) in kept})


def test_an_application_at_a_kiosk_is_like_any_other(town: "Town") -> None:
    """Same form, same decision by a second human, same card; the paper is gone."""
    session = unlock(town)
    file = begin(town, session)
    assert finish(town, session).status_code == 200
    town.advance(30 * MINUTE)
    town.decide(file)
    card = town.must("clerk1", "POST", f"/applications/{file['application']}/card")
    path = f"/applications/{file['application']}/documents/0"
    town.settle()

    assert set(card["face"]) == set(town.enrol()["card"]["face"])
    assert town.ask("reviewer1", "GET", path).status_code == 404
    assert b"a paper shown at a kiosk" not in town.at_rest()


def test_whoever_walks_away_leaves_nothing(town: "Town") -> None:
    """At once, or when the time is up; other visits go on."""
    sessions = [unlock(town) for _ in range(3)]
    files = [begin(town, session) for session in sessions]
    leave(town, sessions[0])
    at_once = left_behind(town, files[0])
    finish(town, sessions[2])
    town.advance(19 * MINUTE)
    waiting = town.read(files[1]).status_code
    town.advance(MINUTE)

    assert (at_once, waiting, left_behind(town, files[1])) == (False, 200, False)
    assert town.read(files[2]).status_code == 200


def test_a_crash_leaves_nothing_of_an_unfinished_visit(town: "Town") -> None:
    """And nothing is lost of a finished one, nor of what was begun elsewhere."""
    done, undone = unlock(town), unlock(town)
    kept, dropped, counter = begin(town, done), begin(town, undone), town.apply()
    finish(town, done)
    town.reopen()

    assert not left_behind(town, dropped)
    assert town.read(kept).status_code == town.read(counter).status_code == 200
    assert finish(town, undone).status_code == 401


def test_a_session_is_over_when_it_is_over(town: "Town") -> None:
    """Finished, left or timed out, its token opens nothing and ends nothing."""
    finished, left, late = (unlock(town) for _ in range(3))
    finish(town, finished)
    leave(town, left)
    town.advance(20 * MINUTE)
    form = town.form(channel="kiosk")

    for session in (finished, left, late):
        assert town.ask(session, "POST", "/applications", form).status_code == 401
        assert leave(town, session).status_code == 401


def test_a_kiosk_can_do_nothing_but_apply(town: "Town") -> None:
    """It reads no record, not even one begun at it, and is no clerk."""
    session = unlock(town)
    file = begin(town, session)
    asked = [
        ("GET", f"/records/{file['record']}", None),
        ("POST", "/applications", town.form()),
        ("GET", "/ledger", None),
        ("POST", "/kiosk-sessions", None),
        ("POST", f"/applications/{file['application']}/withdrawal", None),
    ]

    assert [town.ask(session, *each).status_code for each in asked] == [404, 403, 403, 403, 404]


def test_only_a_kiosk_stands_at_a_kiosk(town: "Town") -> None:
    """A clerk unlocks one and does not pass for one; nor does a passer-by."""
    form = town.form(channel="kiosk")

    assert town.ask("clerk1", "POST", "/applications", form).status_code == 403
    assert town.ask(None, "POST", "/applications", form).status_code == 401
    assert town.ask("kiosk.guessed", "POST", "/applications", form).status_code == 401
    assert town.ask("reviewer1", "POST", "/kiosk-sessions").status_code == 403


def forgets_who_left(town: "Town") -> bool:
    """Whether nothing stays of whoever walked away."""
    session = unlock(town)
    file = begin(town, session)
    leave(town, session)
    return not left_behind(town, file)


def times_out(town: "Town") -> bool:
    """Whether a kiosk left alone forgets by itself."""
    file = begin(town, unlock(town))
    town.advance(60 * MINUTE)
    return not left_behind(town, file)


@pytest.mark.parametrize(
    ("fault", "promise"), [("KeepsDrafts", forgets_who_left), ("NeverTimesOut", times_out)]
)
def test_a_city_that_breaks_the_promise_is_noticed(
    open_town: Callable[..., "Town"],
    faithless: "Nursery",
    fault: str,
    promise: Callable[["Town"], bool],
) -> None:
    """Each promise is kept by the city, and seen to be broken by one that does not."""
    assert promise(open_town())
    assert not promise(open_town({"faithless": fault}, faithless))
