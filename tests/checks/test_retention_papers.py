"""How the checks of papers judge cities that are neither honest nor plainly broken."""

import dataclasses
import os
from collections.abc import Callable

import pytest

from idaudit.checks.retention import copies, derived, endings, scans
from idaudit.fixtures.targets.target import Answer, Exchange, Outcome, Target
from idaudit.threatmodel.errors import TargetUnreachable

Judge = Callable[..., tuple[str, str]]
Check = Callable[..., None]
REFUSED = Outcome(Answer.REFUSED, "bent")

SWEEPING: tuple[tuple[Check, tuple[object, ...]], ...] = (
    (scans.no_scan_outlives_its_application, (endings.denied,)),
    (scans.no_scan_outlives_an_abandoned_application, ()),
    (scans.what_is_kept_does_not_grow_with_the_papers_shown, (endings.denied,)),
    (copies.an_open_application_leaves_no_copy_at_rest, (copies.at_the_counter,)),
    (copies.a_crash_before_the_decision_leaves_no_copy_at_rest, ()),
    (copies.a_crash_leaves_no_sealed_copy_once_all_is_decided, ()),
    (copies.a_paper_that_goes_wrong_leaves_no_copy, (copies.cut_short,)),
    (copies.a_paper_that_comes_too_late_leaves_no_copy, ()),
    (derived.nothing_made_from_a_paper_outlives_its_application, (endings.denied,)),
    (derived.nothing_made_from_a_paper_outlives_an_abandoned_application, ()),
    (derived.what_is_kept_does_not_grow_with_the_number_of_papers, ()),
)
SHOWING: tuple[tuple[Check, tuple[object, ...]], ...] = (
    (scans.nobody_is_shown_a_paper_once_its_application_is_over, (endings.carded,)),
    (scans.nobody_is_shown_a_paper_of_an_abandoned_application, ()),
    (copies.an_open_application_leaves_no_copy_at_rest, (copies.on_the_web,)),
    (copies.a_crash_before_the_decision_leaves_no_copy_at_rest, ()),
    (copies.a_paper_is_shown_with_a_word_to_keep_no_copy, ()),
)
ANSWERING: tuple[tuple[Check, tuple[object, ...]], ...] = (
    (derived.neither_card_nor_record_repeats_what_stood_on_a_paper, ()),
    (derived.neither_ledger_nor_report_repeats_what_stood_on_a_paper, ()),
)


def refuse(*_: object, **__: object) -> Outcome:
    """Decline."""
    return REFUSED


def blank(*_: object, **__: object) -> Outcome:
    """Show an empty page in a paper's stead."""
    return Outcome(Answer.ALLOWED, fields={"data": b"%PDF-1.7\n"})


def keep(city: Target, name: str, data: bytes) -> None:
    """Leave *data* where programs put what they need for a moment."""
    with (city.data / "scratch" / name).open("ab") as file:
        file.write(data)


@pytest.mark.parametrize(("check", "params"), SWEEPING + SHOWING + ANSWERING)
def test_a_city_that_takes_nobody_in_shows_nothing(
    judge: Judge, check: Check, params: tuple[object, ...]
) -> None:
    """Where no paper ever comes, that none is found proves nothing."""
    assert judge(check, *params, open_application=refuse)[0] == "inconclusive"


@pytest.mark.parametrize(("check", "params"), SWEEPING + SHOWING[:1])
def test_a_city_that_takes_no_paper_shows_nothing(
    judge: Judge, check: Check, params: tuple[object, ...]
) -> None:
    """A paper that is turned away cannot be kept; only turning away is judged there."""
    found = judge(check, *params, submit_document=refuse)[0]

    is_about_turning_away = check is copies.a_paper_that_goes_wrong_leaves_no_copy
    assert found == ("pass" if is_about_turning_away else "inconclusive")


@pytest.mark.parametrize(("check", "params"), SWEEPING)
def test_a_place_that_cannot_be_seen_shows_nothing(
    judge: Judge, check: Check, params: tuple[object, ...]
) -> None:
    """One blind spot is enough to hide a scan, or its weight."""
    assert judge(check, *params, blind=frozenset({"scratch"}))[0] == "inconclusive"


@pytest.mark.parametrize("instead", [refuse, blank])
@pytest.mark.parametrize(("check", "params"), SHOWING)
def test_a_paper_that_was_never_shown_shows_nothing(
    judge: Judge, check: Check, params: tuple[object, ...], instead: Callable[..., Outcome]
) -> None:
    """That nobody is shown a paper afterwards means nothing if nobody was before."""
    assert judge(check, *params, view_document=instead)[0] == "inconclusive"


def test_an_answer_nobody_can_read_says_nothing_about_caches(judge: Judge) -> None:
    """Whether no-store was said is unknown where the adapter hands on no exchange."""

    def view(city: Target, **named: object) -> Outcome:
        seen = city.view_document(**named)
        return dataclasses.replace(seen, exchanges=())

    told = judge(copies.a_paper_is_shown_with_a_word_to_keep_no_copy, view_document=view)

    assert told[0] == "inconclusive"


def test_a_paper_served_from_a_cache_is_noticed(judge: Judge) -> None:
    """It does not matter who serves it: what the same request still shows was kept."""
    seen: dict[object, Outcome] = {}

    def view(city: Target, **named: object) -> Outcome:
        outcome = city.view_document(**named)
        place = named["application"], named["index"]
        return seen.setdefault(place, outcome) if outcome.allowed or place in seen else outcome

    check = scans.nobody_is_shown_a_paper_once_its_application_is_over
    assert judge(check, endings.carded, view_document=view) == ("broken", "scan-served")


def test_a_viewer_that_fails_afterwards_shows_nothing(judge: Judge) -> None:
    """A crash is no refusal."""
    over: list[bool] = []

    def decide(city: Target, **named: object) -> Outcome:
        over.append(True)
        return city.decide(**named)

    def view(city: Target, **named: object) -> Outcome:
        seen = city.view_document(**named)
        return Outcome(Answer.ERROR, "bent") if over else seen

    check = scans.nobody_is_shown_a_paper_once_its_application_is_over
    assert judge(check, endings.denied, decide=decide, view_document=view)[0] == "inconclusive"


@pytest.mark.parametrize(
    ("share", "told"), [(0.0, ("pass", "")), (0.05, ("broken", "grows-with-papers"))]
)
def test_a_share_of_every_paper_is_weighed_and_a_fixed_amount_is_not(
    judge: Judge, share: float, told: tuple[str, str]
) -> None:
    """A twentieth of each paper shows, in noise; two thousand bytes for each person do not."""

    def submit(city: Target, **named: object) -> Outcome:
        data: bytes = named["document"].data
        keep(city, "noise", os.urandom(2000 + int(share * len(data))))
        return city.submit_document(**named)

    check = scans.what_is_kept_does_not_grow_with_the_papers_shown
    assert judge(check, endings.approved, submit_document=submit) == told


def test_being_hung_up_on_is_being_turned_away(judge: Judge) -> None:
    """Some systems close the line on a file that is too large."""

    def submit(city: Target, **named: object) -> Outcome:
        outcome = city.submit_document(**named)
        if outcome.refused:
            raise TargetUnreachable("hung up")
        return outcome

    check = copies.a_paper_that_goes_wrong_leaves_no_copy
    assert judge(check, copies.too_large, submit_document=submit) == ("pass", "")


def test_a_talkative_log_is_no_template(judge: Judge) -> None:
    """Three thousand bytes for every request, whatever it is about, say nothing of papers."""

    def talk(name: str) -> Callable[..., Outcome]:
        def said(city: Target, **named: object) -> Outcome:
            keep(city, "talk", os.urandom(3000))
            outcome: Outcome = getattr(city, name)(**named)
            return outcome

        return said

    check = derived.what_is_kept_does_not_grow_with_the_number_of_papers
    both = {name: talk(name) for name in ("submit_document", "read_record")}
    only = {name: talk(name) for name in ("submit_document",)}
    assert judge(check, **both) == ("pass", "")
    assert judge(check, **only) == ("broken", "grows-with-number")


def test_a_record_that_cannot_be_read_shows_nothing(judge: Judge) -> None:
    """Answers in which not even the holder's own name is found are not searched well."""

    def read(city: Target, **named: object) -> Outcome:
        seen = city.read_record(**named)
        bodies = tuple(dataclasses.replace(each, body=b"{}") for each in seen.exchanges)
        return dataclasses.replace(seen, exchanges=bodies)

    check = derived.neither_card_nor_record_repeats_what_stood_on_a_paper
    assert judge(check, read_record=read)[0] == "inconclusive"


def test_a_number_in_the_public_report_is_noticed(judge: Judge) -> None:
    """A footnote of the report is an answer like any other."""
    numbers: list[str] = []

    def submit(city: Target, **named: object) -> Outcome:
        numbers.append(named["document"].number)
        return city.submit_document(**named)

    def report(city: Target, **named: object) -> Outcome:
        told = city.public_report(**named)
        body = f'{{"footnote": "including {numbers[0]}"}}'.encode()
        said = Exchange("GET", "/", 200, {}, b"", {}, body)
        return dataclasses.replace(told, exchanges=(said,))

    check = derived.neither_ledger_nor_report_repeats_what_stood_on_a_paper
    bent = {"submit_document": submit, "public_report": report}
    assert judge(check, **bent) == ("broken", "answered")
