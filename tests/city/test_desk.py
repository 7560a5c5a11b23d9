"""The disclosure desk: a court's order, a named person, the named fields, two humans."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town

ICE = {"office": "immigration-officer", "court": ""}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an agency's warrant": (ICE | {"kind": "i-200", "title": "WARRANT"}, "not-a-court-order"),
    "an agency's subpoena": (ICE | {"kind": "administrative-subpoena"}, "not-a-court-order"),
    "the word warrant": (ICE | {"kind": "judicial-warrant"}, "not-a-court-order"),
    "an immigration judge": (
        {"office": "immigration-judge", "court": "United States Immigration Court, New York"},
        "not-a-court-order",
    ),
    "an immigration judge in a court's name": (
        {"office": "immigration-judge"},
        "not-a-court-order",
    ),
    "a judge of a court unknown here": ({"court": "Court of Nowhere"}, "not-a-court-order"),
    "a judge of no court": ({"court": ""}, "not-a-court-order"),
    "an attorney's judicial subpoena": (
        {"kind": "judicial-subpoena", "office": "attorney"},
        "not-a-court-order",
    ),
    "a clerk of the court": ({"office": "court-clerk"}, "not-a-court-order"),
    "unsigned": ({"signed": False}, "unsigned"),
    "signed by nobody": ({"signatory": "  "}, "unsigned"),
    "run out yesterday": ({"expires": "2017-02-28"}, "expired"),
    "dated tomorrow": ({"issued": "2017-03-02"}, "not-yet-issued"),
    "an order to preserve": ({"kind": "preservation-order"}, "not-for-records"),
    "an unknown kind": ({"kind": "judicial-wish"}, "not-for-records"),
    "all holders": ({"subjects": []}, "names-nobody"),
    "everything": ({"fields": []}, "names-no-field"),
    "what the city never has": ({"fields": ["document_number"]}, "names-no-field"),
}
TAKEN: dict[str, dict[str, Any]] = {
    "a magistrate's warrant": {},
    "a judge's warrant": {"office": "judge"},
    "a justice's subpoena": {"kind": "judicial-subpoena", "office": "justice"},
    "a court's order": {"kind": "court-order", "office": "judge"},
    "a warrant that looks like nothing": {"title": "", "text": "administrative, of an agency"},
    "in force for its last day": {"expires": "2017-03-01"},
    "issued today": {"issued": "2017-03-01"},
    "a court spelt in capitals": {
        "court": "UNITED STATES DISTRICT COURT FOR THE SOUTHERN DISTRICT OF NEW YORK"
    },
}


def ask(town: "Town", paper: dict[str, Any], who: str = "counsel1") -> httpx.Response:
    """Bring a paper to the desk."""
    return town.ask(who, "POST", "/disclosures", paper)


def approve(town: "Town", request: str, who: str, **body: object) -> httpx.Response:
    """Approve a request."""
    return town.ask(who, "POST", f"/disclosures/{request}/approvals", body)


def collect(town: "Town", request: str, who: str = "counsel1") -> httpx.Response:
    """Collect a release."""
    return town.ask(who, "GET", f"/disclosures/{request}/release")


@pytest.mark.parametrize(("changes", "code"), REFUSED.values(), ids=REFUSED)
def test_a_look_alike_gets_nothing(town: "Town", changes: dict[str, Any], code: str) -> None:
    """Refused for what it is, in the same bytes whether or not the person exists."""
    real, nobody = town.instrument(town.enrol()), town.instrument({"form": town.form()})
    answers = [ask(town, {"instrument": paper["instrument"] | changes}) for paper in (real, nobody)]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(403, code)] * 2
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("changes", TAKEN.values(), ids=TAKEN)
def test_a_courts_paper_is_taken_up_for_anybody(town: "Town", changes: dict[str, Any]) -> None:
    """A valid paper is taken up alike for a cardholder and for a stranger."""
    for file in (town.enrol(), {"form": town.form()}):
        taken = ask(town, town.instrument(file, **changes))

        assert taken.status_code == 201
        assert set(taken.json()) == {"disclosure", "digest"}


def test_a_stricter_programme_answers_to_warrants_only(
    open_town: "Callable[..., Town]",
) -> None:
    """What the statute allows a subpoena, the brochure's promise does not."""
    town = open_town(disclosure_profile="warrant-only")
    file = town.enrol()
    subpoena = town.instrument(file, kind="judicial-subpoena", office="justice")

    assert ask(town, subpoena).json()["code"] == "not-a-warrant"
    assert ask(town, town.instrument(file, kind="court-order")).json()["code"] == "not-a-warrant"
    assert len(town.release(file)) == 1


def test_only_the_named_person_and_the_named_fields_leave(town: "Town") -> None:
    """Not the household, not the near name, not the namesake, not the rest of the record."""
    file = town.enrol()
    form = file["form"]
    town.enrol(street=form["street"])
    town.enrol(given_name=form["given_name"], surname=form["surname"] + "s", born=form["born"])
    town.enrol(given_name=form["given_name"], surname=form["surname"], born="1981-02-28")
    released = town.release(file, fields=["phone", "gender", "document_number"])

    assert released == [{"phone": form["phone"], "gender": None}]


def test_two_named_persons_are_two_and_one_named_twice_is_one(town: "Town") -> None:
    """Everybody named is found once, and who does not exist adds nothing."""
    one, two, nobody = town.enrol(), town.enrol(), {"form": town.form()}
    released = town.release(one, two, nobody, one, fields=["surname"])

    assert [r["surname"] for r in released] == [f["form"]["surname"] for f in (one, two)]
    assert town.release(nobody) == []


def test_nothing_leaves_without_two_humans_one_of_them_the_commissioner(town: "Town") -> None:
    """Counsel who took it in, the same human twice, or two of counsel are not enough."""
    request = ask(town, town.instrument(town.enrol())).json()["disclosure"]
    early = collect(town, request)
    intake = approve(town, request, "counsel1")
    first = approve(town, request, "boss-as-counsel")
    twice = approve(town, request, "commissioner1")
    second = approve(town, request, "counsel2")
    still = collect(town, request)
    senior = approve(town, request, "commissioner2")

    assert early.json()["code"] == still.json()["code"] == "not-approved-yet"
    assert intake.json()["code"] == "same-person"
    assert (first.json(), twice.json()["code"]) == ({"approvals": 1}, "already-approved")
    assert (second.json(), senior.json()) == ({"approvals": 2}, {"approvals": 3})
    assert collect(town, request).status_code == 200


def test_the_commissioner_who_took_it_in_under_another_login_does_not_approve(
    town: "Town",
) -> None:
    """The intake officer is a human, not a login."""
    request = ask(town, town.instrument(town.enrol()), who="boss-as-counsel").json()["disclosure"]

    assert approve(town, request, "commissioner1").json()["code"] == "same-person"
    assert approve(town, request, "commissioner2").json() == {"approvals": 1}


def test_a_changed_request_has_no_approvals(town: "Town") -> None:
    """Whoever approved has not approved this; whoever changed it may not; neither may the first."""
    file, other = town.enrol(), town.enrol()
    taken = ask(town, town.instrument(file)).json()
    request = taken["disclosure"]
    for who in ("counsel2", "commissioner1"):
        approve(town, request, who)
    changed = town.ask("counsel2", "PUT", f"/disclosures/{request}", town.instrument(other))
    voided = collect(town, request)
    stale = approve(town, request, "commissioner1", digest=taken["digest"])
    officers = [approve(town, request, who).json()["code"] for who in ("counsel1", "counsel2")]
    fresh = approve(town, request, "commissioner1", digest=changed.json()["digest"])

    assert changed.status_code == 200
    assert voided.json()["code"] == "not-approved-yet"
    assert stale.json()["code"] == "changed"
    assert officers == ["same-person", "same-person"]
    assert fresh.json() == {"approvals": 1}


def test_an_amendment_that_is_no_courts_paper_changes_nothing(town: "Town") -> None:
    """Refused, it leaves the request and its approvals as they were."""
    file = town.enrol()
    request = ask(town, town.instrument(file)).json()["disclosure"]
    approve(town, request, "counsel2")
    bad = town.instrument(file, signed=False)

    assert town.ask("counsel1", "PUT", f"/disclosures/{request}", bad).status_code == 403
    assert approve(town, request, "commissioner1").json() == {"approvals": 2}


def test_what_is_approved_is_released_once_and_in_time(town: "Town") -> None:
    """A second collection and a late one get nothing."""
    file = town.enrol()
    requests = [ask(town, town.instrument(file)).json()["disclosure"] for _ in range(2)]
    for request in requests:
        for who in ("counsel2", "commissioner1"):
            approve(town, request, who)
    once = [collect(town, requests[0]) for _ in range(2)]
    town.advance(72 * 3600)
    late = collect(town, requests[1])

    assert [one.status_code for one in once] == [200, 410]
    assert once[1].json()["code"] == "collected"
    assert (late.status_code, late.json()["code"]) == (410, "window-closed")


def test_a_paper_that_ran_out_since_releases_nothing(town: "Town") -> None:
    """Approval does not keep a warrant in force."""
    request = ask(town, town.instrument(town.enrol(), expires="2017-03-01")).json()["disclosure"]
    for who in ("counsel2", "commissioner1"):
        approve(town, request, who)
    town.advance(86_400)

    assert collect(town, request).json()["code"] == "expired"


def test_what_a_request_says_is_sealed_and_then_shredded(town: "Town") -> None:
    """Whom a court looks for is on no disk in the clear, and afterwards not at all."""
    file = {"form": town.form()}
    request = ask(town, town.instrument(file, text="a text to look for")).json()["disclosure"]
    town.settle()
    lying = town.at_rest()
    town.advance(61 * 86_400)

    assert request.encode() in lying
    assert file["form"]["surname"].encode() not in lying
    assert b"a text to look for" not in lying
    assert approve(town, request, "commissioner1").status_code == 410


@pytest.mark.parametrize("who", ["clerk1", "commissioner1", "administrator1", "auditor1"])
def test_only_counsel_stands_at_the_desk(town: "Town", who: str) -> None:
    """Nobody else brings a paper, changes one or collects."""
    paper = town.instrument(town.enrol())
    request = ask(town, paper).json()["disclosure"]

    assert ask(town, paper, who).status_code == 403
    assert town.ask(who, "PUT", f"/disclosures/{request}", paper).status_code == 403
    assert collect(town, request, who).status_code == 403
