"""Somebody who has to stay hidden, and how a check sees that an answer tells where they live."""

import json
import re
from contextlib import suppress

from idaudit.checks.access.taking import opened
from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    PUBLIC,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.probes.sweep import Sweep
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.canaries import Cohort, Field
from idaudit.fixtures.targets.target import Actor, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered

CARE_OF = {"street": "PO Box 990", "city": "Albany", "postcode": "12299"}
HOME = Differences(postcode="10998", gender=None, size=4_000, media_type="image/jpeg")
"""Where the hidden live: under a postcode of nobody else's."""

_POSTCODE = re.compile(r"(?<![\w.-])10998(?![\w.-])")
_STAFF = (CLERK, REVIEWER, COUNSEL, COMMISSIONER, AUDITOR, ADMINISTRATOR, Actor(Role.PARTNER))


class Watch:
    """Watches what is answered for the real address of one person."""

    def __init__(self, case: Case) -> None:
        """Meet the person."""
        self.case = case
        self.person = case.applicant(**HOME)
        self._sweep = Sweep(case.mint)

    def must_be_known(self, file: File) -> None:
        """
        Show that the address is recognised where it rightly stands.

        Raises:
            Inconclusive: the owner's own record does not seem to show it.

        """
        if not self.told(self.case.must(self.case.target.read_record(file.record, file.owner))):
            raise Inconclusive("the address was not recognised in its owner's own record")

    def told(self, outcome: Outcome) -> bool:
        """Whether an answer, head or body, tells the address."""
        heads = "".join(str(dict(each.headers)) for each in outcome.exchanges)
        said = json.dumps(dict(outcome.fields), default=str, ensure_ascii=False) + heads
        bodies = [said.encode(), *(each.body for each in outcome.exchanges)]
        return any(_POSTCODE.search(each.decode("utf-8", "replace")) for each in bodies) or any(
            hit.cohort is Cohort.SUBJECT and hit.field is Field.STREET
            for body in bodies
            for hit in self._sweep.bytes(body, "answer")
        )

    def expect_untold(self, outcome: Outcome, reason: str, where: str) -> Outcome:
        """Expect that *outcome*, which comes of *where*, does not tell the address."""
        told = f"{where} tells the real address of somebody who is hidden."
        self.case.expect(not self.told(self.case.answered(outcome)), reason, told)
        return outcome

    def expect_unread(self, file: File, reason: str) -> None:
        """Expect that nobody but its owner reads the address in the record."""
        stranger = opened(self.case).owner
        for actor in (*_STAFF, PUBLIC, stranger):
            with suppress(NotOffered):  # not every system employs everybody
                seen = self.case.target.read_record(file.record, actor)
                self.expect_untold(seen, reason, f"The record that {actor} is shown")


def applied(case: Case, person: Applicant) -> File:
    """Apply as *person*, whom the case may have met already."""
    return case.apply(person if person in case.met else case.meet(person))


def hide(case: Case, file: File) -> None:
    """Have the address in *file* protected, as its owner."""
    case.must(case.target.protect_address(file.record, CARE_OF, file.owner))
