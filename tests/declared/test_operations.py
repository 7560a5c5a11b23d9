"""A target file is driven as it says, and what it has no place for is not offered."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.declared.system import DeclaredTarget, open_declared
from idaudit.fixtures.targets.target import Actor, Answer, Operation, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered, UnexpectedAnswer

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tests.declared.conftest import Town

    Opened = Callable[[str], AbstractContextManager[tuple[Town, str]]]

CLERK, REVIEWER = Actor(Role.CLERK), Actor(Role.REVIEWER)
FILE = """
[system]
name = "town"
url = "{url}"
disposable = true
host = "127.0.0.1"

[roles.clerk]
auth = "bearer"
token = "${{TOWN_SECRET}}"
[roles.reviewer]
auth = "none"
[roles.applicant]
auth = "through"
role = "clerk"

[names]
surname = "last_name"

[operations.open_application]
request = "POST /people"
json = "{{applicant}}"
fields.application = "data.id"
fields.record = {{ header = "Location", match = "/people/(.+)" }}
keep.key = "data.key"

[operations.submit_document]
request = "POST /people/{{application}}/papers"
multipart.kind = "{{document.kind}}"
multipart.file = {{ data = "{{document.data}}", filename = "{{document.kind}}.bin" }}
collect.papers = "paper"
collect.kinds = {{ value = "{{document.kind}}" }}

[operations.view_document]
request = "GET /people/{{application}}/papers/{{index}}"
fields.data = {{ body = "bytes" }}

[operations.decide]
request = "POST /people/{{application}}/state"
json.state = "{{approve:approved/odd}}"
allowed_if = "ok"

[operations.read_record]
request = "GET /people/{{record}}"
fields.record = "data"

[operations.correct_record]
request = "PATCH /people/{{record}}"
json = "{{changes}}"

[[operations.withdraw]]
request = "PATCH /people/{{application}}"
when = "kept.kinds"
json.withdrawn = "{{kept.kinds}}"

[[operations.withdraw]]
request = "DELETE /people/{{application}}"
when = "not kept.kinds"

[[operations.delete_record]]
request = "PATCH /people/{{record}}"
json.ended_with = "{{kept.key}}"
json.papers = "{{kept.papers}}"

[[operations.delete_record]]
request = "DELETE /people/{{record}}"
"""


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch, opened_town: "Opened") -> Iterator[tuple["Town", str]]:
    """Lend a town that knows its clerk by a token."""
    with opened_town("token") as (each, url):
        monkeypatch.setenv("TOWN_SECRET", each.secret)
        yield each, url


@pytest.fixture
def target(town: tuple["Town", str], tmp_path: Path) -> Iterator[DeclaredTarget]:
    """Lend the town as its file declares it."""
    file = tmp_path / "target.toml"
    file.write_text(FILE.format(url=town[1]))
    target = open_declared(file)
    yield target
    target.close()


@pytest.fixture
def people() -> Applicants:
    """Lend the people of one run."""
    return Applicants(Mint(3))


def opened(target: DeclaredTarget, person: Applicant) -> str:
    """Open an application and return its id."""
    outcome = target.open_application(person, CLERK)
    assert outcome.allowed
    assert outcome.fields["application"] == outcome.fields["record"]
    return str(outcome.fields["application"])


def test_a_record_goes_out_and_comes_back_under_our_names(
    town: tuple["Town", str], target: DeclaredTarget, people: Applicants
) -> None:
    """What the system calls a field is said once, for both ways."""
    person = people.next()
    number = opened(target, person)

    assert town[0].people[number]["last_name"] == person.surname
    owner = Actor(Role.APPLICANT, person.index)
    assert target.read_record(number, owner).fields["record"] == dict(person.record())
    target.correct_record(number, {"surname": "Doe"}, owner)
    assert town[0].people[number]["last_name"] == "Doe"


def test_a_paper_arrives_as_it_was_and_can_be_looked_at(
    town: tuple["Town", str], target: DeclaredTarget, people: Applicants
) -> None:
    """A scan that is changed on its way out would be looked for in vain."""
    person = people.next()
    number = opened(target, person)
    paper = person.documents[0]

    assert target.submit_document(number, paper, CLERK).allowed
    assert town[0].papers[number] == [(f"{paper.kind}.bin", paper.data)]
    assert target.view_document(number, 0, CLERK).fields["data"] == paper.data


def test_what_was_kept_of_earlier_answers_serves_later_steps(
    town: tuple["Town", str], target: DeclaredTarget, people: Applicants
) -> None:
    """Deleting may take what only applying and uploading told."""
    person = people.next()
    number = opened(target, person)
    for paper in person.documents:
        target.submit_document(number, paper, CLERK)
    ended = target.delete_record(number, Actor(Role.APPLICANT, person.index))

    assert ended.allowed
    assert len(ended.exchanges) == 2
    sent = next(body for method, _, _, body in town[0].asked if method == "PATCH")
    assert (
        sent == f'{{"ended_with": "key-{number}", "papers": ["{number}-1", "{number}-2"]}}'.encode()
    )
    assert not town[0].people


def test_a_field_of_the_answer_can_refuse(target: DeclaredTarget, people: Applicants) -> None:
    """Some systems answer 200 to everything, and say in the body what came of it."""
    number = opened(target, people.next())

    assert target.decide(number, CLERK, approve=True).answer is Answer.ALLOWED
    with pytest.raises(UnexpectedAnswer, match="answered 302, which the target file calls neither"):
        target.decide(number, CLERK, approve=False)


def test_an_unbelieved_login_is_no_refusal(
    target: DeclaredTarget, people: Applicants, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that has run out would make every door look well kept."""
    number = opened(target, people.next())
    monkeypatch.setenv("TOWN_SECRET", "another")

    with pytest.raises(UnexpectedAnswer, match="the login is not believed"):
        target.decide(number, CLERK, approve=True)
    assert target.decide(number, REVIEWER, approve=True).refused  # who shows nothing is refused


def test_a_refusal_carries_the_systems_own_code(target: DeclaredTarget) -> None:
    """Evidence says why, in the system's words."""
    assert target.read_record("77", CLERK).reason == "status 404, nobody"


def test_nobody_asks_about_anothers_file_for_an_applicant(
    target: DeclaredTarget, people: Applicants
) -> None:
    """Where a clerk asks for everybody, a refusal of strangers can be neither kept nor broken."""
    one, other = people.next(), people.next()
    number = opened(target, one)

    assert target.read_record(number, Actor(Role.APPLICANT, one.index)).allowed
    with pytest.raises(NotOffered, match="who may reach it is not shown"):
        target.read_record(number, Actor(Role.APPLICANT, other.index))


def test_what_a_request_has_no_place_for_is_not_offered(
    target: DeclaredTarget, people: Applicants
) -> None:
    """An application on the web that goes by the counter's request would be judged as the web's."""
    with pytest.raises(NotOffered, match="no place for 'channel'"):
        target.open_application(people.next(), CLERK, channel="web")
    with pytest.raises(NotOffered, match="no way in for auditor 1"):
        target.read_record("1", Actor(Role.AUDITOR))
    with pytest.raises(NotOffered):
        target.issue_card("1", CLERK)
    assert not target.offers(Operation.ISSUE_CARD)
    assert target.offers(Operation.DECIDE)


def test_what_a_form_should_not_have_is_added_to_it(
    town: tuple["Town", str], target: DeclaredTarget, people: Applicants
) -> None:
    """Checks try what is kept of a field that nobody asked for."""
    outcome = target.open_application(people.next(), CLERK, extra={"citizenship": "yes"})

    assert town[0].people[str(outcome.fields["record"])]["citizenship"] == "yes"


def test_an_id_stays_one_step_of_a_path(town: tuple["Town", str], target: DeclaredTarget) -> None:
    """An id with a slash must not lead to another request."""
    target.read_record("../login?x=1", CLERK)

    assert town[0].asked[-1][1] == "/people/..%2Flogin%3Fx%3D1"


def test_no_secret_is_in_what_is_recorded(
    town: tuple["Town", str], target: DeclaredTarget, people: Applicants
) -> None:
    """The record of a run goes to people who are no clerks."""
    opened(target, people.next())

    assert town[0].secret not in str(target.exchanges())


def test_a_value_that_was_never_kept_is_not_shown(
    town: tuple["Town", str], target: DeclaredTarget, people: Applicants
) -> None:
    """A step that lacks what it needs asks nothing."""
    person = people.next()
    number = opened(target, person)
    before = len(town[0].asked)

    with pytest.raises(Inconclusive, match=r"\{kept\.papers\}: there is no 'papers' here"):
        target.delete_record(number, Actor(Role.APPLICANT, person.index))
    assert len(town[0].asked) == before


def test_a_step_can_wait_for_what_was_kept(
    town: tuple["Town", str], target: DeclaredTarget, people: Applicants
) -> None:
    """Whoever showed a paper is ended otherwise than whoever showed none."""
    one, other = people.next(), people.next()
    with_paper, without = opened(target, one), opened(target, other)
    target.submit_document(with_paper, one.documents[0], CLERK)

    assert target.withdraw(with_paper, Actor(Role.APPLICANT, one.index)).allowed
    assert target.withdraw(without, Actor(Role.APPLICANT, other.index)).allowed
    assert town[0].people[with_paper]["withdrawn"] == [one.documents[0].kind.value]
    assert without not in town[0].people


def test_what_a_system_answers_is_never_filled_in(
    town: tuple["Town", str], target: DeclaredTarget, people: Applicants
) -> None:
    """A system that gives out a placeholder for a key is given it back, and nothing else."""
    town[0].key = "{record} {document.data}"
    person = people.next()
    number = opened(target, person)
    target.submit_document(number, person.documents[0], CLERK)
    target.delete_record(number, Actor(Role.APPLICANT, person.index))

    sent = next(body for method, _, _, body in town[0].asked if method == "PATCH")
    assert b'"ended_with": "{record} {document.data}"' in sent
