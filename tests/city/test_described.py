"""The API is as it describes itself: complete, closed, and true of every answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.city.vankit import Van, public
from idaudit.fixtures.papers.photographs import photograph_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town


def described(town: "Town") -> dict[str, Any]:
    """Return the city's description of itself."""
    return town.must(None, "GET", "/openapi.json")


def test_every_operation_declares_its_problems_and_its_keys(town: "Town") -> None:
    """Each lists its refusals as problems, who may ask, and the form it reads, closed."""
    api = described(town)
    keys = api["components"]["securitySchemes"]
    open_to_all = {"sign_in", "health", "describe", "public_report", "read_settings"}
    open_to_all |= {"file_records_request", "read_records_answer"}
    # A van has no session: what it brings, it has signed.
    open_to_all |= {"read_van_key", "bring_van_batch", "read_van_receipt", "confirm_van_erasure"}
    open_to_all |= {"list_hours", "read_card_key", "read_revocations", "read_destruction_key"}
    open_to_all |= {"read_privacy_notice"}
    operations = [op for path in api["paths"].values() for op in path.values()]

    assert set(keys) == {"staff", "owner", "control", "kiosk"}
    assert len(operations) == len({operation["operationId"] for operation in operations})
    for operation in operations:
        name = operation["operationId"]
        problems = {s: r for s, r in operation["responses"].items() if int(s) >= 400}
        assert all("application/problem+json" in r["content"] for r in problems.values()), name
        assert {"500", "503"} <= set(problems), name
        assert ("security" in operation) == (name not in open_to_all), name
        assert operation["description"], name
        assert not [key for key in operation if key.startswith("x-")], name
    forms = [s for n, s in api["components"]["schemas"].items() if n.endswith("Form")]
    assert len(forms) >= 8
    assert all(form["additionalProperties"] is False for form in forms)


def test_every_answer_of_a_whole_life_is_as_described(
    open_town: "Callable[..., Town]", tmp_path: Path
) -> None:
    """Status, media type and body of each answer fit what the description says of it."""
    key = Ed25519PrivateKey.generate()
    town = open_town({"vans": {"van-1": public(key).hex()}})
    answers: list[Any] = []
    town.http.event_hooks["response"] = [lambda answer: (answer.read(), answers.append(answer))]
    file = town.apply()
    town.show(file, b"a paper")
    town.ask("reviewer1", "GET", f"/applications/{file['application']}/documents/0")
    town.decide(file)
    town.must("clerk1", "POST", f"/applications/{file['application']}/card")
    withdrawn = town.apply()
    path = f"/applications/{withdrawn['application']}/withdrawal"
    town.must(withdrawn["owner_key"], "POST", path)
    town.must(file["owner_key"], "PATCH", f"/records/{file['record']}", {"gender": "X"})
    town.release(file)
    town.ask("counsel1", "POST", "/disclosures", town.instrument(file, signed=False))
    request = town.must("counsel1", "POST", "/disclosures", town.instrument(file))["disclosure"]
    town.must("counsel1", "PUT", f"/disclosures/{request}", town.instrument(file))
    _settings(town)
    _renewal(town)
    _van(town, key, tmp_path)
    _kiosk(town)
    _protection(town)
    _records_request(town)
    _grants(town)
    _staff(town)
    _notices(town)
    _appointments(town)
    _cards(town)
    hold = town.hold(file)
    town.delete(file)
    town.read(file)
    town.lift(hold)
    town.read(file)
    town.must("administrator1", "POST", "/retention-runs")
    town.kill()
    for path in ("/kill-certificate", "/destructions", "/ledger"):
        town.must("auditor1", "GET", path)
    town.must("administrator1", "POST", "/exports", {"purpose": "training"})
    for path in ("/.well-known/destruction-key", "/reports/2017-Q1", "/privacy-notices/web/es"):
        town.must(None, "GET", path)
    town.advance(60)
    town.settle()
    _backups(town)
    town.must(None, "GET", "/health")
    town.ask(None, "GET", "/ledger")
    api = described(town)
    seen = {check(api, answer) for answer in answers}

    everything = {op["operationId"] for path in api["paths"].values() for op in path.values()}
    assert {name for name, _ in seen} == everything
    assert {status for _, status in seen} >= {200, 201, 202, 401, 403, 404}


def _backups(town: "Town") -> None:
    control = town.control_key
    name = town.must(control, "POST", "/control/backup")["backup"]
    town.must(control, "POST", "/control/restore", {"backup": name})
    town.ask(control, "POST", "/control/restore", {"backup": "no-such"})


def _settings(town: "Town") -> None:
    change = {"name": "papers_days", "value": 30}
    proposal = town.must("administrator1", "POST", "/settings/proposals", change)["proposal"]
    town.must("counsel1", "POST", f"/settings/proposals/{proposal}/approvals")
    town.must(None, "GET", "/settings")


def _records_request(town: "Town") -> None:
    body = {"requester": "Example Gazette", "about": "age", "text": "How old are they?"}
    request = town.must(None, "POST", "/records-requests", body)["request"]
    town.must(None, "GET", f"/records-requests/{request}")


def _grants(town: "Town") -> None:
    file = town.enrol()
    record, owner = f"/records/{file['record']}", file["owner_key"]
    said = {"recipient": "Example Bank", "purpose": "an account", "fields": ["street"]}
    consent = town.must(owner, "POST", f"{record}/consents", said)["consent"]
    town.must(owner, "GET", f"{record}/consents")
    paper = {"consent": consent, "recipient": "Example Bank", "purpose": "an account"}
    town.must("counsel1", "POST", "/consent-releases", paper)
    town.must(owner, "DELETE", f"{record}/consents/{consent}")
    asked = {"agency": "Housing Authority", "benefit": "rent support", "fields": ["surname"]}
    named = town.must(owner, "POST", f"{record}/benefit-applications", asked)
    paper = {**named, "agency": "Housing Authority", "accepts_no_onward_sharing": True}
    request = town.must("counsel1", "POST", "/benefit-requests", paper)["disclosure"]
    for who in ("counsel2", "commissioner1"):
        town.must(who, "POST", f"/disclosures/{request}/approvals", {})
    town.must("counsel1", "GET", f"/disclosures/{request}/release")
    town.must("auditor1", "GET", "/conditions")


def _staff(town: "Town") -> None:
    file = town.apply()
    person = {name: file["form"][name] for name in ("given_name", "surname", "born")}
    town.must("reviewer1", "POST", "/searches", person | {"case": file["application"]})
    stand_in = {"to": "counsel2", "until": "2017-03-10"}
    town.must("commissioner1", "POST", "/delegations", stand_in)
    town.must("clerk2", "DELETE", "/sessions")
    town.must("administrator1", "DELETE", "/staff/clerk2")


def _notices(town: "Town") -> None:
    file = town.enrol()
    order = {"kind": "nondisclosure-order", "expires": "2017-03-20", "fields": []}
    town.must("counsel1", "POST", "/gags", town.instrument(file, **order))
    town.release(file)
    breach = town.must("clerk1", "POST", "/breaches", {"discovered": "2017-03-01T14:00:00Z"})
    town.must("counsel1", "POST", f"/breaches/{breach['breach']}/notices")
    town.must("auditor1", "GET", "/breaches")
    town.must(file["owner_key"], "GET", f"/records/{file['record']}/notices")


def _renewal(town: "Town") -> None:
    file = town.enrol()
    early = town.ask(file["owner_key"], "POST", f"/records/{file['record']}/renewal")
    assert early.json()["code"] == "too-early"


def _protection(town: "Town") -> None:
    file = town.enrol()
    path, owner = f"/records/{file['record']}/protected-address", file["owner_key"]
    care_of = {"street": "1 Shelter Street", "city": "New York", "postcode": "10001"}
    town.must(owner, "PUT", path, {"care_of": care_of})
    town.must(owner, "GET", path)
    town.must(owner, "DELETE", path)


def _kiosk(town: "Town") -> None:
    for method, path in (("POST", "/kiosk-sessions/completion"), ("DELETE", "/kiosk-sessions")):
        session = town.must("clerk1", "POST", "/kiosk-sessions")["session"]
        town.apply(session, channel="kiosk")
        town.must(session, method, path)


def _van(town: "Town", key: Ed25519PrivateKey, disk: Path) -> None:
    (folder := disk / "van").mkdir()
    keys = town.must(None, "GET", "/van-key")
    seals, receipts = bytes.fromhex(keys["key"]), bytes.fromhex(keys["receipts"])
    van = Van("van-1", key.private_bytes_raw(), seals, receipts, folder)
    form = {name: value for name, value in town.form().items() if name != "channel"}
    owner_key = van.take(form, 3, "clerk1")
    batch = van.batch(1)
    town.must(None, "POST", "/van-batches", batch)
    receipt = town.must(None, "GET", "/van-batches/van-1/1/receipt")
    signed = {"signature": van.erase(batch, receipt)}
    town.must(None, "POST", "/van-batches/van-1/1/erasure", signed)
    town.must("auditor1", "GET", "/van-batches")
    town.must(owner_key, "GET", "/own-file")


def _appointments(town: "Town") -> None:
    hours = town.must(None, "GET", "/appointments/hours/2017-03-01")["hours"]
    booked = town.must(None, "POST", "/appointments", hours[0])
    town.must("clerk1", "GET", "/appointments/calendar/2017-03-01")
    town.must("clerk1", "POST", "/appointments/check-ins", booked)
    town.must(None, "POST", "/appointments/cancellations", booked)
    town.ask("clerk1", "POST", "/appointments/check-ins", booked)


def _cards(town: "Town") -> None:
    file = town.apply()
    application, record = f"/applications/{file['application']}", f"/records/{file['record']}"
    photo = photograph_of(Applicants(Mint(1)).next())
    headers = {"Content-Type": photo.media_type}
    town.must("clerk1", "PUT", f"{application}/photo", content=photo.data, headers=headers)
    town.must("reviewer1", "GET", f"{application}/duplicate")
    town.decide(file)
    shown = {"number": town.must("clerk1", "POST", f"{application}/card")["number"]}
    town.ask(file["owner_key"], "GET", f"{record}/photo").raise_for_status()
    town.must("partner1", "POST", "/verifications", shown | {"token": True})
    town.must(None, "GET", "/card-key")
    town.must(file["owner_key"], "POST", f"{record}/card-revocation")
    town.must(None, "GET", "/revocations")
    town.must("partner1", "POST", "/verifications", shown)


def check(api: dict[str, Any], answer: httpx.Response) -> tuple[str, int]:
    """Hold one answer to the description; return which operation it was, and its status."""
    operation = operation_of(api, answer.request)
    assert str(answer.status_code) in operation["responses"], operation["operationId"]
    described = operation["responses"][str(answer.status_code)]["content"]
    media_type = answer.headers["content-type"]
    assert media_type in described, operation["operationId"]
    if media_type.endswith("json"):
        schema = described[media_type]["schema"] | {"components": api["components"]}
        jsonschema.validate(answer.json(), schema)
    return operation["operationId"], answer.status_code


def operation_of(api: dict[str, Any], request: httpx.Request) -> dict[str, Any]:
    """Find the operation a request was for."""
    sent = request.url.path.split("/")
    for template, methods in api["paths"].items():
        parts = template.split("/")
        fits = len(parts) == len(sent) and all(
            part.startswith("{") or part == word for part, word in zip(parts, sent, strict=True)
        )
        if fits and request.method.lower() in methods:
            return methods[request.method.lower()]
    raise AssertionError(f"{request.method} {request.url.path} is not described")
