"""
Where each threat stands, computed from what ran and never typed.

Every framework this one learnt from lets somebody write "mitigated" beside a
threat. Here nobody can: a threat is held when its checks passed on the system
and each of them was seen failing on a city where the threat was made to happen.
"""

from dataclasses import dataclass
from enum import StrEnum

from idaudit.threatmodel.attacks import Threat


class Status(StrEnum):
    """Where a threat stands, the worst first."""

    REALISED = "realised"  # a check saw it happen
    EXPIRED = "acceptance-expired"  # somebody meant to look at it again, and did not
    NOT_RUN = "not-run"  # nothing that would have seen it ran to its end
    ACCEPTED = "accepted"  # somebody lives with it, until a date
    HELD = "held"  # its checks passed, and fail where it is made to happen
    NOT_APPLICABLE = "not-applicable"  # the programme makes none of the promises it breaks


@dataclass(frozen=True, slots=True)
class Standing:
    """One threat, where it stands, and what that rests on."""

    threat: Threat
    status: Status
    because: str  # a sentence
    checks: tuple[str, ...]  # ids of the checks that counter it
    defects: tuple[str, ...]  # ids of the defects that make it happen
