"""Each way in lets a clerk in, is fetched once, and stands in no record."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idaudit.fixtures.targets.declared.system import DeclaredTarget, open_declared
from idaudit.fixtures.targets.target import Actor, Role
from idaudit.threatmodel.errors import NotOffered, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.declared.conftest import Town

    Opened = Callable[[str], AbstractContextManager[tuple[Town, str]]]

CLERK = Actor(Role.CLERK)
FILE = """
[system]
name = "town"
url = "{url}"
[roles.clerk]
{way}
[operations.read_record]
request = "GET /people/{{record}}"
fields.record = "data"
"""
WAYS = {
    "token": 'auth = "bearer"\ntoken = "${TOWN_SECRET}"',
    "basic": 'auth = "basic"\nuser = "clerk"\npassword = "${TOWN_SECRET}"',
    "header": 'auth = "header"\nname = "X-Clerk"\nvalue = "${TOWN_SECRET}"',
    "header as a key": 'auth = "api-key"\nname = "X-Clerk"\nvalue = "${TOWN_SECRET}"',
    "query": 'auth = "api-key"\nname = "key"\nwithin = "query"\nvalue = "${TOWN_SECRET}"',
    "cookie": 'auth = "cookie"\nname = "session"\nvalue = "${TOWN_SECRET}"',
    "cookie by a form": (
        'auth = "login"\nrequest = "POST /login"\nuser = "clerk"\npassword = "${TOWN_SECRET}"\n'
        'form = { login = "{user}", password = "{password}" }'
    ),
    "bearer by a form": (
        'auth = "login"\nrequest = "POST /login"\nuser = "clerk"\npassword = "${TOWN_SECRET}"\n'
        'json = { login = "{user}", password = "{password}" }\ntoken = "token"'
    ),
    "bearer by a client": (
        'auth = "oauth2-client-credentials"\ntoken_url = "/token"\nclient_id = "clerk"\n'
        'client_secret = "${TOWN_SECRET}"'
    ),
    "bearer by a client elsewhere": (
        'auth = "oauth2-client-credentials"\ntoken_url = "{url}/token"\nclient_id = "clerk"\n'
        'client_secret = "${{TOWN_SECRET}}"\nwithin = "body"\nscope = "desk"'
    ),
}


def driven(tmp_path: Path, way: str, url: str) -> DeclaredTarget:
    """Return the town at *url*, with a clerk who comes by *way*."""
    file = tmp_path / "target.toml"
    told = way.format(url=url) if "{url}" in way else way
    file.write_text(FILE.format(url=url, way=told))
    return open_declared(file)


@pytest.mark.parametrize("name", WAYS)
def test_a_clerk_is_let_in(
    name: str, opened_town: "Opened", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice over one session, and nobody who reads the record is let in by it."""
    with opened_town(name.split(maxsplit=1)[0]) as (town, url):
        monkeypatch.setenv("TOWN_SECRET", town.secret)
        target = driven(tmp_path, WAYS[name], url)
        town.people["1"] = {"surname": "Doe"}

        assert target.read_record("1", CLERK).fields["record"] == {"surname": "Doe"}
        assert target.read_record("1", CLERK).allowed
        assert town.tokens == (1 if " by " in name else 0)
        assert town.secret not in str(
            [(each.path, each.request_headers) for each in target.exchanges()]
        )
        assert town.secret.encode() not in b"".join(
            each.request_body for each in target.exchanges()
        )
        target.close()


@pytest.mark.parametrize("name", WAYS)
def test_a_wrong_secret_lets_nobody_in_and_shows_nothing(
    name: str, opened_town: "Opened", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an answer nobody can read, and never a refusal that a check could count."""
    monkeypatch.setenv("TOWN_SECRET", "wrong")
    with opened_town(name.split(maxsplit=1)[0]) as (town, url):
        target = driven(tmp_path, WAYS[name], url)
        town.people["1"] = {}

        with pytest.raises(UnexpectedAnswer, match="answered 40"):
            target.read_record("1", CLERK)
        target.close()


def test_a_lapsed_session_is_renewed_once(
    opened_town: "Opened", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long audit outlives its tokens."""
    with opened_town("bearer") as (town, url):
        monkeypatch.setenv("TOWN_SECRET", town.secret)
        target = driven(tmp_path, WAYS["bearer by a form"], url)
        town.people["1"] = {}
        target.read_record("1", CLERK)
        town.tokens += 1  # the town forgets whom it let in

        assert target.read_record("1", CLERK).allowed
        assert [path for _, path, _, _ in town.asked].count("/login") == 2
        target.close()


def test_who_has_no_secret_set_is_not_there(
    opened_town: "Opened", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file can be tried before every desk has its key: what such a desk does is not shown."""
    monkeypatch.delenv("TOWN_SECRET", raising=False)
    with opened_town("token") as (_, url):
        target = driven(tmp_path, WAYS["token"], url)

        with pytest.raises(NotOffered, match="clerk 1 cannot sign in: the environment has no TOWN"):
            target.read_record("1", CLERK)
        target.close()


def test_a_key_in_the_address_is_in_no_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that does not answer is told without its query's key."""
    monkeypatch.setenv("TOWN_SECRET", "s3cr3t")
    target = driven(tmp_path, WAYS["query"], "http://127.0.0.1:9")

    with pytest.raises(Exception, match="is the target still running") as raised:
        target.read_record("1", CLERK)
    assert "s3cr3t" not in str(raised.value)
