"""What only a crowd brings out: checks that act one by one pass it over."""

import os
import socket
from contextlib import ExitStack
from functools import cache

import httpx
import pytest

from idaudit.checks.catalogue import every_check
from idaudit.checks.doctor import Examination
from idaudit.checks.probes.rush import at_once, bustle, crowded, patiently, told_to_wait
from idaudit.command.cities import City
from idaudit.command.load_matrix import crowd_cities
from idaudit.command.matrix import checks_of, examination
from idaudit.fixtures.defects.registry import HOUSE_PROGRAMME, every_defect
from idaudit.fixtures.targets.operation import Answer, Exchange, Outcome
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.fixtures.targets.target import Target
from idaudit.threatmodel.errors import Inconclusive, TargetUnreachable
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.verdict import Outcome as Ended

SEED = 11
NEAREST = {
    "keeps-now-and-reviews-later": "no_scan_outlives_its_application",
    "spools-uploads-when-busy": "a_crash_before_the_decision_leaves_no_copy_at_rest",
    "files-a-repeated-paper-apart": "a_crash_leaves_no_sealed_copy_once_all_is_decided",
    "spills-the-table-to-disk": "an_open_application_leaves_no_copy_at_rest",
    "logs-what-comes-in-a-crowd": "what_is_declined_is_written_down_nowhere",
    "shares-an-answer-when-busy": "nobody_touches_anothers_record",
    "trusts-any-key-when-busy": "nobody_touches_anothers_record",
    "books-blind-when-busy": "a_visit_leaves_nothing_of_the_visitor",
    "purges-when-it-is-quiet": "no_scan_outlives_an_abandoned_application",
    "fires-when-it-is-quiet": "a_signed_kill_order_leaves_nothing_to_read",
    "queues-deletions-when-busy": "an_ended_record_is_gone",
    "drops-lines-when-busy": "every_look_is_written_down",
    "writes-the-ledger-in-batches": "a_line_survives_a_crash",
}
"""The check that asks the same of one person at a time."""

ASKED = NEAREST if "IDAUDIT_EVERY_CITY" in os.environ else list(NEAREST)[::4]
"""All of them in CI, and a few that differ wherever else."""


@cache
def _offered() -> Examination:
    return examination(HOUSE_PROGRAMME, SEED)


def _city(name: str) -> City:
    return City(name, HOUSE_PROGRAMME, every_defect()[name])


def test_every_city_that_fails_only_in_a_crowd_has_its_nearest_check() -> None:
    """Thirteen of them, and each names the check that comes nearest without a crowd."""
    assert set(NEAREST) == {each.id for each in crowd_cities() if not each.lawful}


@pytest.mark.parametrize("name", ASKED)
def test_a_check_that_acts_one_by_one_passes_it_over(name: str) -> None:
    """The same question, asked without a crowd, finds nothing wrong."""
    nearest = every_check()[NEAREST[name]]
    said = checks_of(_city(name), SEED, [nearest.guarantee], [nearest.id], known=_offered())

    assert [(each.id, each.outcome) for each in said] == [(nearest.id, Ended.PASS)]


def test_an_adapter_that_bears_no_crowd_is_not_driven_by_one() -> None:
    """A mix-up of the adapter's own would be blamed on the city."""
    with pytest.raises(Inconclusive, match="many may act"):
        crowded(Target())


def test_whoever_is_told_to_come_later_comes_later() -> None:
    """A failure and a 429 are no answer; a refusal is one, and nobody asks again."""
    exchange = Exchange("GET", "/", 429, {}, b"", {}, b"")
    answers = [
        Outcome(Answer.ERROR),
        Outcome(Answer.REFUSED, exchanges=(exchange,)),
        Outcome(Answer.REFUSED, "no"),
    ]
    waiting = [told_to_wait(each) for each in answers]
    asked: list[Outcome] = []

    def ask() -> Outcome:
        if not asked:
            asked.append(answers[0])
            raise TargetUnreachable("it is down")
        asked.append(answers[len(asked)])
        return asked[-1]

    assert waiting == [True, True, False]
    assert patiently(ask).reason == "no"
    assert len(asked) == 3


def test_a_crowd_acts_in_its_order_and_goes_home() -> None:
    """What came of each act stands in its place; a bustle ends with its block."""
    allowed = Outcome(Answer.ALLOWED)
    with bustle([lambda: allowed], hands=2) as crowd:
        crowd.wait_for(10)
    served = crowd.answered

    assert at_once([lambda n=n: n for n in range(20)], hands=5) == list(range(20))  # type: ignore[misc]  # bound at once
    assert served >= 10
    assert crowd.answered == served


@pytest.mark.parametrize(("defect", "status"), [(None, 200), ("sheds-load", 503)])
def test_a_city_knows_how_many_wait(defect: str | None, status: int) -> None:
    """Uploads that have begun and not ended count; one city sends the next away, ours does not."""
    terms = load().programmes[HOUSE_PROGRAMME].terms
    head = b"POST /applications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with ReferenceCities(terms, SEED, defect=defect) as cities, cities.unused() as city:
        port = int(city.url.rpartition(":")[2])
        with ExitStack() as stack:
            for _ in range(3):
                begun = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                begun.sendall(head + b"Content-Length: 100\r\n\r\n{")
            told = {
                httpx.get(f"{city.url}/health", timeout=20, trust_env=False).status_code
                for _ in range(10)
            }

    assert max(told) == status
