"""The checks of an interface judge somebody's own system by nothing but its target file."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from idaudit.checks.access import answers, changes, doors, explored, refusals, sessions, typed
from idaudit.checks.case import Case
from idaudit.checks.catalogue import CATALOGUE
from idaudit.checks.finding import Broken
from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.declared.system import open_declared
from idaudit.fixtures.targets.narration import Narrated
from idaudit.threatmodel.errors import Inconclusive
from idaudit.threatmodel.loader import load

sys.path.insert(0, str(Path(__file__).parent))
import faults
from people_register import SECRET, Person, Register, Said, Who
from serving import serving

Check = Callable[[Case], None]
LAID_OPEN: tuple[tuple[type[Register], Check, str], ...] = (
    (
        faults.AnyKeyOpensAnyFile,
        answers.no_answer_tells_a_role_of_somebody_else,
        "told-of-somebody-else",
    ),
    (faults.EndedIsAMark, answers.no_answer_tells_of_a_record_that_ended, "told-of-the-ended"),
    (
        faults.PaperStaysServed,
        answers.no_answer_holds_a_paper_of_a_decided_application,
        "paper-still-served",
    ),
    (faults.NamedInAHeader, answers.no_header_names_anybody, "named-in-a-header"),
    (faults.LeftToCaches, answers.no_answer_about_somebody_is_left_to_caches, "left-to-caches"),
    (faults.RepeatsTheForm, refusals.no_refusal_repeats_what_was_sent, "repeats-what-was-sent"),
    (faults.ShowsItsTrace, refusals.no_refusal_tells_how_the_system_is_built, "internals-told"),
    (
        faults.RefusalTells,
        doors.no_refusal_tells_an_outsider_which_files_there_are,
        "refusal-tells",
    ),
    (
        faults.AnybodyEnds,
        changes.no_described_operation_changes_a_file_for_a_stranger,
        "changed-without-a-task",
    ),
    (
        faults.ClaimsAreBelieved,
        sessions.nobody_is_let_in_by_a_badge_they_made,
        "forged-badge-let-in",
    ),
    (
        faults.SessionOutlivesLogOut,
        sessions.a_session_ends_when_its_holder_signs_out,
        "signed-out-and-let-in",
    ),
    (faults.SessionNeverLapses, sessions.a_session_ends_when_its_time_is_over, "lapsed-and-let-in"),
    (faults.StrangersPageLetIn, doors.no_strangers_page_reads_an_answer, "strangers-page-let-in"),
    (faults.SiblingLeftOpen, doors.no_hidden_door_opens_a_file, "hidden-door"),
    (
        faults.UndescribedMethod,
        doors.nothing_is_done_by_a_method_that_is_not_described,
        "undescribed-method",
    ),
    (faults.KeepsWhateverComes, typed.nothing_sent_beyond_any_form_is_kept, "kept-beyond-the-form"),
)
UNSHOWN = {
    "whoever_was_let_go_is_let_in_to_nothing",  # nobody is let go here
    "no_answer_tells_of_a_record_held_for_a_court",  # no court holds anything here
    "a_badge_of_another_site_opens_nothing",  # there is one site
}
"""What this register does not offer, and is not shown."""


GENERIC = {
    faults.AnyKeyOpensAnyFile,
    faults.EndedIsAMark,
    faults.RepeatsTheForm,
    faults.RefusalTells,
    faults.AnybodyEnds,
    faults.SiblingLeftOpen,
}
"""Faults that only show where it is known which of many things are people."""


class ClerksAskForAll(Register):
    """A town whose applicants come to the counter, where a clerk asks for them."""

    def may(self, who: Who, number: str, person: Person) -> bool:
        """Let clerks see every file."""
        return who.role == "clerk" or super().may(who, number, person)

    def about_people(self, who: Who, method: str, rest: list[str], body: bytes) -> Said:
        """Let them end one."""
        if (who.role, method) == ("clerk", "DELETE") and len(rest) == 1 and rest[0] in self.people:
            return self.ended(rest[0])
        return super().about_people(who, method, rest, body)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWN_SECRET", SECRET)


def judged(
    check: Check,
    file: Path,
    people: Applicants | None = None,
    learned: dict[str, object] | None = None,
) -> tuple[str, str]:
    """Return what came of one check of the system that *file* declares, and why."""
    mint, target = Mint(5), open_declared(file)
    try:
        with target.unused():
            told, sight = Narrated(target), Sight(target, mint, frozenset())
            programme = load().programmes["idnyc-2017"]
            case = Case(told, programme, mint, people or Applicants(mint), sight, learned)
            check(case)
            declared = CATALOGUE[check.__name__]
            assert case.target.performed <= declared.needs
            return ("pass", "") if case.trials else ("inconclusive", "tried nothing")
    except Broken as broken:
        return "broken", broken.reason
    except Inconclusive as unshown:
        return "inconclusive", str(unshown)
    finally:
        target.close()


def every() -> Iterator[Check]:
    """Return every check that asks at a door."""
    modules = (answers, changes, doors, explored, refusals, sessions, typed)
    known = {name for name, each in CATALOGUE.items() if each.at_the_door}
    for module in modules:
        found = vars(module).items()
        yield from (each for name, each in found if name in known and callable(each))


def came(description: str, tmp_path: Path, left: frozenset[str]) -> dict[str, tuple[str, str]]:
    """Return what came of every check of an honest register, those of one tier *left* out."""
    people, learned = Applicants(Mint(5)), dict[str, object]()  # as in one sitting
    with serving(Register, tmp_path, description) as (file, _):
        asked = [each for each in every() if each.__name__ not in left]
        return {each.__name__: judged(each, file, people, learned) for each in asked}


def test_an_honest_register_passes_every_check_that_its_file_lets_be_asked(tmp_path: Path) -> None:
    """Whatever is counted from one there besides people, and whatever it answers to strangers."""
    found = came("register", tmp_path, frozenset())

    assert {name: why for name, (what, why) in found.items() if what == "broken"} == {}
    assert {name for name, (what, _) in found.items() if what == "inconclusive"} == UNSHOWN, found


def test_an_honest_register_with_one_path_for_everything_is_accused_of_nothing(
    tmp_path: Path,
) -> None:
    """A description that says what no form is made of leaves open what is kept of one."""
    deep = frozenset(each.__name__ for each in every() if each.__module__ == explored.__name__)
    found = came("register-generic", tmp_path, deep)

    unshown = UNSHOWN | {"nothing_sent_beyond_any_form_is_kept"}
    assert {name: why for name, (what, why) in found.items() if what == "broken"} == {}
    assert {name for name, (what, _) in found.items() if what == "inconclusive"} == unshown, found


@pytest.mark.parametrize(
    ("kind", "check", "reason"), LAID_OPEN, ids=[each[0].__name__ for each in LAID_OPEN]
)
def test_a_fault_is_laid_open_by_its_check(
    kind: type[Register], check: Check, reason: str, tmp_path: Path
) -> None:
    """A check that cannot tell this register from the honest one shows nothing of either."""
    with serving(kind, tmp_path) as (file, _):
        assert judged(check, file) == ("broken", reason)


@pytest.mark.parametrize(
    ("kind", "check", "reason"),
    [each for each in LAID_OPEN if each[0] in GENERIC],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_a_fault_behind_a_path_that_leads_to_everything_is_laid_open(
    kind: type[Register], check: Check, reason: str, tmp_path: Path
) -> None:
    """What the target file itself asks tells which of many things are people."""
    with serving(kind, tmp_path, "register-generic") as (file, _):
        assert judged(check, file) == ("broken", reason)


def test_a_list_beside_the_paths_that_are_asked_is_asked_plainly(tmp_path: Path) -> None:
    """Which list it is stands in a sibling's path; a limit of 0 would show nobody."""
    with serving(faults.HistoryKeepsTheEnded, tmp_path, "register-generic") as (file, asked):
        came_to = judged(answers.no_answer_tells_of_a_record_that_ended, file)

    assert came_to == ("broken", "told-of-the-ended")
    assert {"GET /items/people/history", "GET /items/people/history?limit=0"} <= {*asked}


@pytest.mark.parametrize(
    ("kind", "came_to"),
    [(Register, ("pass", "")), (faults.ClaimsAreBelieved, ("broken", "forged-badge-let-in"))],
)
def test_a_badge_in_a_cookie_is_forged_where_it_is_carried(
    kind: type[Register], came_to: tuple[str, str], tmp_path: Path
) -> None:
    """A forgery in a header that nobody reads would let every cookie pass for safe."""
    with serving(kind, tmp_path, cookies=True) as (file, _):
        assert judged(sessions.nobody_is_let_in_by_a_badge_they_made, file) == came_to


def test_a_register_that_may_not_be_thrown_away_is_asked_nothing_odd(tmp_path: Path) -> None:
    """A file that says of no system that it is disposable costs nobody a record."""
    with serving(Register, tmp_path) as (file, asked):
        file.write_text(file.read_text().replace("disposable = true", ""))
        said = judged(doors.no_hidden_door_opens_a_file, file)

    assert said[0] == "inconclusive"
    assert "not called disposable" in said[1]
    assert asked == ["POST /renew"]


def test_a_register_without_ways_in_for_applicants_is_not_accused_for_its_clerks(
    tmp_path: Path,
) -> None:
    """A clerk who asks for an applicant at the counter is told what the applicant may be told."""
    with serving(ClerksAskForAll, tmp_path) as (file, _):
        text = file.read_text().replace('auth = "kept"\nname = "key"', THROUGH)
        file.write_text(text)
        told = judged(answers.no_answer_tells_a_role_of_somebody_else, file)
        forged = judged(sessions.nobody_is_let_in_by_a_badge_they_made, file)

    assert told == ("pass", "")
    assert forged == ("pass", "")


THROUGH = 'auth = "through"\nrole = "clerk"'
