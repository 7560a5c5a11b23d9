"""How the checks of what is asked for judge cities neither honest nor plainly broken."""

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence

import pytest

from idaudit.checks.collection import gender, kinds, status
from idaudit.fixtures.surfaces.surface import Surface
from idaudit.fixtures.targets.target import Answer, Outcome, Target

Judge = Callable[..., tuple[str, str]]
Check = Callable[..., None]
TWINS: tuple[tuple[Check, tuple[object, ...]], ...] = (
    (kinds.nothing_kept_or_answered_tells_which_paper_was_shown, (kinds.to_the_card,)),
    (status.nothing_kept_or_answered_tells_the_country_of_a_passport, ()),
    (gender.a_passport_does_not_overrule_a_stated_gender, ()),
    (gender.the_sex_marker_of_a_passport_is_nowhere, ()),
    (gender.an_earlier_gender_is_not_kept, ()),
)
OTHERS: tuple[tuple[Check, tuple[object, ...]], ...] = (
    (kinds.the_ledger_does_not_tell_which_paper_was_shown, ()),
    (status.what_nobody_asked_for_is_not_kept, ()),
    (status.a_note_nobody_asked_for_has_no_weight, ()),
    (gender.the_gender_on_record_is_the_one_that_was_stated, (gender.counter,)),
    (gender.the_gender_on_record_is_the_one_that_was_stated, (gender.web,)),
    (gender.a_gender_can_be_changed_and_left_off, ()),
)
DONE = Outcome(Answer.ALLOWED)


def refuse(*_: object, **__: object) -> Outcome:
    """Decline."""
    return Outcome(Answer.REFUSED, "bent")


def note(city: Target, line: str) -> None:
    """Leave a line in a file."""
    with (city.data / "scratch" / "notes").open("a") as file:
        file.write(line + "\n")


def describing(fields: Mapping[str, object]) -> Callable[..., Outcome]:
    """Describe a system whose form has these fields."""
    form = {"type": "object", "properties": fields}
    described = {"components": {"schemas": {"Form": form}}}
    return lambda _: Outcome(Answer.ALLOWED, fields={"openapi": described})


@pytest.mark.parametrize(("check", "params"), TWINS + OTHERS)
def test_a_city_that_takes_nobody_in_shows_nothing(
    judge: Judge, check: Check, params: tuple[object, ...]
) -> None:
    """Nobody is told apart where nobody is let in."""
    assert judge(check, *params, open_application=refuse)[0] == "inconclusive"


@pytest.mark.parametrize(("check", "params"), TWINS)
def test_a_city_that_approves_nobody_shows_nothing(
    judge: Judge, check: Check, params: tuple[object, ...]
) -> None:
    """Two kinds of people who are both turned away have not been treated alike, only badly."""
    assert judge(check, *params, decide=refuse)[0] == "inconclusive"


@pytest.mark.parametrize(("check", "params"), [*TWINS, *OTHERS[1:3]])
def test_a_place_that_cannot_be_seen_shows_nothing(
    judge: Judge, check: Check, params: tuple[object, ...]
) -> None:
    """One blind spot is enough to keep a list in."""
    assert judge(check, *params, blind=frozenset({"log"}))[0] == "inconclusive"


@pytest.mark.parametrize(("check", "params"), TWINS[:1])
def test_places_in_which_nothing_happens_show_nothing(
    judge: Judge, check: Check, params: tuple[object, ...]
) -> None:
    """If a whole application leaves no mark anywhere, these are not the right places."""

    def only_scratch(city: Target) -> Sequence[Surface]:
        return [each for each in city.surfaces() if each.id == "scratch"]

    assert judge(check, *params, surfaces=only_scratch)[0] == "inconclusive"


def test_chance_and_counting_tell_nobody_apart(judge: Judge) -> None:
    """A serial number, a random word of random length and a clock are lawful."""
    serial: list[int] = []

    def submit(city: Target, **named: object) -> Outcome:
        serial.append(len(serial))
        note(city, f"case {len(serial)} {os.urandom(8 + len(serial) % 3).hex()}")
        return city.submit_document(**named)

    check, params = TWINS[0]
    assert judge(check, *params, submit_document=submit) == ("pass", "")


def test_a_word_in_a_file_tells(judge: Judge) -> None:
    """One word that comes with one kind of paper is enough, whatever stands around it."""

    def submit(city: Target, **named: object) -> Outcome:
        note(city, f"{os.urandom(8).hex()} seen {named['document'].kind.value} today")
        return city.submit_document(**named)

    check, params = TWINS[0]
    assert judge(check, *params, submit_document=submit) == ("broken", "kind-kept")


def test_an_answer_that_tells_is_told_from_a_place_that_does(judge: Judge) -> None:
    """What only the answer says is reported as answered."""
    shown: dict[object, str] = {}

    def submit(city: Target, **named: object) -> Outcome:
        shown.setdefault(named["application"], named["document"].country)
        return city.submit_document(**named)

    def card(city: Target, **named: object) -> Outcome:
        issued = city.issue_card(**named)
        return dataclasses.replace(
            issued, fields={**issued.fields, "series": shown[named["application"]]}
        )

    check = status.nothing_kept_or_answered_tells_the_country_of_a_passport
    told = judge(check, submit_document=submit, issue_card=card)
    assert told == ("broken", "country-answered")


def test_a_passports_marker_in_a_file_is_told_from_one_in_an_answer(judge: Judge) -> None:
    """What lies in a place is reported as kept."""

    def submit(city: Target, **named: object) -> Outcome:
        note(city, f"marker-{named['document'].sex_marker}")
        return city.submit_document(**named)

    check = gender.the_sex_marker_of_a_passport_is_nowhere
    assert judge(check, submit_document=submit) == ("broken", "marker-kept")


def test_a_ledger_without_lines_shows_nothing(judge: Judge) -> None:
    """What is not written down cannot tell, and cannot be praised for it."""

    def empty(city: Target, **named: object) -> Outcome:
        read = city.read_ledger(**named)
        return dataclasses.replace(read, fields={**read.fields, "entries": []})

    check = kinds.the_ledger_does_not_tell_which_paper_was_shown
    assert judge(check, read_ledger=empty)[0] == "inconclusive"


@pytest.mark.parametrize(
    "name",
    [
        "citizenship",
        "countryOfBirth",
        "place-of-birth",
        "birth_country",
        "a_number",
        "alienNumber",
        "visa_class",
        "immigration_status",
        "nationality",
        "legalStatus",
    ],
)
def test_a_field_that_speaks_of_status_is_recognised(judge: Judge, name: str) -> None:
    """However it is spelt."""
    told = judge(status.no_form_asks_for_status, describe=describing({name: {"type": "string"}}))

    assert told == ("broken", "status-asked")


@pytest.mark.parametrize(
    "name",
    [
        "country",
        "born",
        "birth_date",
        "data_number",
        "visa_card",
        "immigration_requests",
        "residency_proven",
        "citizens_served",
        "state",
        "status",
    ],
)
def test_a_harmless_field_is_left_alone(judge: Judge, name: str) -> None:
    """An address has a state, a report counts requests, and a citizen may be anybody."""
    told = judge(status.no_form_asks_for_status, describe=describing({name: {"type": "string"}}))

    assert told == ("pass", "")


def test_a_list_of_papers_is_no_list_of_statuses(judge: Judge) -> None:
    """A form may say which papers it takes; it may not offer what somebody is."""
    papers = {"kind": {"enum": ["foreign-passport", "permanent-resident-card", "visa"]}}
    people = {"kind": {"enum": ["us_citizen", "other"]}}
    check = status.no_form_asks_for_status

    assert judge(check, describe=describing(papers)) == ("pass", "")
    assert judge(check, describe=describing(people)) == ("broken", "status-listed")


def test_a_description_of_nothing_shows_nothing(judge: Judge) -> None:
    """A system that describes no field may have any."""
    told = judge(status.no_form_asks_for_status, describe=describing({}))

    assert told[0] == "inconclusive"


def test_a_value_that_comes_back_was_kept(judge: Judge) -> None:
    """What a record shows was taken, wherever it is sealed."""
    sent: dict[object, object] = {}

    def correct(city: Target, **named: object) -> Outcome:
        sent[named["record"]] = named["changes"]
        return city.correct_record(**named)

    def read(city: Target, **named: object) -> Outcome:
        shown = city.read_record(**named)
        record = {**shown.fields["record"], **sent.get(named["record"], {})}
        return dataclasses.replace(shown, fields={"record": record})

    told = judge(status.what_nobody_asked_for_is_not_kept, correct_record=correct, read_record=read)
    assert told == ("broken", "unasked-answered")


def test_a_gender_in_other_letters_is_the_same(judge: Judge) -> None:
    """A city may say "f" for "F", and may leave the card without any gender."""

    def read(city: Target, **named: object) -> Outcome:
        shown = city.read_record(**named)
        record = {k: (v or "").lower() for k, v in shown.fields["record"].items()}
        return dataclasses.replace(shown, fields={"record": record})

    def card(city: Target, **named: object) -> Outcome:
        issued = city.issue_card(**named)
        face = {k: v for k, v in issued.fields["face"].items() if k != "gender"}
        return dataclasses.replace(issued, fields={**issued.fields, "face": face})

    check = gender.the_gender_on_record_is_the_one_that_was_stated
    assert judge(check, gender.web, read_record=read, issue_card=card) == ("pass", "")


def test_a_record_that_says_another_gender_is_noticed(judge: Judge) -> None:
    """An X that becomes an F is no gender that anybody stated."""

    def read(city: Target, **named: object) -> Outcome:
        shown = city.read_record(**named)
        known = {"X": "F"}
        record = {**shown.fields["record"]}
        record["gender"] = known.get(record["gender"], record["gender"])
        return dataclasses.replace(shown, fields={"record": record})

    check = gender.the_gender_on_record_is_the_one_that_was_stated
    assert judge(check, gender.counter, read_record=read) == ("broken", "gender-changed")


def test_a_change_that_is_only_said_to_be_made_is_noticed(judge: Judge) -> None:
    """Saying yes is not doing it."""
    check = gender.a_gender_can_be_changed_and_left_off

    told = judge(check, correct_record=lambda *_, **__: DONE)
    assert told == ("broken", "gender-unchanged")


def test_a_history_in_the_answer_is_noticed(judge: Judge) -> None:
    """A record that shows what it said before has kept it."""
    before: dict[object, str] = {}

    def open_application(city: Target, **named: object) -> Outcome:
        opened = city.open_application(**named)
        before[opened.fields["record"]] = named["applicant"].gender
        return opened

    def read(city: Target, **named: object) -> Outcome:
        shown = city.read_record(**named)
        was = before[named["record"]]
        return dataclasses.replace(shown, fields={**shown.fields, "was": was})

    check = gender.an_earlier_gender_is_not_kept
    told = judge(check, open_application=open_application, read_record=read)
    assert told == ("broken", "earlier-gender-answered")
