"""
What can be driven and what can be seen, found out before the first check.

Each operation is tried once, in the order a life at the counter takes, on an
unused target; each surface is given a positive control. What is not offered,
or does not work, is known before any check and is *not shown*, never a failure
of the city.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta

from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    COUNSEL_2,
    PUBLIC,
    REVIEWER,
)
from idaudit.checks.catalogue import DESTRUCTIVE
from idaudit.checks.errands import elsewhere, errands
from idaudit.checks.examined import Examination, OperationFound, SurfaceFound
from idaudit.checks.knocking import why_plain, why_shut
from idaudit.checks.plausible import Plausible, attempted
from idaudit.checks.redaction import retold
from idaudit.checks.services import appointments, cards, photographs
from idaudit.checks.sight import sweep_for, sweep_with_control, veil_over
from idaudit.checks.watch import Watch
from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.documents import DocumentKind
from idaudit.fixtures.instruments import judges_warrant, preservation_order
from idaudit.fixtures.surfaces.lookout import Lookout
from idaudit.fixtures.surfaces.surface import Configured, Surface, SurfaceKind, Watched
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role, Target
from idaudit.threatmodel.errors import Inconclusive, SuiteError

__all__ = ["Examination", "OperationFound", "SurfaceFound", "examine"]

_OTHERS = 5
"""So many more people apply before it is said that nobody is let."""

_SILENT = "nothing in it changed while an applicant was enrolled"
_NAMED = ("street",)
"""What the doctor's own warrant and order name."""


def examine(target: Target, mint: Mint, people: Applicants) -> Examination:
    """Try every operation of *target* once and plant a control on every surface."""
    with ExitStack() as watched:
        for each in target.surfaces():
            if isinstance(each, Watched):
                watched.enter_context(each.watching())
        return _examined(target, mint, people)


def _examined(target: Target, mint: Mint, people: Applicants) -> Examination:
    """Examine a target that is being watched."""
    watch, visit = Watch(target), _Visit(target, people)
    lookout = Lookout(target.surfaces, target.whereabouts)
    lookout.look()
    operations: list[OperationFound] = []
    veiled = ""
    for each in visit.round():
        watch.look()
        lookout.look()
        operations.append(replace(each, detail=retold(each.detail, visit.met, mint)))
        if each.operation is Operation.SETTLE and _works(Operation.READ_RECORD, operations):
            veiled = veil_over(target, mint, visit.met[0])
    surfaces = tuple(
        _surface(each, watch, mint, visit.met, disposable=target.disposable)
        for each in target.surfaces()
    )
    undeclared = tuple(
        replace(each, note=retold(each.note, visit.met, mint)) for each in lookout.found()
    )
    shut, plain = (retold(why(target), visit.met, mint) for why in (why_shut, why_plain))
    return Examination(tuple(operations), surfaces, undeclared, lookout.blind, shut, plain, veiled)


class _Visit:
    """One applicant's way through the whole system, each operation once."""

    def __init__(self, target: Target, people: Applicants) -> None:
        self.target = target
        self.people = people
        self.met: list[Applicant] = []
        self.ids: dict[str, str] = {}
        self.plausible = Plausible(target, lambda: self.met[0], self.ids)

    def round(self) -> Iterator[OperationFound]:
        """Try the operations in an order in which each can succeed."""
        for operation, attempt in self._itinerary():
            yield self._try(operation, attempt)

    def _try(self, operation: Operation, attempt: Callable[[], Outcome]) -> OperationFound:
        """Try one operation, and say what came of it."""
        if not self.target.offers(operation):
            return OperationFound(operation, False, False, "the target does not offer it")  # noqa: FBT003  offered, works
        if operation in DESTRUCTIVE and not self.target.disposable:
            why = "withheld: the target does not say it is disposable"
            return OperationFound(operation, True, False, why)  # noqa: FBT003  offered, works
        try:
            outcome = attempt()
        except KeyError as missing:
            why = f"could not be tried: an earlier step gave no {missing}"
            return OperationFound(operation, True, False, why)  # noqa: FBT003  offered, works
        except Exception as error:  # noqa: BLE001  whatever an answer does to its adapter
            odd = f"the answer was not understood ({type(error).__name__}: {error})"
            why = str(error) if isinstance(error, SuiteError) else odd
            return OperationFound(operation, True, False, why)  # noqa: FBT003  offered, works
        # Ids are strings; a record or a card face that comes back is none.
        self.ids |= {k: each for k, each in outcome.fields.items() if isinstance(each, str)}
        if not outcome.allowed:
            return OperationFound(operation, True, False, outcome.reason)  # noqa: FBT003  offered, works
        doubt = attempted(lambda: self.plausible.doubt(operation, outcome))
        return OperationFound(operation, True, not doubt, doubt or outcome.reason)  # noqa: FBT003  offered

    def _applicant(self) -> Applicant:
        # A licence is what systems turn away least; whom they turn away is for checks.
        person = self.people.next(identity=DocumentKind.US_LICENCE)
        self.met.append(person)
        return person

    def _today(self) -> date:
        return self.target.now().date()

    def _owner(self) -> Actor:
        return Actor(Role.APPLICANT, self.met[0].index)

    def _open(self) -> Outcome:
        outcome = self._apply()
        self.met.insert(0, self.met.pop())  # what follows is about who was let
        return outcome

    def _apply(self) -> Outcome:
        """Apply for one person after another until one is let: whom it refuses is for checks."""
        outcome = self.target.open_application(self._applicant(), CLERK)
        for _ in range(_OTHERS):
            if not outcome.refused:
                break
            outcome = self.target.open_application(self._applicant(), CLERK)
        return outcome

    def _another(self) -> str:
        """Open a second application, for the ways an application can end early."""
        return str(self._apply().fields["application"])

    def _withdraw(self) -> Outcome:
        """A second applicant changes their mind."""
        application = self._another()
        return self.target.withdraw(application, Actor(Role.APPLICANT, self.met[-1].index))

    def _warrant(self) -> Outcome:
        warrant = judges_warrant(self.met[0].named(), fields=_NAMED, today=self._today())
        return self.target.request_disclosure(warrant, COUNSEL)

    def _amend(self) -> Outcome:
        warrant = judges_warrant(self.met[0].named(), fields=_NAMED, today=self._today())
        return self.target.amend_disclosure(self.ids["disclosure"], warrant, COUNSEL)

    def _approve(self) -> Outcome:
        """Every approval a desk may ask for, so that there is something to collect."""
        approvers = (COUNSEL_2, COMMISSIONER, AUDITOR)
        given = [self.target.approve_disclosure(self.ids["disclosure"], by) for by in approvers]
        return next((each for each in given if each.allowed), given[0])

    def _hold(self) -> Outcome:
        order = preservation_order(self.met[0].named(), fields=_NAMED, today=self._today())
        return self.target.place_hold(order, COUNSEL)

    def _quarter(self) -> str:
        now = self.target.now()
        return f"{now.year}-Q{(now.month + 2) // 3}"

    def _itinerary(self) -> list[tuple[Operation, Callable[[], Outcome]]]:
        """Return every operation with the way to try it, in order."""
        target, ids = self.target, self.ids
        return [
            (Operation.DESCRIBE, target.describe),
            (Operation.OPEN_APPLICATION, self._open),
            (
                Operation.SUBMIT_DOCUMENT,
                lambda: target.submit_document(ids["application"], self.met[0].documents[0], CLERK),
            ),
            (
                Operation.VIEW_DOCUMENT,
                lambda: target.view_document(ids["application"], 0, REVIEWER),
            ),
            *photographs(target, ids, lambda: self.met[0]),
            (
                Operation.DECIDE,
                lambda: target.decide(ids["application"], REVIEWER, approve=True),
            ),
            (Operation.ISSUE_CARD, lambda: target.issue_card(ids["application"], CLERK)),
            *cards(target, ids, self._owner),
            *appointments(target, ids),
            (Operation.WITHDRAW, self._withdraw),
            (
                Operation.READ_RECORD,
                lambda: target.read_record(ids["record"], self._owner()),
            ),
            (
                Operation.CORRECT_RECORD,
                lambda: target.correct_record(ids["record"], {"gender": "X"}, self._owner()),
            ),
            *errands(target, ids, lambda: self.met[0]),
            (Operation.REQUEST_DISCLOSURE, self._warrant),
            (Operation.AMEND_DISCLOSURE, self._amend),
            (Operation.APPROVE_DISCLOSURE, self._approve),
            (
                Operation.COLLECT_DISCLOSURE,
                lambda: target.collect_disclosure(ids["disclosure"], COUNSEL),
            ),
            (Operation.PLACE_HOLD, self._hold),
            (Operation.LIFT_HOLD, lambda: target.lift_hold(ids["hold"], COUNSEL)),
            (Operation.SETTLE, target.settle),
            (Operation.BACKUP, target.backup),
            (Operation.RESTORE, lambda: target.restore(ids["backup"])),
            (Operation.READ_LEDGER, lambda: target.read_ledger(AUDITOR)),
            (
                Operation.PUBLIC_REPORT,
                lambda: target.public_report(self._quarter(), PUBLIC),
            ),
            (
                Operation.DELETE_RECORD,
                lambda: target.delete_record(ids["record"], self._owner()),
            ),
            (Operation.ADVANCE_CLOCK, lambda: target.advance_clock(timedelta(days=1))),
            (Operation.RUN_RETENTION, lambda: target.run_retention(ADMINISTRATOR)),
            *elsewhere(target),
            (Operation.READ_KILL, lambda: target.read_kill(AUDITOR)),
            (Operation.ORDER_KILL, lambda: target.order_kill(COMMISSIONER)),
            (Operation.SIGN_KILL, lambda: target.sign_kill(ids["order"], COUNSEL)),
            (Operation.CRASH, target.crash),
            (Operation.RESTART, target.restart),
        ]


def _works(operation: Operation, tried: Iterable[OperationFound]) -> bool:
    return any(each.operation is operation and each.works for each in tried)


def _conditions(surface: Surface) -> str:
    """Tell what decides how much *surface* leaves behind, where it says so."""
    if not isinstance(surface, Configured):
        return ""
    return ", ".join(f"{name}: {value}" for name, value in surface.settings().items())


def _size(surface: Surface) -> int:
    """Return the bytes in *surface*, 0 where nobody can say."""
    try:
        return surface.size()
    except Inconclusive:
        return 0


def _surface(
    surface: Surface, watch: Watch, mint: Mint, met: list[Applicant], *, disposable: bool
) -> SurfaceFound:
    """Say whether a control shows on *surface*, and whether it moved while driven."""
    probed, found = True, False
    try:
        sweep_with_control(surface, sweep_for(mint, met), mint, disposable=disposable)
        found = watch.saw_move(surface)
        detail = _conditions(surface) if found else _SILENT
    except Inconclusive as error:
        probed, detail = False, str(error)
    return SurfaceFound(
        id=surface.id,
        kind=SurfaceKind(surface.kind).value,
        size=_size(surface),
        probed=probed,
        control_found=found,
        detail=detail,
    )
