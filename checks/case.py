"""
What one check works with: a target, people, sight, and a way to say "broken".

A check narrates by acting: each operation adds a plain sentence to its story,
and a failed expectation ends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from idaudit.checks.finding import Broken, Place
from idaudit.checks.probes.sweep import Hit
from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Field, Mint
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.target import Actor, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive
from idaudit.threatmodel.model import Programme, Terms

CLERK = Actor(Role.CLERK)
REVIEWER = Actor(Role.REVIEWER)
COUNSEL = Actor(Role.COUNSEL)
COUNSEL_2 = Actor(Role.COUNSEL, 2)
COMMISSIONER = Actor(Role.COMMISSIONER)
AUDITOR = Actor(Role.AUDITOR)
ADMINISTRATOR = Actor(Role.ADMINISTRATOR)
PUBLIC = Actor(Role.PUBLIC)

PAPERS = frozenset(
    {
        Field.DOCUMENT_NUMBER,
        Field.DOCUMENT_TEXT,
        Field.DOCUMENT_BYTES,
        Field.DOCUMENT_PICTURE,
    }
)
"""The fields whose canaries only ever stood on a paper."""


@dataclass(frozen=True, slots=True)
class File:
    """One person's application, and the record it leads to."""

    applicant: Applicant
    application: str
    record: str

    @property
    def owner(self) -> Actor:
        """The person, acting on their own file."""
        return Actor(Role.APPLICANT, self.applicant.index)


class Case:
    """One run of one check against one unused target."""

    def __init__(
        self,
        target: Narrated,
        programme: Programme,
        mint: Mint,
        people: Applicants,
        sight: Sight,
        learned: dict[str, object] | None = None,
    ) -> None:
        """Start with an empty story, and what other checks of the same system *learned*."""
        self.target = target
        self.programme = programme
        self.mint = mint
        self.people = people
        self.sight = sight
        self.trials = 0
        self.bounds: list[str] = []
        self.met: list[Applicant] = []
        self.learned = {} if learned is None else learned
        """By name, what is dear to find out and the same for several checks of one sitting."""

    @property
    def terms(self) -> Terms:
        """The numbers of the programme that is audited."""
        return self.programme.terms

    @property
    def today(self) -> date:
        """The date by the target's own clock."""
        return self.target.now().date()

    # -- people and files -------------------------------------------------------

    def applicant(self, **overrides: Any) -> Applicant:  # noqa: ANN401  passed through unread
        """Meet somebody new."""
        return self.meet(self.people.next(**overrides))

    def meet(self, applicant: Applicant) -> Applicant:
        """Remember *applicant*, so that the sweep looks for them too."""
        self.met.append(applicant)
        return applicant

    def apply(
        self,
        applicant: Applicant | None = None,
        *,
        channel: str = "counter",
        extra: Mapping[str, Any] | None = None,
        by: Actor = CLERK,
        sender: Actor = CLERK,
    ) -> File:
        """Let *by* open an application, and *sender* show every paper."""
        person = applicant or self.applicant()
        opened = self.must(self.target.open_application(person, by, channel=channel, extra=extra))
        for paper in person.documents:
            self.must(self.target.submit_document(opened.fields["application"], paper, sender))
        return File(person, opened.fields["application"], opened.fields["record"])

    def enrol(self, applicant: Applicant | None = None) -> File:
        """Apply, and be approved."""
        file = self.apply(applicant)
        self.must(self.target.decide(file.application, REVIEWER, approve=True))
        return file

    # -- judging -----------------------------------------------------------------

    def must(self, outcome: Outcome) -> Outcome:
        """
        Return *outcome*, which has to be allowed for the check to mean anything.

        Raises:
            Inconclusive: it was not; a target that refuses everybody proves nothing.

        """
        if not outcome.allowed:
            told = self.target.story[-1] if self.target.story else "the first step failed"
            raise Inconclusive(f"the check could not get that far: {told} ({outcome.reason})")
        return outcome

    def answered(self, outcome: Outcome) -> Outcome:
        """
        Return *outcome*, which has to be allowed or refused, not a failure.

        Raises:
            Inconclusive: the target failed to answer; a crash is no refusal.

        """
        if not (outcome.allowed or outcome.refused):
            raise Inconclusive(f"the target failed instead of answering: {outcome.reason}")
        return outcome

    def bound(self, sentence: str) -> None:
        """Note, in a sentence, how small a violation this check would still have seen."""
        self.bounds.append(sentence)

    def expect(
        self, condition: object, reason: str, sentence: str, place: Place | None = None
    ) -> None:
        """Count one trial; end the story as broken unless *condition* holds."""
        self.trials += 1
        if not condition:
            self.broken(reason, sentence, place)

    def broken(self, reason: str, sentence: str, place: Place | None = None) -> NoReturn:
        """End the story: the promise is broken, and *sentence* says how."""
        self.trials = max(self.trials, 1)
        raise Broken(reason, sentence, place)

    def expect_refused(self, outcome: Outcome, reason: str, sentence: str) -> None:
        """Expect that the target declined; a failure to answer shows nothing."""
        self.expect(self.answered(outcome).refused, reason, sentence)

    # -- seeing --------------------------------------------------------------------

    def in_the_clear(
        self,
        of: Applicant | None = None,
        fields: frozenset[Field] | None = None,
        *,
        settled: bool = True,
    ) -> list[Hit]:
        """
        Return what the sweep finds at rest: of one person or all met, in *fields* or all.

        A tag whose owner can no longer be read belongs to everybody.
        """
        return [
            hit
            for hit in self.sight.look(self.met, settled=settled)
            if (of is None or hit.applicant in (None, of.index))
            and (fields is None or hit.field is None or hit.field in fields)
        ]

    def residue(
        self,
        of: Applicant | None = None,
        fields: frozenset[Field] | None = None,
        *,
        settled: bool = True,
    ) -> list[Hit]:
        """Return the same, where nothing is to be left in cipher either."""
        hits = self.in_the_clear(of, fields, settled=settled)
        if not hits:
            self.sight.expected_there()
        return hits

    def expect_no_residue(
        self,
        reason: str,
        sentence: str,
        of: Applicant | None = None,
        fields: frozenset[Field] | None = None,
        *,
        settled: bool = True,
    ) -> None:
        """
        Expect that the sweep finds nothing; *sentence* may name the ``{surface}``.

        Where the sweep would not see somebody who is there, that is no pass.
        """
        self._expect_none(self.residue(of, fields, settled=settled), reason, sentence)

    def expect_nothing_in_the_clear(
        self,
        reason: str,
        sentence: str,
        of: Applicant | None = None,
        fields: frozenset[Field] | None = None,
        *,
        settled: bool = True,
    ) -> None:
        """Expect the same of what may be there in cipher, or whose weight tells of that."""
        self._expect_none(self.in_the_clear(of, fields, settled=settled), reason, sentence)

    def _expect_none(self, hits: list[Hit], reason: str, sentence: str) -> None:
        self.trials += 1
        if hits:
            self.broken(reason, sentence.format(surface=hits[0].surface), Place.of(hits[0]))
