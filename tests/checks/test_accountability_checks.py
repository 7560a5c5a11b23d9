"""How the checks of ledger, report and own record judge cities that are neither good nor bad."""

import dataclasses
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from idaudit.checks.accountability.ledger import (
    an_earlier_line_never_changes,
    nobody_alters_the_ledger_unnoticed,
    nothing_leaves_that_cannot_be_written_down,
    the_ledger_has_no_gap,
    the_ledger_names_nobody,
)
from idaudit.checks.accountability.ledger_lines import (
    every_look_is_written_down,
    every_refusal_is_written_down,
)
from idaudit.checks.accountability.own_record import (
    an_ended_record_is_gone,
    nobody_is_found_by_a_name_they_corrected,
    nobody_touches_anothers_record,
    owners_see_all_that_is_kept_of_them,
    what_is_corrected_is_gone,
)
from idaudit.checks.accountability.report import (
    DAYS,
    Quarter,
    a_quarter_ends_at_its_own_midnight,
    the_report_says_what_was_done,
)
from idaudit.checks.accountability.tampering import TAMPERINGS
from idaudit.fixtures.surfaces.surface import SurfaceKind
from idaudit.fixtures.targets.target import Answer, Outcome, Role, Target
from idaudit.threatmodel.errors import SetupError

Judge = Callable[..., tuple[str, str]]


def refuse(*_: object, **__: object) -> Outcome:
    """Decline."""
    return Outcome(Answer.REFUSED, "bent")


def _altered(**changes: Callable[[Mapping[str, Any]], object]) -> Callable[..., Outcome]:
    """Return a way to read the ledger in which each line says something else."""

    def read(city: Target, **named: object) -> Outcome:
        ledger = city.read_ledger(**named)
        lines = [
            {**line, **{name: change(line) for name, change in changes.items()}}
            for line in ledger.fields["entries"]
        ]
        return dataclasses.replace(ledger, fields={**ledger.fields, "entries": lines})

    return read


def _without(*kinds: SurfaceKind) -> Callable[[Target], Any]:
    return lambda city: [each for each in city.surfaces() if each.kind not in kinds]


# -- the ledger --------------------------------------------------------------------


def test_a_ledger_nobody_may_read_shows_nothing(judge: Judge) -> None:
    """Complete or not, nobody can say."""
    for check in (every_look_is_written_down, the_ledger_has_no_gap, the_ledger_names_nobody):
        assert judge(check, read_ledger=refuse)[0] == "inconclusive"


def test_a_line_in_the_wrong_name_is_missing(judge: Judge) -> None:
    """A ledger in which the machine did everything does not say who looked."""
    read = _altered(actor=lambda _: "system")

    assert judge(every_look_is_written_down, read_ledger=read) == ("broken", "look-unwritten")


def test_a_line_with_the_wrong_ending_is_missing(judge: Judge) -> None:
    """That somebody was refused is not said by a line that says they were served."""
    read = _altered(outcome=lambda _: "allowed")

    assert judge(every_refusal_is_written_down, read_ledger=read) == (
        "broken",
        "refusal-unwritten",
    )


def test_a_ledger_that_gives_owners_numbers_at_random_is_lawful(judge: Judge) -> None:
    """A mark that never comes again tells nobody apart."""
    numbers = itertools.count()
    read = _altered(
        actor=lambda line: (
            f"owner {next(numbers)}" if line["actor"] == Role.APPLICANT else line["actor"]
        )
    )

    assert judge(the_ledger_names_nobody, read_ledger=read)[0] == "pass"


def test_a_name_hidden_in_another_field_of_a_line_is_found(judge: Judge) -> None:
    """Whatever else a line says is searched too, and in whatever form."""
    met: list[Any] = []

    def open_application(city: Target, **named: object) -> Outcome:
        met.append(named["applicant"])
        return city.open_application(**named)

    read = _altered(detail=lambda _: met[-1].email.encode().hex())

    assert judge(the_ledger_names_nobody, read_ledger=read, open_application=open_application) == (
        "broken",
        "names-somebody",
    )


def test_a_clock_that_runs_back_is_noticed(judge: Judge) -> None:
    """A later line with an earlier time changes the order of events."""
    read = _altered(at=lambda line: f"2017-01-{28 - line['seq'] % 28:02d}T00:00:00+00:00")

    assert judge(the_ledger_has_no_gap, read_ledger=read) == ("broken", "out-of-order")


def test_a_ledger_that_cannot_be_got_at_cannot_be_tampered_with(judge: Judge) -> None:
    """Where no declared database holds its lines, nothing is shown."""
    for check, params in (
        (nobody_alters_the_ledger_unnoticed, ("edited",)),
        (nothing_leaves_that_cannot_be_written_down, ()),
    ):
        told = judge(check, *params, surfaces=_without(SurfaceKind.SQLITE))

        assert told[0] == "inconclusive"
        assert "no declared database" in told[1]


def test_a_ledger_said_to_be_damaged_all_along_shows_nothing(judge: Judge) -> None:
    """An alarm that always rings has noticed nothing."""

    def read(city: Target, **named: object) -> Outcome:
        ledger = city.read_ledger(**named)
        return dataclasses.replace(ledger, fields={**ledger.fields, "intact": False})

    told = judge(nobody_alters_the_ledger_unnoticed, "edited", read_ledger=read)

    assert told[0] == "inconclusive"


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_refusing_to_start_on_a_damaged_ledger_is_noticing(judge: Judge, tampering: str) -> None:
    """A city may stand still rather than go on with books that were cooked."""

    def restart(_: Target) -> Outcome:
        raise SetupError("will not start")

    assert judge(nobody_alters_the_ledger_unnoticed, tampering, restart=restart)[0] == "pass"


def test_a_line_that_comes_late_changes_no_earlier_one(judge: Judge) -> None:
    """Longer is not other."""
    assert judge(an_earlier_line_never_changes)[0] == "pass"


# -- the report ---------------------------------------------------------------------


@pytest.mark.parametrize("shown", [None, "<10"])
def test_a_suppressed_number_is_neither_true_nor_false(judge: Judge, shown: object) -> None:
    """Small numbers may be held back, and then nobody can compare them."""

    def read(city: Target, **named: object) -> Outcome:
        report = city.public_report(**named)
        return dataclasses.replace(report, fields={**report.fields, "denials": shown})

    told = judge(the_report_says_what_was_done, DAYS[0], public_report=read)

    assert told[0] == "inconclusive"
    assert "does not show" in told[1]


def test_a_desk_that_opens_nothing_leaves_nothing_to_count(judge: Judge) -> None:
    """A report of noughts is true of a city in which nothing can be done, and proves nothing."""
    for check, params in (
        (the_report_says_what_was_done, (DAYS[0],)),
        (a_quarter_ends_at_its_own_midnight, ()),
    ):
        assert judge(check, *params, collect_disclosure=refuse)[0] == "inconclusive"


def test_quarters_follow_one_another_over_the_year() -> None:
    """The one after the last of a year is the first of the next."""
    assert str(Quarter(2017, 4).following) == "2018-Q1"
    assert str(Quarter(2017, 1).following) == "2017-Q2"
    assert Quarter.of(Quarter(2018, 3).first) == Quarter(2018, 3)


# -- one's own record -----------------------------------------------------------------


def test_another_way_to_write_a_number_is_no_other_number(judge: Judge) -> None:
    """Spaces and capitals are a matter of taste."""

    def read(city: Target, **named: object) -> Outcome:
        shown = city.read_record(**named)
        if not shown.allowed:
            return shown
        record = dict(shown.fields["record"])
        record["phone"] = record["phone"].replace(" ", "-")
        record["surname"] = record["surname"].upper()
        return dataclasses.replace(shown, fields={"record": record})

    assert judge(owners_see_all_that_is_kept_of_them, read_record=read)[0] == "pass"


def test_a_city_that_keeps_no_telephone_hides_none(judge: Judge) -> None:
    """What a court could not have either is not kept from its owner."""

    def without_phone(named: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in named.items() if name != "phone"}

    def read(city: Target, **named: object) -> Outcome:
        shown = city.read_record(**named)
        return dataclasses.replace(shown, fields={"record": without_phone(shown.fields["record"])})

    def collect(city: Target, **named: object) -> Outcome:
        handed_out = city.collect_disclosure(**named)
        released = [without_phone(one) for one in handed_out.fields.get("released", ())]
        return dataclasses.replace(handed_out, fields={"released": released})

    told = judge(owners_see_all_that_is_kept_of_them, read_record=read, collect_disclosure=collect)

    assert told[0] == "pass"


@pytest.mark.parametrize(
    ("check", "params"),
    [
        (owners_see_all_that_is_kept_of_them, ()),
        (nobody_touches_anothers_record, ()),
        (what_is_corrected_is_gone, ("street",)),
    ],
)
def test_a_city_that_shows_no_record_to_anybody_shows_nothing(
    judge: Judge, check: Callable[..., None], params: tuple[object, ...]
) -> None:
    """Refusing strangers is no merit where owners are refused as well."""
    assert judge(check, *params, read_record=refuse)[0] == "inconclusive"


def test_a_desk_that_opens_nothing_finds_nobody_by_any_name(judge: Judge) -> None:
    """That the old name finds nobody means nothing where the right one does not either."""
    for check in (nobody_is_found_by_a_name_they_corrected, an_ended_record_is_gone):
        assert judge(check, collect_disclosure=refuse)[0] == "inconclusive"


def test_a_blind_surface_cannot_be_called_clean(judge: Judge) -> None:
    """An ended record may lie where the sweep did not see its own control."""
    told = judge(an_ended_record_is_gone, blind=frozenset({"log"}))

    assert told[0] == "inconclusive"
