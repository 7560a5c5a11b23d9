"""A proposed file maps what a description tells, marks its doubts, and can be driven as it is."""

import contextlib
import copy
import functools
import json
import operator
import random
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from idaudit.checks.doctor import examine
from idaudit.command.main import exit_code_of
from idaudit.command.share import crowd
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.declared.reading import read_target_file
from idaudit.fixtures.targets.declared.system import open_declared
from idaudit.fixtures.targets.proposing.document import LARGEST, Document, read_openapi
from idaudit.fixtures.targets.proposing.matching import matched
from idaudit.fixtures.targets.proposing.routes import routes_of
from idaudit.fixtures.targets.proposing.writing import proposed
from idaudit.fixtures.targets.reference import ReferenceCities, ReferenceTarget
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import NotOffered, SetupError, UsageError
from idaudit.threatmodel.loader import load

SAMPLES = Path(__file__).with_name("openapi")
NAMES = {each.value for each in Operation}
MEMBERS = {
    "open_application": "POST /members",
    "submit_document": "POST /members/{application}/attachments",
    "view_document": "GET /members/{application}/attachments/{index}",
    "decide": "POST /members/{application}/approval",
    "issue_card": "POST /members/{application}/card",
    "read_record": "GET /members/{record}",
    "correct_record": "PUT /members/{record}",
    "delete_record": "DELETE /members/{record}",
    "read_ledger": "GET /auditTrail",
    "submit_photo": "PUT /members/{application}/portrait",
    "view_photo": "GET /members/{record}/portrait",
    "revoke_card": "POST /members/{record}/card/block",
    "verify_card": "POST /cards/validate",
}
ENROLLMENTS = {
    "open_application": "POST /enrollments",
    "submit_document": "POST /enrollments/{application}/proofs",
    "decide": "PUT /enrollments/{application}/adjudication",
    "withdraw": "POST /enrollments/{application}/cancellation",
    "issue_card": "POST /enrollments/{application}/credential",
    "read_record": "GET /enrollments/{record}",
    "delete_record": "DELETE /enrollments/{record}",
}


@pytest.fixture(scope="module")
def city() -> Iterator[tuple[ReferenceCities, ReferenceTarget]]:
    """Lend the reference city, with what knows its staff."""
    with (
        ReferenceCities(load().programmes["idnyc-2017"].terms, 5) as cities,
        cities.unused() as one,
    ):
        yield cities, one


def written(name: str) -> Mapping[str, Any]:
    """Return what is proposed for one of the samples."""
    return tomllib.loads(proposed(read_openapi(str(SAMPLES / name))))


@pytest.mark.parametrize(
    ("name", "wanted"), [("members.json", MEMBERS), ("enrollments.json", ENROLLMENTS)]
)
def test_each_request_is_given_to_the_operation_it_does(
    name: str, wanted: Mapping[str, str]
) -> None:
    """And what is none of ours (newsletters, shops, the weather) is given to nobody."""
    found = written(name)["operations"]

    assert {each: table["request"] for each, table in found.items()} == wanted


def test_bodies_and_fields_go_by_the_systems_own_names() -> None:
    """Nested or flat, in base64 or as a file, with its own words for yes and no."""
    members, enrollments = written("members.json"), written("enrollments.json")
    opened, other = members["operations"]["open_application"], enrollments["operations"]

    assert opened["json"]["firstName"] == "{applicant.given_name}"
    assert opened["json"]["branch"] == "north"
    assert opened["fields"] == {"application": "memberId", "record": "memberId"}
    assert members["names"]["postcode"] == "postalCode"
    assert members["system"]["url"] == "http://127.0.0.1:8080/office/api"
    assert members["roles"]["clerk"]["within"] == "query"
    assert (
        members["operations"]["submit_document"]["multipart"]["file"]["data"] == "{document.data}"
    )
    assert other["open_application"]["json"]["name"]["family"] == "{applicant.surname}"
    assert other["submit_document"]["json"]["content"] == "{document.data:base64}"
    assert other["decide"]["json"]["verdict"] == "{approve:ACCEPTED/REJECTED}"
    assert "surname: data.person.name.family" in other["read_record"]["fields"]["record"]
    assert enrollments["roles"]["clerk"]["request"] == "POST /auth/signin"


def test_what_is_doubtful_is_marked_and_what_cannot_be_asked_is_left_out() -> None:
    """A guess that looks like knowledge would be believed."""
    text = proposed(read_openapi(str(SAMPLES / "members.json")))

    assert "# unsure: branch is required, and its meaning unknown" in text
    assert 'fields.intact = "intact"   # unsure: the description does not tell where it is' in text
    assert "# not used yet: its request never says {case}" in proposed(
        read_openapi(str(SAMPLES / "enrollments.json"))
    )


def test_on_the_city_every_operation_is_found_and_none_is_mistaken(
    city: tuple[ReferenceCities, ReferenceTarget],
) -> None:
    """By its names all of them; by paths and forms alone four of five, and still none wrong."""
    document = read_openapi(f"{city[1].url}/openapi.json")
    truth = {(each.method, each.path): each.name for each in routes_of(document)}
    offered = NAMES & set(truth.values())
    bare = copy.deepcopy(dict(document.root))
    for method in (each for path in bare["paths"].values() for each in path.values()):
        for told in ("operationId", "summary", "description", "tags"):
            method.pop(told, None)

    named = matched(routes_of(document))
    unnamed = matched(routes_of(Document("bare", bare)))

    for found in (named, unnamed):
        assert all(truth[one.route.method, one.route.path] == each for each, one in found.items())
    assert set(named) == offered
    assert len(unnamed) >= 0.8 * len(offered)


def test_the_doctor_drives_the_city_by_the_proposed_file_as_it_is(
    city: tuple[ReferenceCities, ReferenceTarget], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was added to it but the secrets, in the environment."""
    cities, one = city
    for role in set(Role) - {Role.APPLICANT, Role.PUBLIC}:
        login = cities.staff.login(Actor(role))
        monkeypatch.setenv(f"{role.value.upper()}_LOGIN", login.login)
        monkeypatch.setenv(f"{role.value.upper()}_PASSWORD", login.key)
    file = tmp_path / "target.toml"
    assert exit_code_of(["init", "--openapi", f"{one.url}/openapi.json", "--out", str(file)]) == 0
    target = open_declared(file)
    mint = Mint(3)
    found = examine(target, mint, crowd(mint, anew=False)(target))
    target.close()
    works = {each.operation for each in found.operations if each.works}

    assert works >= {Operation(each) for each in MEMBERS}
    assert len(works) >= 48


def test_a_file_for_a_system_whose_secrets_are_not_set_can_be_read(tmp_path: Path) -> None:
    """Whoever has no secret is not there; the rest can be looked at."""
    file = tmp_path / "target.toml"
    file.write_text(proposed(read_openapi(str(SAMPLES / "members.json"))))

    assert read_target_file(file, {}).system.name == "Membership office"
    with pytest.raises(NotOffered, match="clerk 1 cannot sign in"):
        open_declared(file).read_record("1", Actor(Role.CLERK))


NEST: dict[str, Any] = {}
HOSTILE = {
    "nothing": (b"", "neither|says neither"),
    "a page": (b"<html></html>", "no JSON"),
    "a list": (b"[1]", "says neither `openapi"),
    "other JSON": (b'{"a": 1}', "says neither `openapi"),
    "another version": (b'{"openapi": "2.5", "paths": {"/a": {}}}', "says neither `openapi"),
    "no paths": (b'{"openapi": "3.0.0", "paths": {}}', "describes no path"),
    "deep": (
        b'{"openapi": "3.0.0", "paths": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
        "nested|deeper",
    ),
    "a file of ours": (
        b'{"openapi": "3.0.0", "paths": {"/a": {"$ref": "file:///etc/passwd"}}}',
        "leads out of the description, and nothing is fetched",
    ),
    "somebody else": (
        b'{"openapi": "3.0.0", "paths": {"/a": {"$ref": "http://127.0.0.1:1/x"}}}',
        "leads out of the description",
    ),
    "nowhere": (b'{"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/x/y"}}}', "leads nowhere"),
    "itself": (
        (
            b'{"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/x"}},'
            b' "x": {"$ref": "#/y"}, "y": {"$ref": "#/x"}}'
        ),
        "leads back to itself",
    ),
    "a bomb": (b"openapi: 3.0.0\na: &a [x]\npaths: [*a, *a]\n", "YAML with aliases"),
    "too long": (b" " * (LARGEST + 1), "longer than 8 MiB"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_broken_or_hostile_description_is_one_line(what: str, tmp_path: Path) -> None:
    """It is somebody else's text: nothing it points at is opened, and nothing in it is endless."""
    raw, told = HOSTILE[what]
    file = tmp_path / "api"
    file.write_bytes(raw)

    with pytest.raises(SetupError, match=told) as raised:
        proposed(read_openapi(str(file)))
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 500


def test_odd_values_in_a_description_are_passed_over(tmp_path: Path) -> None:
    """A name that is a number or a list where a text belongs ends nothing."""
    odd = {
        "openapi": "3.0.0",
        "info": 7,
        "servers": [{"url": 5}],
        "security": "x",
        "paths": {
            "/a\n[x]": {"post": {"operationId": 7, "requestBody": [], "responses": 3, "tags": {}}},
            "/b": None,
            '/people/{"}': {"get": {"parameters": 1, "responses": {"200": {"content": {"x": 1}}}}},
            "/people": {
                "post": {
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "properties": {'na"me\x00]': {}, "surname": 3, "first": {}}
                                }
                            }
                        }
                    },
                    "responses": {},
                }
            },
        },
    }
    file = tmp_path / "api.json"
    file.write_text(json.dumps(odd))

    assert tomllib.loads(proposed(read_openapi(str(file))))["system"]["name"] == "unnamed"


def test_no_file_is_written_over_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An adapter that somebody completed is not lost to a second proposal."""
    file = tmp_path / "target.toml"
    assert exit_code_of(["init", "--out", str(file)]) == 0
    assert exit_code_of(["init", "--out", str(file)]) == 64
    assert "is there already" in capsys.readouterr().err
    read_target_file(file, {})
    with pytest.raises(UsageError, match="name a file or an address"):
        read_openapi(str(tmp_path / "absent"))


JUNK: list[Any] = [
    *(None, 1, True, "", "x\n[y]", "{a}", "}{", '"q\\', "\x00\x7f", [], {}, [[]], "/../{x}"),
    *({"$ref": "#/paths"}, {"type": ["null", 3]}, "http://[y", ["$ref"]),
]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401  JSON
    """Yield the way to everything in *node*."""
    yield path
    listed = enumerate(node) if isinstance(node, list) else ()
    for key, each in node.items() if isinstance(node, dict) else listed:
        yield from places(each, (*path, key))


@pytest.mark.parametrize("name", ["members.json", "enrollments.json"])
def test_a_description_that_was_tampered_with_still_gives_a_file_or_one_line(
    name: str, tmp_path: Path
) -> None:
    """Seventy times a few of its values are something else; what comes out can be read."""
    whole = json.loads((SAMPLES / name).read_text(encoding="utf-8"))
    for seed in range(70):
        dice, broken = random.Random(f"{name} {seed}"), copy.deepcopy(whole)  # noqa: S311  a test's own
        for _ in range(dice.randint(1, 6)):
            way = dice.choice([each for each in places(broken) if each])
            above = functools.reduce(operator.getitem, way[:-1], broken)
            above[way[-1]] = copy.deepcopy(dice.choice(JUNK))
        file = tmp_path / f"{seed}.json"
        file.write_text(json.dumps(broken))
        with contextlib.suppress(SetupError):
            tomllib.loads(proposed(read_openapi(str(file))))
