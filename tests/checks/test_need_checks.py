"""How the checks of what is needed, and of who gets in, judge cities with rules of their own."""

from collections.abc import Callable, Mapping

import pytest

from idaudit.checks.collection import addresses, equal_access, minimal
from idaudit.checks.collection.forms import asked_by
from idaudit.fixtures.documents import DocumentKind
from idaudit.fixtures.targets.target import Answer, Exchange, Outcome, Target

Judge = Callable[..., tuple[str, str]]
REFUSED = Outcome(Answer.REFUSED, "bent")
FORM: Mapping[str, object] = {"type": "object", "properties": {"surname": {}, "deviceId": {}}}
DESCRIPTION = {
    "servers": [{"url": "https://city.example/api/"}],
    "paths": {
        "/applications": {
            "post": {"requestBody": {"content": {"application/json": {"schema": FORM}}}}
        },
        "/applications/{id}": {
            "patch": {"requestBody": {"$ref": "#/components/requestBodies/Change"}}
        },
        "/benefits": {"post": {"parameters": [{"name": "income", "in": "query"}]}},
    },
    "components": {
        "requestBodies": {"Change": {"content": {"x": {"schema": {"properties": {"race": {}}}}}}}
    },
}


def sent(method: str, path: str) -> Exchange:
    """One request as it was sent."""
    return Exchange(method, path, 201, {}, b"", {}, b"")


def refuse(*_: object, **__: object) -> Outcome:
    """Decline."""
    return REFUSED


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("POST", "/applications", {"surname", "device_Id"}),
        ("POST", "/api/applications?x=1", {"surname", "device_Id"}),
        ("PATCH", "/applications/a7", {"race"}),
        ("GET", "/applications", set()),
        ("POST", "/other/applications", set()),
        ("POST", "/nothing", set()),
    ],
)
def test_only_the_form_that_was_sent_is_read(method: str, path: str, asked: set[str]) -> None:
    """A form is known by its method and its path; what a benefit's form asks is not counted."""
    assert asked_by(DESCRIPTION, [sent(method, path)]) == asked


@pytest.mark.parametrize(
    "name",
    ["ssn", "taxpayer_id", "monthly_income", "marital_status", "race", "fingerprints", "device_Id"],
)
def test_what_no_card_needs_is_recognised(name: str) -> None:
    """However it is spelt."""
    assert minimal.EXCESS.search(name)


@pytest.mark.parametrize(
    "name",
    ["street", "trace_id", "gender", "landlord_letter", "social_security_card", "income_tax_bill"],
)
def test_what_a_card_may_need_is_left_alone(name: str) -> None:
    """A list that names doubtful fields would condemn lawful forms."""
    assert not minimal.EXCESS.search(name)


def test_a_form_that_is_not_described_shows_nothing(judge: Judge) -> None:
    """A description without the form of an application says nothing of what that asks."""
    check = minimal.the_form_that_applying_sends_asks_for_no_more_than_it_needs
    bare = Outcome(Answer.ALLOWED, fields={"openapi": {"paths": {}}})

    assert judge(check, describe=lambda *_, **__: bare)[0] == "inconclusive"


def test_a_kind_of_paper_that_rules_do_not_list_is_not_judged(judge: Judge) -> None:
    """Which papers prove who somebody is, the rules of a programme may say."""

    def submit(city: Target, **named: object) -> Outcome:
        listed = named["document"].kind is not DocumentKind.CONSULAR_ID
        return city.submit_document(**named) if listed else REFUSED

    check = equal_access.nobody_goes_a_longer_way_for_their_kind_of_paper
    assert judge(check, submit_document=submit)[0] == "inconclusive"


def test_a_rule_against_all_expired_papers_is_not_judged(judge: Judge) -> None:
    """Who refuses an expired licence as well does not single out foreigners."""

    def submit(city: Target, **named: object) -> Outcome:
        paper = named["document"]
        ended = paper.expires is not None and paper.expires < city.now().date()
        return REFUSED if ended else city.submit_document(**named)

    check = equal_access.an_expired_passport_is_looked_at_like_any_other
    assert judge(check, submit_document=submit)[0] == "inconclusive"


def test_one_who_is_drawn_by_lot_is_not_a_class(judge: Judge) -> None:
    """What befalls one of a class, and not the next, did not befall the class."""
    turned = []

    def decide(city: Target, **named: object) -> Outcome:
        turned.append(named)
        return REFUSED if len(turned) == 2 else city.decide(**named)

    check = equal_access.neither_age_nor_gender_makes_the_way_longer
    assert judge(check, decide=decide) == ("pass", "")


@pytest.mark.parametrize(
    "check",
    [
        equal_access.no_name_is_turned_away,
        equal_access.a_bill_of_the_last_day_is_taken,
        addresses.no_work_around_a_record_tells_a_protected_address,
        addresses.nothing_tells_a_clerk_whose_address_is_protected,
        minimal.no_device_is_filed_with_its_applicant,
    ],
)
def test_a_city_that_takes_nobody_in_shows_nothing(
    judge: Judge, check: Callable[..., None]
) -> None:
    """Nobody is treated worse than others where nobody gets in."""
    assert judge(check, open_application=refuse)[0] == "inconclusive"
