"""The judge calls nothing kept because nothing was found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from idaudit.reports.audit import Audit, Judgement, Waiver, exit_code
from idaudit.reports.headlines import headlines
from idaudit.reports.judge import judge
from idaudit.reports.record import CheckRecord, PlannedCheck, RunRecord
from idaudit.threatmodel.errors import UsageError, WaiverError
from idaudit.threatmodel.model import Subject, ThreatModel
from idaudit.threatmodel.verdict import Outcome, Verdict

Passed = Callable[..., CheckRecord]


def _of(audit: Audit, guarantee: str) -> Judgement:
    """Return the judgement of one guarantee."""
    return next(one for one in audit.guarantees if one.guarantee == guarantee)


def _with_first(record: RunRecord, **changes: object) -> RunRecord:
    """Return *record* with its first check, of no-scan-kept, changed."""
    first, *rest = record.checks
    changed = replace(first, **changes)  # type: ignore[arg-type]  # any field, by name
    return replace(record, checks=(changed, *rest))


def _headline(audit: Audit, subject: Subject) -> tuple[Verdict, str]:
    """Return one headline's verdict and note."""
    line = next(line for line in audit.headlines if line.subject is subject)
    return line.verdict, line.note


def test_a_guarantee_is_kept_when_all_its_checks_pass(kept_audit: Audit) -> None:
    """The one way to be kept, and the only run that exits with 0."""
    assert _of(kept_audit, "no-scan-kept").verdict is Verdict.KEPT
    assert exit_code(kept_audit) == 0


def test_one_failed_check_breaks_its_guarantee(broken: RunRecord, model: ThreatModel) -> None:
    """A counterexample is not outvoted by a check that passed."""
    other = replace(broken.checks[0], id="another", outcome=Outcome.PASS, findings=())
    audit = judge(replace(broken, checks=(*broken.checks, other)), model)

    assert _of(audit, "no-scan-kept").verdict is Verdict.BROKEN
    assert _of(audit, "no-scan-kept").reason == "scan-survives: The scan stayed."
    assert _of(audit, "court-only").verdict is Verdict.KEPT
    assert exit_code(audit) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"outcome": Outcome.INCONCLUSIVE, "reason": "no clock"}, "could not judge: no clock"),
        ({"outcome": Outcome.ERROR, "reason": "refused"}, "ended in an error: refused"),
        ({"trials": 0}, "tried nothing"),
        ({"positive_controls": 0}, "found none of its positive controls"),
        ({"id": "something_else"}, "was planned and did not run"),
    ],
)
def test_a_check_that_proves_nothing_leaves_its_guarantee_not_shown(
    record: RunRecord, model: ThreatModel, changes: dict[str, object], reason: str
) -> None:
    """Each way of showing nothing is told apart, and none of them exits with 0."""
    audit = judge(_with_first(record, **changes), model)

    assert _of(audit, "no-scan-kept").verdict is Verdict.NOT_SHOWN
    assert reason in _of(audit, "no-scan-kept").reason
    assert exit_code(audit) == 2


def test_a_check_that_needs_no_controls_passes_without(
    record: RunRecord, model: ThreatModel
) -> None:
    """Only the plan says whether silence has to be earned."""
    easy = tuple(replace(one, needs_controls=False) for one in record.header.planned)
    calm = replace(record, header=replace(record.header, planned=easy))

    audit = judge(_with_first(calm, positive_controls=0), model)

    assert _of(audit, "no-scan-kept").verdict is Verdict.KEPT


def test_a_check_that_ran_twice_must_pass_twice(
    record: RunRecord, model: ThreatModel, passed: Passed
) -> None:
    """Trying again until it passes is no way to keep a promise."""
    first = passed("no-scan-kept", outcome=Outcome.ERROR, reason="timeout")
    audit = judge(replace(record, checks=(first, *record.checks)), model)

    assert _of(audit, "no-scan-kept").verdict is Verdict.NOT_SHOWN


def test_an_unplanned_failure_still_breaks(
    record: RunRecord, model: ThreatModel, passed: Passed
) -> None:
    """A violation counts however it came to light, even for a promise nobody asked about."""
    narrow = replace(record, header=replace(record.header, selected=("court-only",)))
    stray = passed("kill-switch", id="stray", outcome=Outcome.FAIL)

    audit = judge(replace(narrow, checks=(*record.checks, stray)), model)

    assert _of(audit, "kill-switch").verdict is Verdict.BROKEN
    assert _headline(audit, Subject.DOCUMENTS)[0] is Verdict.BROKEN
    assert exit_code(audit) == 1


def test_an_unplanned_error_leaves_doubt(
    record: RunRecord, model: ThreatModel, passed: Passed
) -> None:
    """What ran beside the plan and could not judge is not passed over."""
    stray = passed("kill-switch", id="stray", outcome=Outcome.ERROR, reason="timeout")
    audit = judge(replace(record, checks=(*record.checks, stray)), model)

    assert _of(audit, "kill-switch").reason == "stray ended in an error: timeout"


def test_what_the_programme_never_promised_does_not_apply(kept_audit: Audit) -> None:
    """The programme's own reason is the verdict's."""
    judgement = _of(kept_audit, "private-booking")

    assert judgement.verdict is Verdict.NOT_APPLICABLE
    assert judgement.reason == "This programme takes no bookings."
    assert not judgement.required


def test_a_promise_without_a_check_is_not_shown_and_not_required(kept_audit: Audit) -> None:
    """What no version of the suite can see is said, and fails nobody."""
    judgement = _of(kept_audit, "nothing-hidden")

    assert judgement.verdict is Verdict.NOT_SHOWN
    assert "chip" in judgement.reason
    assert not judgement.required


def test_a_promise_for_which_nothing_was_planned_is_not_shown(
    record: RunRecord, model: ThreatModel
) -> None:
    """An empty plan keeps no promise."""
    planned = tuple(one for one in record.header.planned if one.guarantee != "court-only")
    checks = tuple(one for one in record.checks if one.guarantee != "court-only")

    bare = replace(record, header=replace(record.header, planned=planned), checks=checks)
    audit = judge(bare, model)

    assert _of(audit, "court-only").reason == "no check ran"
    assert exit_code(audit) == 2


def test_a_promise_nobody_asked_about_is_not_required(
    record: RunRecord, model: ThreatModel
) -> None:
    """With --only, one kept promise is enough for 0, and the rest say why they are silent."""
    own = tuple(one for one in record.header.planned if one.guarantee == "court-only")
    header = replace(record.header, selected=("court-only",), planned=own)
    audit = judge(replace(record, header=header, checks=record.checks[3:]), model)

    assert _of(audit, "kill-switch").reason == "not asked in this run"
    assert [one.guarantee for one in audit.required] == ["court-only"]
    assert exit_code(audit) == 0
    assert _headline(audit, Subject.DOCUMENTS) == (
        Verdict.NOT_SHOWN,
        "No promise about this was put to the test.",
    )


def test_a_run_that_required_nothing_has_shown_nothing(
    record: RunRecord, model: ThreatModel
) -> None:
    """An empty selection is not success."""
    assert exit_code(judge(replace(record, header=replace(record.header, selected=())), model)) == 2


def test_a_run_cut_short_shows_no_headline_and_never_exits_with_0(
    record: RunRecord, model: ThreatModel
) -> None:
    """Though every check it wrote down passed, what it meant to write is unknown."""
    audit = judge(replace(record, end=None), model)

    assert not audit.completed
    assert "cut short" in audit.why_incomplete
    assert {line.verdict for line in audit.headlines} == {Verdict.NOT_SHOWN}
    assert exit_code(audit) == 2


def test_a_run_that_stopped_early_names_why_its_checks_are_missing(
    record: RunRecord, model: ThreatModel
) -> None:
    """The reason stands with each promise it left unjudged."""
    assert record.end
    stopped = replace(record.end, completed=False, why="the disk was full")
    audit = judge(replace(record, end=stopped, checks=record.checks[:2]), model)

    assert "the disk was full" in _of(audit, "court-only").reason
    assert _of(audit, "no-scan-kept").verdict is Verdict.KEPT


def test_headlines_stand_apart(broken_audit: Audit) -> None:
    """A scan that was kept says nothing about what is derived, and cannot hide there."""
    assert _headline(broken_audit, Subject.DOCUMENTS)[0] is Verdict.BROKEN
    assert _headline(broken_audit, Subject.DERIVED) == (Verdict.KEPT, "")
    assert _headline(broken_audit, Subject.ROSTER) == (
        Verdict.NOT_SHOWN,
        "1 of 3 promises about this stays unjudged.",
    )


def test_a_promise_that_is_not_made_spoils_no_headline(
    kept_audit: Audit, model: ThreatModel
) -> None:
    """The roster has one that no version can judge, and one that this programme does not make."""
    judged = [one for one in kept_audit.guarantees if one.guarantee != "nothing-hidden"]
    roster = headlines(judged, model, completed=True)[-1]
    kinds = {one.verdict for one in judged}

    assert kinds == {Verdict.KEPT, Verdict.NOT_APPLICABLE}
    assert (roster.subject, roster.verdict) == (Subject.ROSTER, Verdict.KEPT)


def test_a_summary_counts_every_guarantee_once(broken_audit: Audit) -> None:
    """The counts add up to the model."""
    assert broken_audit.summary() == {
        "kept": 3,
        "broken": 1,
        "not_shown": 1,
        "not_applicable": 1,
        "waived": 0,
        "lawful_hold": 0,
        "attested": 0,
    }


def test_judging_again_gives_the_same_audit(broken: RunRecord, model: ThreatModel) -> None:
    """A verdict follows from evidence and programme, and from nothing else."""
    assert judge(broken, model) == judge(broken, model)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("program", "statue"),
        ("selected", ("no-scan-kep",)),
        ("planned", (PlannedCheck("some_check", "no-scan-kep"),)),
    ],
)
def test_a_run_about_something_unknown_is_refused(
    record: RunRecord, model: ThreatModel, field: str, value: object
) -> None:
    """A finding about a promise nobody knows would otherwise be lost."""
    header = replace(record.header, **{field: value})  # type: ignore[arg-type]  # by name

    with pytest.raises(UsageError, match="did you mean"):
        judge(replace(record, header=header), model)


def test_a_waived_promise_says_who_accepts_it_and_until_when(
    broken: RunRecord, model: ThreatModel, waiver_day: date
) -> None:
    """It is not broken any more and not kept either."""
    waiver = Waiver("no-scan-kept", "The scanner is replaced in May.", "The CPO", waiver_day)
    audit = judge(broken, model, [waiver])

    assert _of(audit, "no-scan-kept").verdict is Verdict.WAIVED
    assert str(_of(audit, "no-scan-kept").waiver) == (
        "not kept, accepted by The CPO until 2026-06-30"
    )
    assert exit_code(audit) == 0
    assert _headline(audit, Subject.DOCUMENTS)[0] is Verdict.WAIVED


def test_a_waiver_of_something_kept_is_an_error(
    record: RunRecord, model: ThreatModel, waiver_day: date
) -> None:
    """A waiver left behind would swallow the next violation."""
    with pytest.raises(WaiverError, match="matches nothing broken: this run found it kept"):
        judge(record, model, [Waiver("no-scan-kept", "old", "The CPO", waiver_day)])


def test_a_waiver_that_had_expired_when_the_run_began_is_an_error(
    broken: RunRecord, model: ThreatModel
) -> None:
    """Its last day counts; the day after does not, whenever it is judged."""
    last = Waiver("no-scan-kept", "soon", "The CPO", date(2026, 3, 1))

    assert judge(broken, model, [last]).of(Verdict.WAIVED)
    with pytest.raises(WaiverError, match="expired on 2026-02-28"):
        judge(broken, model, [replace(last, expires=date(2026, 2, 28))])


@pytest.mark.parametrize(
    ("people", "rate"), [(1, 0.95), (59, 0.0495), (299, 0.00997)], ids=["one", "59", "299"]
)
def test_what_a_passed_check_would_have_missed_follows_from_how_many_it_met(
    passed: Passed, people: int, rate: float
) -> None:
    """Nobody struck among 59 leaves room for one in twenty (Clopper and Pearson 1934)."""
    told = passed("no-scan-kept", people=people).missed_rate

    assert told == pytest.approx(rate, rel=0.01)


@pytest.mark.parametrize("changes", [{"people": 0}, {"outcome": Outcome.FAIL}], ids=str)
def test_a_check_that_met_nobody_or_failed_bounds_nothing(
    passed: Passed, changes: dict[str, object]
) -> None:
    """It has no rate of misses that could be told."""
    assert passed("no-scan-kept", **changes).missed_rate is None


def test_the_order_in_which_checks_ended_changes_nothing(
    broken: RunRecord, passed: Passed, model: ThreatModel
) -> None:
    """Checks asked side by side end in any order; verdict, reason and report are the same."""
    first = broken.checks[0]
    found = (replace(first.findings[0], reason="another-way"),)
    second = replace(first, id="another_check_of_it", findings=found)
    third = passed("no-scan-kept", id="a_third_check_of_it")
    either = [
        judge(replace(broken, checks=(*checks, *broken.checks[1:])), model)
        for checks in ((first, second, third), (third, second, first))
    ]

    assert either[0] == either[1]
    assert _of(either[0], "no-scan-kept").reason.startswith("another-way")
