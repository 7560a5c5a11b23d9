"""How the checks of photographs and faces judge cities neither honest nor plainly broken."""

import base64
import dataclasses
import uuid
from collections.abc import Callable, Mapping

import pytest

from idaudit.checks.access import faces, photos
from idaudit.checks.access.forms import answers_with_template, searches_by_picture
from idaudit.fixtures.targets.target import Answer, Outcome, Role, Target

Judge = Callable[..., tuple[str, str]]
Check = Callable[..., None]
DONE = Outcome(Answer.ALLOWED)
TAKING: tuple[Check, ...] = (
    photos.photographs_rest_in_a_store_of_their_own,
    photos.nothing_joins_a_photograph_to_its_record,
    photos.no_member_of_staff_gets_a_face_with_a_name,
    photos.no_backup_holds_both_photographs_and_records,
    photos.a_photograph_is_kept_without_what_the_camera_wrote,
    photos.printing_a_card_leaves_no_second_picture,
    faces.a_face_is_forgotten_with_its_application_or_record,
    faces.a_face_is_forgotten_when_its_card_has_expired,
    faces.only_who_decides_asks_about_a_face_and_hears_yes_or_no,
    faces.no_template_of_a_face_lies_in_the_clear,
    faces.a_match_leaves_no_mark_on_whoever_was_approved,
)


def refuse(*_: object, **__: object) -> Outcome:
    """Decline."""
    return Outcome(Answer.REFUSED, "bent")


def with_fields(outcome: Outcome, **more: object) -> Outcome:
    """Return an answer that says more."""
    return dataclasses.replace(outcome, fields={**outcome.fields, **more})


def knows_nobody(city: Target, **named: object) -> Outcome:
    """Compare faces, and never find one."""
    return with_fields(city.check_duplicate(**named), possible_duplicate=False)


@pytest.mark.parametrize("check", TAKING)
def test_a_city_that_takes_no_photographs_shows_nothing(judge: Judge, check: Check) -> None:
    """What is never taken cannot be kept apart, and is not praised for it."""
    assert judge(check, submit_photo=refuse)[0] == "inconclusive"


@pytest.mark.parametrize("check", [*TAKING[:2], TAKING[3], TAKING[5], *TAKING[9:]])
def test_a_place_that_cannot_be_seen_shows_nothing(judge: Judge, check: Check) -> None:
    """One blind spot is enough to keep faces in."""
    assert judge(check, blind=frozenset({"log"}))[0] == "inconclusive"


@pytest.mark.parametrize("check", TAKING[6:8])
def test_an_engine_that_knows_nobody_shows_nothing(judge: Judge, check: Check) -> None:
    """A face that was never known has not been forgotten."""
    assert judge(check, check_duplicate=knows_nobody)[0] == "inconclusive"


def test_a_match_that_is_never_found_leaves_nothing_to_judge(judge: Judge) -> None:
    """Whether a match would leave a mark is open where there are none."""
    check = faces.a_match_leaves_no_mark_on_whoever_was_approved

    assert judge(check, check_duplicate=knows_nobody)[0] == "inconclusive"


def test_a_score_is_more_than_yes_or_no(judge: Judge) -> None:
    """A number that stays a face's own is half of its template."""

    def compare(city: Target, **named: object) -> Outcome:
        score = sum(map(ord, str(named["application"]))) % 997
        return with_fields(city.check_duplicate(**named), score=score)

    check = faces.only_who_decides_asks_about_a_face_and_hears_yes_or_no
    assert judge(check, check_duplicate=compare) == ("broken", "more-than-yes-or-no")


def test_a_number_of_the_request_is_no_news_of_a_face(judge: Judge) -> None:
    """What is another each time, and what was asked, say nothing; nor does a fixed word."""

    def compare(city: Target, **named: object) -> Outcome:
        asked = city.check_duplicate(**named)
        extra = {"request": uuid.uuid4().hex, "about": named["application"], "engine": "v2"}
        return with_fields(asked, **extra)

    check = faces.only_who_decides_asks_about_a_face_and_hears_yes_or_no
    assert judge(check, check_duplicate=compare) == ("pass", "")


def test_a_word_that_comes_only_with_a_match_says_more(judge: Judge) -> None:
    """A field that only a familiar face gets is a finding about somebody."""

    def compare(city: Target, **named: object) -> Outcome:
        asked = city.check_duplicate(**named)
        more = {"see": "the other file"} if asked.fields.get("possible_duplicate") else {}
        return with_fields(asked, **more)

    check = faces.only_who_decides_asks_about_a_face_and_hears_yes_or_no
    assert judge(check, check_duplicate=compare) == ("broken", "more-than-yes-or-no")


def test_a_clerk_who_sees_a_face_beside_a_name_is_noticed(judge: Judge) -> None:
    """However the picture is written into the answer."""
    seen: dict[str, bytes] = {}

    def submit(city: Target, **named: object) -> Outcome:
        seen["photo"] = named["photo"].data
        return city.submit_photo(**named)

    def read(city: Target, **named: object) -> Outcome:
        shown = city.read_record(**named)
        if named["by"].role is not Role.CLERK or not shown.allowed:
            return shown
        picture = base64.urlsafe_b64encode(seen["photo"])
        exchange = shown.exchanges[0]
        body = exchange.body[:-1] + b',"portrait":"' + picture + b'"}'
        return dataclasses.replace(shown, exchanges=(dataclasses.replace(exchange, body=body),))

    check = photos.no_member_of_staff_gets_a_face_with_a_name
    told = judge(check, submit_photo=submit, read_record=read)
    assert told == ("broken", "both-in-one-answer")


def test_a_backup_that_leaves_nothing_shows_nothing(judge: Judge) -> None:
    """A backup that lies in no declared place may hold anything."""
    check = photos.no_backup_holds_both_photographs_and_records

    assert judge(check, backup=lambda *_, **__: DONE)[0] == "inconclusive"


def test_records_that_never_change_leave_their_place_unknown(judge: Judge) -> None:
    """Where records rest is told from a correction, and a city that corrects nothing hides it."""
    check = photos.photographs_rest_in_a_store_of_their_own

    assert judge(check, correct_record=lambda *_, **__: DONE)[0] == "inconclusive"


# -- what a description says ----------------------------------------------------------------


def described(path: str, body: Mapping[str, object], answer: str = "found") -> dict[str, object]:
    """Describe one operation."""
    said = {"type": "object", "properties": {answer: {"type": "boolean"}}}
    answers = {"200": {"content": {"application/json": {"schema": said}}}}
    return {"paths": {path: {"post": {"requestBody": body, "responses": answers}}}}


def form(*names: str) -> dict[str, object]:
    """Return the body of a form with these fields."""
    fields = {name: {"type": "string"} for name in names}
    return {"content": {"application/json": {"schema": {"properties": fields}}}}


PICTURE = {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/faces/search", PICTURE),
        ("/identify", form("selfie")),
        ("/persons/lookup", form("name", "faceTemplate")),
        ("/photoMatch", form("image")),
    ],
)
def test_a_search_by_picture_is_recognised(path: str, body: Mapping[str, object]) -> None:
    """Whatever it is called, and however the picture is sent."""
    assert searches_by_picture(described(path, body))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/applications/{application}/photo", PICTURE),
        ("/searches", form("given_name", "surname", "born")),
        ("/applications/{application}/documents", PICTURE),
        ("/surface-search", form("interface")),
    ],
)
def test_what_takes_a_picture_or_searches_is_left_alone(
    path: str, body: Mapping[str, object]
) -> None:
    """Enrolment takes pictures, and a search takes names: only the two together are wrong."""
    assert not searches_by_picture(described(path, body))


def test_an_answer_with_a_template_is_recognised() -> None:
    """Through references as well as directly."""
    assert answers_with_template(described("/x", form("a"), answer="face_vector"))
    assert answers_with_template(described("/x", form("a"), answer="faceTemplate"))
    assert not answers_with_template(described("/x", form("a"), answer="surface"))
    assert not answers_with_template(described("/x", form("a"), answer="display_template"))
    there = described("/x", form("a"))
    there["components"] = {"schemas": {"Hit": {"properties": {"embedding": {}}}}}
    reference = {"application/json": {"schema": {"$ref": "#/components/schemas/Hit"}}}
    there["paths"]["/x"]["post"]["responses"]["200"]["content"] = reference  # type: ignore[index]  # built above
    assert answers_with_template(there)


def test_a_description_of_nothing_shows_nothing(judge: Judge) -> None:
    """A system that describes no operation may have any."""
    empty = Outcome(Answer.ALLOWED, fields={"openapi": {"paths": {}}})

    assert judge(faces.no_form_searches_by_a_face, describe=lambda _: empty)[0] == "inconclusive"
