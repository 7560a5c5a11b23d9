"""A field that nobody asked for is added where a person's own fields stand, however deep."""

import json
from typing import Any

import pytest

from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.declared.memory import Memory
from idaudit.fixtures.targets.declared.sending import extra_for, request_of
from idaudit.fixtures.targets.declared.shape import Step
from idaudit.threatmodel.errors import NotOffered

EXTRA = {"note": "unasked"}
GET, STORE = Step("GET /key"), Step("POST /store", json={"signed": "{kept.signed}"})


def sent(template: Any) -> Any:  # noqa: ANN401  JSON
    """Return the body that *template* becomes with a field that nobody asked for."""
    person = Applicants(Mint(1)).next()
    values = Memory({}).values({"applicant": person}, {})
    body = request_of(Step("POST /people", json=template), values, EXTRA).body
    assert body
    assert "note" not in values["applicant"].whole
    return json.loads(body)


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("{applicant}", []),
        ({"surname": "{applicant.surname}", "kind": "person"}, []),
        ({"data": "{applicant}"}, ["data"]),
        ({"data": {"surname": "{applicant.surname}"}, "version": 1}, ["data"]),
        (
            {"credential": {"type": ["Card"], "credentialSubject": "{applicant}"}, "options": {}},
            ["credential", "credentialSubject"],
        ),
        (
            {
                "person": {
                    "name": {"given": "{applicant.given_name}", "family": "{applicant.surname}"},
                    "mail": {"to": "{applicant.email}"},
                }
            },
            ["person"],
        ),
        ({"kind": "person"}, []),
    ],
)
def test_an_unasked_field_stands_beside_the_persons_own(template: object, place: list[str]) -> None:
    """Beside an envelope it would be dropped unread, and nothing would be shown by that."""
    body = sent(template)
    for key in place:
        assert "note" not in body
        body = body[key]

    assert body["note"] == "unasked"


def test_what_is_no_form_takes_no_field() -> None:
    """It is not offered then, and not shown."""
    with pytest.raises(NotOffered, match="no field can be added"):
        sent(["{applicant.surname}"])


def test_of_several_requests_only_the_form_takes_it() -> None:
    """What fetches a key before, and what stores a signature after, have no place for it."""
    form = Step("POST /sign", json={"credential": "{applicant}"})
    steps, given = (GET, form, STORE), {"extra": EXTRA}

    assert [extra_for(each, steps, given) for each in steps] == [None, EXTRA, None]
    assert extra_for(GET, (GET,), given) == EXTRA  # it will be told that there is no place
    assert extra_for(form, steps, {}) is None
