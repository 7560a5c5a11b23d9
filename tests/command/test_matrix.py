"""What the matrix makes of what the checks said."""

import json

import pytest

from idaudit.checks.catalogue import every_check
from idaudit.command.cities import cities, put_to
from idaudit.command.main import exit_code_of
from idaudit.command.matrix import Matrix, caught, checks_of, flagged
from idaudit.fixtures.defects.registry import HOUSE_PROGRAMME, every_defect
from idaudit.reports.record import CheckRecord, Finding
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.verdict import Outcome

DEFECT = next(each for each in every_defect().values() if not each.lawful)


def _said(name: str, outcome: Outcome, reason: str = "") -> CheckRecord:
    findings = (Finding(reason),) if reason else ()
    return CheckRecord(name, DEFECT.breaks, outcome, findings=findings)


def test_a_defect_is_caught_by_its_own_check_for_its_own_reason() -> None:
    """Nothing else counts."""
    found = caught(DEFECT, [_said(DEFECT.caught_by, Outcome.FAIL, DEFECT.reason)])

    assert found.caught
    assert found.by == (DEFECT.caught_by,)
    assert found.reason == DEFECT.reason


@pytest.mark.parametrize(
    "said",
    [
        _said(DEFECT.caught_by, Outcome.FAIL, "another-reason"),
        _said("another_check", Outcome.FAIL, DEFECT.reason),
        _said(DEFECT.caught_by, Outcome.INCONCLUSIVE),
        _said(DEFECT.caught_by, Outcome.ERROR),
        _said(DEFECT.caught_by, Outcome.PASS),
    ],
)
def test_anything_less_is_a_miss(said: CheckRecord) -> None:
    """The wrong reason, the wrong check, or no finding at all."""
    assert not caught(DEFECT, [said]).caught


def test_only_an_accusation_flags_a_lawful_city() -> None:
    """Being unable to judge it is no accusation, and is told."""
    found = flagged("odd", [_said("one", Outcome.PASS), _said("two", Outcome.INCONCLUSIVE)])

    assert not found.flagged
    assert found.not_shown == ("two",)


def test_an_accusation_says_of_what() -> None:
    """Whoever reads a machine's log a day later has nothing else."""
    story = Finding("kept-too-long", story=("Somebody applies.", "Their paper is there."))
    said = CheckRecord("one", DEFECT.breaks, Outcome.FAIL, findings=(story,))

    assert flagged("odd", [said]).flagged
    assert flagged("odd", [said]).why == ("kept-too-long: Their paper is there.",)
    assert flagged("odd", [_said("one", Outcome.FAIL, "x")]).why == ("x",)


def test_one_miss_or_one_accusation_spoils_the_proof() -> None:
    """The matrix is a release gate."""
    good = caught(DEFECT, [_said(DEFECT.caught_by, Outcome.FAIL, DEFECT.reason)])
    miss, odd = caught(DEFECT, []), flagged("odd", [])

    assert Matrix((good,), (odd,)).proven
    assert not Matrix((good, miss), (odd,)).proven
    assert not Matrix((good,), (flagged("odd", [_said("one", Outcome.FAIL, "x")]),)).proven


def test_its_json_has_the_keys_others_rely_on() -> None:
    """They are part of the contract."""
    told = json.loads(Matrix((caught(DEFECT, []),), (flagged("odd", []),)).as_json())

    assert told["schema"] == "idaudit/matrix/v1"
    assert told["database"] == "sqlite"
    assert isinstance(told["defects"], list)
    assert set(told["defects"][0]) == {"id", "guarantee", "caught", "by", "reason"}
    assert isinstance(told["lawful"], list)
    assert {"id", "flagged", "by", "why"} <= set(told["lawful"][0])


def test_the_honest_city_is_audited_under_every_programme_with_a_defect() -> None:
    """A check that accuses it under one programme only would go unseen."""
    programmes = {each.programme for each in every_defect().values()}

    assert {each.programme for each in cities() if each.defect is None} == programmes


def test_a_database_that_cannot_be_meant_is_a_matter_of_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is refused before a single city is opened."""
    words = ["matrix", "--defect", DEFECT.id, "--database", "oracle"]

    assert exit_code_of(words) == 64
    assert "--database oracle: expected sqlite, postgres" in capsys.readouterr().err


@pytest.mark.parametrize("defect", ["tallies-denials", "exports-a-range"])
def test_a_defect_with_sql_of_its_own_is_caught_on_postgresql_too(defect: str) -> None:
    """Words that only one database understands would make the city fail instead of faulty."""
    [city] = cities([defect])
    assert city.defect is not None
    said = checks_of(city, 0, [city.defect.breaks], [city.defect.caught_by], "postgres")

    assert caught(city.defect, said).caught, said


def test_a_defective_city_is_asked_about_the_promise_it_breaks() -> None:
    """The other promises are another city's matter, unless every check is called for."""
    [city] = cities([DEFECT.id])

    assert put_to([city]) == {city: (DEFECT.breaks,)}
    assert put_to([city], every_check=True) == {city: ()}
    assert put_to([city], ["no-scan-kept"]) == {city: ["no-scan-kept"]}


def test_an_innocent_city_is_asked_about_everything() -> None:
    """Any check might accuse it."""
    innocent = cities(innocent=True)

    assert set(put_to(innocent).values()) == {()}


def test_of_several_hands_each_promise_is_dealt_to_somebody() -> None:
    """What a lawful city might seem to break is always put to it."""
    asked = put_to(cities(innocent=True), hands=4)
    lawful = [(city.defect, set(put)) for city, put in asked.items() if city.defect]
    judged = {each.guarantee for each in every_check().values()}

    assert all(set(oddity.near) <= put for oddity, put in lawful)
    assert set().union(*(put for _, put in lawful)) == judged & _promised()
    assert max(len(put) for _, put in lawful) < len(judged) / 2


def test_of_several_hands_the_house_is_dealt_all_and_the_other_honest_cities_a_share() -> None:
    """What the house promises is put to one of them, or to fewer; what it does not, to all."""
    asked = put_to(cities(innocent=True), hands=4)
    honest = {city.programme: set(put) for city, put in asked.items() if city.defect is None}
    terms = {name: load().programmes[name].clauses for name in honest}
    judged = {each.guarantee for each in every_check().values()}

    assert honest.pop(HOUSE_PROGRAMME) == set()
    for each in judged:
        makers = {name for name in honest if terms[name][each].applies}
        put = {name for name in honest if each in honest[name]}
        assert put <= makers
        assert len(put) <= 1 if terms[HOUSE_PROGRAMME][each].applies else put == makers


def test_in_as_many_turns_as_hands_every_innocent_city_is_dealt_everything() -> None:
    """Ten seeds with ten hands put all to all of them once, and what is near ten times."""
    turns = [put_to(cities(innocent=True), hands=10, turn=seed) for seed in range(11, 21)]
    judged = {each.guarantee for each in every_check().values()}

    for city in cities(innocent=True):
        clauses = load().programmes[city.programme].clauses
        dealt = {name for turn in turns for name in turn[city] or judged}
        assert dealt >= {name for name in judged if clauses[name].applies}


def test_every_oddity_says_which_promise_it_might_seem_to_break() -> None:
    """And names only promises that are asked about, or nobody would ask."""
    judged = {each.guarantee for each in every_check().values()}

    for each in every_defect().values():
        assert bool(each.near) is each.lawful, each.id
        assert set(each.near) <= judged, each.id


def _promised() -> set[str]:
    """Return every promise that applies in a programme that some lawful city is run under."""
    programmes = {each.programme for each in every_defect().values() if each.lawful}
    terms = [load().programmes[each].clauses for each in programmes]
    return {name for clauses in terms for name, each in clauses.items() if each.applies}
