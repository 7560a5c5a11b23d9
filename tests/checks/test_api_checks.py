"""How the checks of an interface judge: what they take for a leak, and what they leave alone."""

import base64
import dataclasses
import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from idaudit.checks.access import answers as answered
from idaudit.checks.access import changes, doors, explored, forging, refusals, sessions, typed
from idaudit.checks.access.malformed import SPOILT
from idaudit.checks.access.naming import about, names_of
from idaudit.checks.case import CLERK, PUBLIC, File
from idaudit.checks.knocking import loopback
from idaudit.checks.probes.fuzz.asking import Reader, Seen, Voice
from idaudit.checks.probes.fuzz.described import Described, Question, described, modest
from idaudit.checks.probes.fuzz.wellknown import addresses, beside, kind_of_file
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.door import Door
from idaudit.fixtures.targets.target import Answer, Exchange, Outcome, Target
from idaudit.threatmodel.errors import Inconclusive, NotOffered

Judge = Callable[..., tuple[str, str]]
Check = Callable[..., None]
BADGE = {"Authorization": "Bearer x"}
CHECKS: tuple[Check, ...] = (
    answered.no_answer_tells_a_role_of_somebody_else,
    answered.no_answer_tells_of_a_record_held_for_a_court,
    refusals.no_refusal_repeats_what_was_sent,
    refusals.what_is_declined_is_written_down_nowhere,
    sessions.nobody_is_let_in_by_a_badge_they_made,
    sessions.a_session_ends_when_its_time_is_over,
    doors.no_word_of_ones_own_opens_a_file,
    doors.no_hidden_door_opens_a_file,
    doors.no_refusal_tells_an_outsider_which_files_there_are,
    changes.no_described_operation_changes_a_file_for_a_stranger,
    typed.nothing_sent_beyond_any_form_is_kept,
    explored.no_odd_question_is_answered_with_somebody_else,
)
API: Mapping[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "a register", "version": "1"},
    "paths": {
        "/people/{person_id}": {
            "get": {"operationId": "read", "responses": {"200": {"description": "it"}}},
            "parameters": [
                {"name": "person_id", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
        },
        "/applications/{id}/files/{number}": {
            "get": {"operationId": "look", "responses": {"200": {"description": "it"}}},
            "parameters": [
                {"name": each, "in": "path", "required": True, "schema": {"type": kind}}
                for each, kind in (("id", "string"), ("number", "integer"))
            ],
        },
        "/notes": {
            "post": {
                "operationId": "note",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"text": {"type": "string", "minLength": 3}},
                                "required": ["text"],
                            }
                        }
                    },
                },
                "responses": {"201": {"description": "noted"}},
            }
        },
    },
}


def asked(voice: Voice | None = None, **headers: str) -> Seen:
    """Return one answer with these headers."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    exchange = Exchange("GET", "/", 200, {}, b"", said, b"")
    return Seen("GET /", voice or Voice(CLERK, BADGE), Question("GET", "/", {}), exchange)


def no_door(_: Target) -> Door:
    """Lend no door."""
    raise NotOffered("bent")


def nothing_described(_: Target) -> Outcome:
    """Describe nothing."""
    return Outcome(Answer.ALLOWED, fields={"openapi": {"openapi": "3.1.0", "paths": {}}})


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_system_without_a_door_shows_nothing(judge: Judge, check: Check) -> None:
    """What nobody could ask in other words is not praised for its answers."""
    assert judge(check, door=no_door)[0] == "inconclusive"


def test_a_system_that_describes_nothing_shows_nothing(judge: Judge) -> None:
    """Whoever says nothing of what can be asked has not been asked."""
    check = answered.no_answer_tells_a_role_of_somebody_else
    assert judge(check, describe=nothing_described)[0] == "inconclusive"


def test_a_system_on_another_machine_is_not_asked_in_odd_ways(judge: Judge) -> None:
    """What might do harm is done to nobody else's machine."""
    said = judge(
        answered.no_answer_tells_a_role_of_somebody_else,
        door=lambda _: Door("http://city.example:80"),
    )

    assert said == ("inconclusive", said[1])
    assert "not on this machine" in said[1]
    assert [loopback(host) for host in ("127.0.0.9", "::1", "localhost", "10.0.0.1", "")] == [
        *(True, True, True),
        *(False, False),
    ]


@pytest.mark.parametrize(
    ("control", "signed", "may"),
    [
        ("no-store", True, False),
        ("private, max-age=60", True, False),
        ("max-age=60", True, False),  # a signed answer is kept only where it says so
        ("", True, False),
        ("public", True, True),
        ("public, max-age=60", False, True),
        ("s-maxage=5", True, True),
        ("must-revalidate, max-age=1", True, True),
        ("max-age=60", False, True),
        ("max-age=0", False, False),
        ("no-store, public", True, False),
    ],
)
def test_what_a_shared_cache_may_keep_is_what_its_standard_says(
    control: str,
    signed: bool,  # noqa: FBT001  a row of a table
    may: bool,  # noqa: FBT001  likewise
) -> None:
    """Whoever signs a question is answered for themselves, unless the answer says otherwise."""
    voice = Voice(CLERK, BADGE) if signed else Voice(PUBLIC, {})
    assert answered.shared(asked(voice=voice, cache_control=control)) is may


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"SQLite format 3\0rest", "a database"),
        (b"PGDMP\x01", "a copy of a database"),
        (b'{"port": 1, "secret": "0f1e2d3c4b5a"}', "a configuration with its keys"),
        (b"DB_PASSWORD=correct-horse", "a configuration with its keys"),
        (b"-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        (b"[core]\n\tbare = false", "a store of versions"),
        (b'{"title": "A password: required here"}', ""),
        (b'{"status": "ok"}', ""),
        (b"<p>Your secret is safe with us: always.</p>", ""),
        (b"", ""),
    ],
)
def test_a_store_is_known_from_a_page(body: bytes, kind: str) -> None:
    """A page that speaks of passwords is no password."""
    assert kind_of_file(body) == kind


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Traceback (most recent call last):", True),
        ('File "/srv/city/app.py", line 12, in take', True),
        ("at city.Desk.take(Desk.java:41)", True),
        ("SELECT * FROM records WHERE id = 1", True),
        ("psycopg.errors.UndefinedTable", True),
        ("could not open /var/lib/city/keys.db", True),
        ("C:\\\\inetpub\\\\city\\\\web.config", True),
        ("There is nothing here for you.", False),
        ("Select a centre from the list, where you can wait.", False),
        ("See https://city.example/var/help/forms for help", False),
        ('{"type": "tag:city.example,2026:invalid", "instance": "/records/1"}', False),
    ],
)
def test_what_only_a_builder_can_have_written_is_known(said: str, told: bool) -> None:  # noqa: FBT001  a row of a table
    """A sentence for people with a slash in it is no file's place."""
    exchange = Exchange("GET", "/", 400, {}, b"", {}, said.encode())
    seen = dataclasses.replace(asked(), exchange=exchange)

    assert bool(list(refusals.told_of_inside(seen))) is told


def test_what_was_sent_is_no_secret_of_the_system() -> None:
    """Whoever sends a file's place and is sent it back has learnt nothing of where files lie."""
    place = "/var/lib/city/keys.db"
    exchange = Exchange("GET", "/", 400, {}, b"", {}, f"no {place}".encode())
    question = Question("POST", "/", {}, place.encode())

    seen = dataclasses.replace(asked(), exchange=exchange, question=question)
    assert list(refusals.told_of_inside(seen)) == []


def test_a_path_is_filled_with_the_name_it_asks_for() -> None:
    """A question about nobody's file would be refused whatever the system's rules."""
    person = Applicants(Mint(3)).next()
    file = File(person, "application-1", "record-1")
    read, look, note = described(API)

    assert list(names_of(read, file)) == [{"person_id": "record-1"}]
    assert list(names_of(look, file)) == [{"id": "application-1"}]
    assert look.question({"id": "application-1"}).path == "/applications/application-1/files/0"
    assert (about(read), about(look), about(note)) == (True, True, False)


def test_a_name_stays_one_part_of_a_path() -> None:
    """An id with a slash in it must not become the address of something else."""
    read = described(API)[0]
    assert read.question({"person_id": "a/../b?c"}).path == "/people/a%2F..%2Fb%3Fc"


def test_questions_are_the_same_each_time() -> None:
    """What was found by chance has to be found again."""
    described_again = [described({**API, "x-again": number}, 2) for number in range(2)]
    one, other = [[_all(each) for each in every] for every in described_again]
    assert one == other


def _all(operation: Described) -> list[Question]:
    cases = (*operation.fitting, *operation.unfitting)
    return [operation.question({}, case) for case in cases]


def test_a_description_nobody_can_read_shows_nothing() -> None:
    """A description that is none was not asked about."""
    for nothing in ({"openapi": "3.1.0", "info": {}, "paths": {}}, {"swagger": 7}, {}):
        with pytest.raises(Inconclusive, match=r"cannot be read|describes no operation"):
            described(nothing)


def test_large_values_are_asked_for_in_a_modest_form() -> None:
    """Two hundred texts of eight thousand letters take minutes to make up, and show no more."""
    part = {"type": "array", "maxItems": 200, "items": {"type": "string", "maxLength": 8192}}
    said = modest({"one": part, "two": {"properties": {"maxLength": {"maxLength": 9}}}})

    assert said["one"] == {
        "type": "array",
        "maxItems": 8,
        "items": {"type": "string", "maxLength": 256},
    }
    assert said["two"] == {"properties": {"maxLength": {"maxLength": 9}}}


def test_each_way_to_spoil_a_form_says_the_mark() -> None:
    """An answer that repeats nothing proves something only if there was something to repeat."""
    note = described(API)[2]
    for name, spoil in SPOILT.items():
        spoilt = spoil(note, note.question({}), "MARK")
        assert b"MARK" in (spoilt.body or b""), name


def test_what_is_tried_by_name_is_tried_beneath_it_too() -> None:
    """Old copies lie where somebody once put them, under the name of whom they are of."""
    every = set(addresses(["x1"]))

    assert {"/admin/records", "/uploads/x1.jpg", "/.env"} <= every
    assert {"/v1/people/x1", "/people/x1.csv", "/people/x1/", "//people/x1"} <= set(
        beside("/people/x1")
    )


def test_a_small_copy_of_a_paper_tells_of_its_owner_beside_somebody_elses_name() -> None:
    """Pages show thumbnails; no value of whom they show stands in them."""
    people = Applicants(Mint(3))
    named, shown = people.next(), people.next()
    small = shown.documents[0].picture.convert("RGB").resize((160, 109))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=60)
    page = f"<p>{named.surname}</p>".encode() + base64.b64encode(out.getvalue())

    told = Reader(sweep_for(Mint(3), [named, shown])).text(page)

    assert {hit.applicant for hit in told} == {named.index, shown.index}


def test_a_forged_badge_is_never_the_badge() -> None:
    """A forgery that happens to be the thing itself would accuse the innocent."""
    for badge in ({"Authorization": "Bearer staff.abc.0000"}, {"Authorization": "Bearer q1"}):
        shown = [each["Authorization"] for _, each in forging.forged(badge)]
        assert badge["Authorization"] not in shown
        assert len(shown) >= 6
