"""
Looking for canaries where data can rest, and proving first that one can see.

"Not found" counts only where a planted control was found on the same surface,
by the same reader, in the same pass. Anything less is *not shown*.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from idaudit.checks.probes.sweep import Grade, Hit, Picture, Sweep
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Cohort, Field, Mint
from idaudit.fixtures.papers.control import control_picture
from idaudit.fixtures.surfaces.surface import PASSING, VOLATILE, Surface, SurfaceKind
from idaudit.fixtures.targets.target import Operation, Target
from idaudit.threatmodel.errors import Inconclusive, NotOffered

_VEILED = (
    "somebody who is on file is not seen at rest either, for it is encrypted or lies where nobody "
    "declared; so whatever is not found may be there all the same"
)


@dataclass(slots=True)
class Sight:
    """Sweeps the surfaces of one target and keeps count of the controls it found."""

    target: Target
    mint: Mint
    blind: frozenset[str] = frozenset()
    """Surfaces on which the doctor already failed to see its control."""
    veiled: str = ""
    """Why nobody would be seen who is there, "" where somebody who was on file has been."""
    unread: list[str] = field(default_factory=list)
    """Why what was not found may yet be there; one list for all that one check looks at."""
    controls: int = field(default=0, init=False)

    def on(self, target: Target) -> "Sight":
        """Return the same sight of another *target* of the same kind."""
        return Sight(target, self.mint, self.blind, self.veiled, self.unread)

    def expected_there(self) -> None:
        """Note, where nothing was found, that it might have been there all the same."""
        if self.veiled:
            self.unread.append(self.veiled)

    def resting(self) -> Sequence[Surface]:
        """Return every declared surface where data rests, and neither passes nor goes by itself."""
        return [each for each in self.target.surfaces() if each.kind not in PASSING | VOLATILE]

    def settle(self) -> None:
        """Let the target flush and checkpoint, where it offers to; no part of any story."""
        if self.target.offers(Operation.SETTLE):
            self.target.settle()

    def look(self, people: Iterable[Applicant], *, settled: bool = True) -> list[Hit]:
        """
        Return every canary of *people* found at rest.

        *settled* lets the target flush and checkpoint first, where it offers to.

        Of a system that is lent again and again, what others left is left out.

        Raises:
            Inconclusive: a surface did not show its control, or showed a canary
                that was never planted, or one whose owner cannot be read where
                it may be anybody's who came before.
            NotOffered: the target declares no surface.

        """
        people = tuple(people)
        if settled:
            self.settle()
        surfaces = self.resting()
        if not surfaces:
            raise NotOffered("the target declares no place where its data rests")
        sweep = sweep_for(self.mint, people)
        hits = [hit for each in surfaces for hit in self._look_into(each, sweep)]
        return _of(people, hits) if self.target.shared else hits

    def _look_into(self, surface: Surface, sweep: Sweep) -> list[Hit]:
        """Sweep one surface, control first."""
        if surface.id in self.blind:
            raise Inconclusive(f"the doctor could not see its own control on {surface.id!r}")
        hits = sweep_with_control(surface, sweep, self.mint, disposable=self.target.disposable)
        self.controls += 1
        return hits


def _of(people: Iterable[Applicant], hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits of *people*, in a system in which others have left theirs before."""
    known = {person.index for person in people}
    theirs = [hit for hit in hits if hit.applicant is None or hit.applicant in known]
    sure = [hit for hit in theirs if hit.applicant is not None]
    if theirs and not sure:
        raise Inconclusive(
            f"{theirs[0].surface!r} holds a canary whose owner cannot be read, and this system was "
            "used before; let it be renewed for each check, or start it anew"
        )
    return sure


def veil_over(target: Target, mint: Mint, person: Applicant) -> str:
    """
    Return why nobody is seen who is on file, "" where *person*, who is on file now, is.

    A control shows that a place is read; it does not show that what the system
    itself writes there could be. A log is no place where a record lies.
    """
    every = [each for each in Sight(target, mint).resting() if each.kind is not SurfaceKind.LOG]
    if target.seals_each or not every:
        return ""
    sweep = sweep_for(mint, [person])
    try:
        seen = any(hit.cohort is Cohort.SUBJECT for each in every for hit in sweep.surface(each))
    except Inconclusive:
        return ""  # the checks will say so of the place
    return "" if seen else _VEILED


def sweep_for(mint: Mint, people: Iterable[Applicant]) -> Sweep:
    """Return a sweep that knows the short values and the papers of *people*."""
    known = list(people)
    return Sweep(
        mint,
        known=[value for person in known for value in person.known_values()],
        pictures=[Picture.of(paper) for person in known for paper in person.documents],
    )


def sweep_with_control(
    surface: Surface, sweep: Sweep, mint: Mint, *, disposable: bool
) -> list[Hit]:
    """
    Sweep *surface*, prove that a control planted there is found, return the subjects' hits.

    The surface is swept before the control is planted as well as after: a
    database may put the control where residue was lying. The control is a word
    and a small marked picture, because the two are found in different ways.

    Raises:
        Inconclusive: the control was not found or may not be planted, a canary
            turned up that was never planted anywhere, or nothing was found and
            something could not be looked into.

    """
    if not disposable:
        raise Inconclusive(
            f"no control may be planted on {surface.id!r}: the target does not say it is disposable"
        )
    hits = sweep.surface(surface)
    hits += _with_control(surface, sweep, mint)
    seen = {hit.grade for hit in hits if hit.cohort is Cohort.CONTROL}
    for grade, what in ((Grade.TOKEN, "its own control"), (Grade.LIKENESS, "its own picture")):
        if grade not in seen:
            raise Inconclusive(f"the sweep did not find {what} on {surface.id!r}")
    if any(hit.cohort is Cohort.NEVER for hit in hits):
        raise Inconclusive(f"the sweep saw a canary on {surface.id!r} that was never planted")
    found = [hit for hit in hits if hit.cohort is Cohort.SUBJECT]
    for refusal in sweep.refused:
        if refusal.surface == surface.id and not found:
            raise Inconclusive(
                f"the sweep could not look into all of {surface.id!r}: "
                f"{refusal.location}@{refusal.offset}: {refusal.why}"
            )
    return found


def _with_control(surface: Surface, sweep: Sweep, mint: Mint) -> list[Hit]:
    """Sweep *surface* while it carries a control."""
    word = mint.canary(0, Field.UNASKED, cohort=Cohort.CONTROL).text.encode()
    picture = base64.b64encode(control_picture(mint))
    surface.plant(word + b" data:image/jpeg;base64," + picture)
    try:
        return sweep.surface(surface)
    finally:
        surface.uproot()
