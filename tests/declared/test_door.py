"""A target file lends a door: each way in is a badge, and nobody else's is handed out."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.declared.description import at_home
from idaudit.fixtures.targets.declared.system import DeclaredTarget, open_declared
from idaudit.fixtures.targets.proposing.document import Document, read_openapi
from idaudit.fixtures.targets.proposing.writing import proposed
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered, SetupError, UnexpectedAnswer

sys.path.insert(0, str(Path(__file__).parent))
from people_register import SECRET, Register
from serving import OPENAPI, serving

CLERK, REVIEWER, AUDITOR = Actor(Role.CLERK), Actor(Role.REVIEWER), Actor(Role.AUDITOR)


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Lend the target file of an honest register."""
    monkeypatch.setenv("TOWN_SECRET", SECRET)
    with serving(Register, tmp_path) as (file, _):
        yield file


def written(file: Path, *pairs: tuple[str, str]) -> DeclaredTarget:
    """Open *file* with each first of *pairs* replaced by its second."""
    text = file.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)
    return open_declared(file)


def applied(target: DeclaredTarget) -> tuple[Actor, str]:
    """Let somebody apply; return them, and the name of their file."""
    person = Applicants(Mint(3)).next()
    opened = target.open_application(person, CLERK)
    return Actor(Role.APPLICANT, person.index), str(opened.fields["record"])


def test_each_role_shows_what_its_requests_show(register: Path) -> None:
    """A clerk's session, and for an applicant the key that applying gave."""
    target = open_declared(register)
    owner, record = applied(target)
    door = target.door()

    assert door.badge(CLERK)["Authorization"].startswith("Bearer clerk-")
    assert door.badge(owner, record) == door.badge(owner)
    assert door.badge(owner, record) != door.badge(CLERK)
    with pytest.raises(NotOffered, match="no way in for auditor"):
        door.badge(AUDITOR)
    with pytest.raises(NotOffered, match="nothing was kept as 'key'"):
        door.badge(Actor(Role.APPLICANT, 99), "no-such-file")
    target.close()


def test_nobody_shows_the_key_of_the_file_they_ask_about(register: Path) -> None:
    """Whoever asks for another's file shows their own key, and an honest register refuses."""
    target = open_declared(register)
    applicants = Applicants(Mint(3))
    one, other = applicants.next(), applicants.next()
    for person in (one, other):
        opened = target.open_application(person, CLERK)
    record, me = str(opened.fields["record"]), Actor(Role.APPLICANT, one.index)

    assert target.read_record(record, Actor(Role.APPLICANT, other.index)).allowed
    assert target.read_record(record, me).refused
    assert target.read_record("no-such-file", me).refused
    assert target.delete_record(record, me).refused
    target.close()


def test_a_session_is_begun_and_ended_beside_the_one_in_use(register: Path) -> None:
    """Signing out is asked with the badge that is given back, and leaves the other alone."""
    target = open_declared(register)
    door = target.door()
    first, second = door.badge(CLERK), door.log_in(CLERK)

    assert first != second
    door.log_out(second)
    with pytest.raises(NotOffered, match="only a session that was begun here"):
        door.log_out({"Authorization": "Bearer somebody-elses"})
    with pytest.raises(UnexpectedAnswer, match="log_out: DELETE /session answered 40"):
        door.log_out(second)
    target.close()


def test_what_a_file_does_not_tell_of_sessions_is_not_offered(register: Path) -> None:
    """A reviewer has no `log_out` there, nor `lasts`: how their sessions end is not shown."""
    target = open_declared(register)
    door = target.door()

    with pytest.raises(NotOffered, match="add log_out"):
        door.log_out(door.log_in(REVIEWER))
    with pytest.raises(NotOffered, match="add lasts"):
        door.lapsed(REVIEWER)
    target.close()


def test_nobody_is_shown_with_a_badge_that_is_another_persons(register: Path) -> None:
    """Where all applicants show the same, or a clerk asks for them, they have no badge."""
    through = ('auth = "kept"\nname = "key"', 'auth = "through"\nrole = "clerk"')
    target = written(register, through)
    assert target.door().stands_for(CLERK) == {Role.APPLICANT}
    with pytest.raises(NotOffered, match="no way in of their own: clerk asks"):
        target.door().badge(Actor(Role.APPLICANT, 1))

    shared = (through[1], 'auth = "bearer"\ntoken = "${TOWN_SECRET}"')
    same = written(register, shared)
    with pytest.raises(NotOffered, match="all applicants show the same"):
        same.door().badge(Actor(Role.APPLICANT, 1))
    for each in (target, same):
        each.close()


def test_who_shares_a_login_stands_for_all_its_roles(register: Path) -> None:
    """A small house with one login for two desks is not accused of mixing them up."""
    one = written(register, ('user = "reviewer"', 'user = "clerk"'))

    assert one.door().stands_for(CLERK) == {Role.REVIEWER}
    assert one.door().stands_for(REVIEWER) == {Role.CLERK}
    one.close()


def test_a_key_in_the_address_is_no_badge(register: Path) -> None:
    """A badge is a header; what cannot be shown so is not shown, and said to be so."""
    key = 'auth = "api-key"\nwithin = "query"\nname = "key"\nvalue = "${TOWN_SECRET}"'
    target = written(register, ("[controls]", f"[roles.auditor]\n{key}\n[controls]"))
    with pytest.raises(NotOffered, match="goes into the address"):
        target.door().badge(AUDITOR)
    target.close()


def test_the_door_tells_which_paths_are_about_a_file(register: Path) -> None:
    """What else is filled in is left open."""
    target = open_declared(register)
    asked = target.door().asks()

    assert {"/items/people", "/items/people/{record}"} <= {*asked}
    assert "/items/people/{application}/papers/{}" in asked
    target.close()


def test_a_description_is_read_from_the_system_or_from_a_file_beside_its_own(
    register: Path,
) -> None:
    """A description in a file serves a system that tells nothing of itself."""
    target = open_declared(register)
    told = target.describe().fields["openapi"]
    beside = register.with_name("api.json")
    beside.write_text('{"openapi": "3.1.0", "paths": {"/people": {}}}')
    other = written(register, ('openapi = "/openapi.json"', 'openapi = "api.json"'))
    none = written(register, ('openapi = "api.json"', 'openapi = "absent.json"'))

    assert target.offers(Operation.DESCRIBE)
    assert "/items/people/{person}" in told["paths"]
    assert list(other.describe().fields["openapi"]["paths"]) == ["/people"]
    with pytest.raises(SetupError, match=r"absent\.json: No such file"):
        none.describe()
    for each in (target, other, none):
        each.close()


@pytest.mark.parametrize(
    ("said", "url", "path"),
    [
        ({"servers": [{"url": "/api/v1"}]}, "http://127.0.0.1:1", "/api/v1/people"),
        ({"servers": [{"url": "https://city.example/api"}]}, "http://127.0.0.1:1", "/api/people"),
        ({"servers": [{"url": "https://city.example/api"}]}, "http://127.0.0.1:1/api", "/people"),
        ({"servers": [{"url": "/{tenant}"}]}, "http://127.0.0.1:1", "/people"),
        ({"swagger": "2.0", "basePath": "/v2"}, "http://127.0.0.1:1", "/v2/people"),
        ({"servers": [{"url": "https://[half"}]}, "http://127.0.0.1:1", "/people"),
        ({}, "http://127.0.0.1:1", "/people"),
    ],
)
def test_a_description_is_asked_at_the_system_that_is_audited(
    said: dict[str, object], url: str, path: str
) -> None:
    """Whatever server it names: the real one must not be asked for the copy."""
    told = at_home({**said, "paths": {"/people": {}}}, url)

    assert list(told["paths"]) == [path]
    assert not {"servers", "host", "basePath"} & {*told}


def test_an_answer_that_describes_nothing_shows_nothing(register: Path) -> None:
    """A page of HTML in the place of a description is said to be none."""
    target = written(register, ('openapi = "/openapi.json"', 'openapi = "/items/centres/1"'))
    with pytest.raises(Inconclusive, match="mend openapi in the target file"):
        target.describe()
    target.close()


def test_where_a_system_describes_itself_and_how_one_leaves_it_is_proposed() -> None:
    """With these two keys what nobody wrote down is asked as well, and a session's end seen."""
    told = read_openapi(str(OPENAPI / "register.json")).root
    here = {name: each for name, each in told.items() if name != "servers"}
    fetched = tomllib.loads(proposed(Document("http://127.0.0.1:9/v3/api-docs?group=all", here)))
    filed = proposed(Document("api.json", here))

    assert fetched["system"]["openapi"] == "/v3/api-docs?group=all"
    assert fetched["roles"]["clerk"]["log_out"] == {"request": "DELETE /session"}
    assert "openapi" not in tomllib.loads(filed)["system"]
    assert '# openapi = "FILE"' in filed
