"""What can become of a promise from one audit to the next, by name and in words."""

from enum import StrEnum


class Change(StrEnum):
    """What became of one promise, the worst first."""

    NEW = "newly-broken"
    ANOTHER_WAY = "broken-another-way"  # broken before as well, and now for a new reason
    NO_LONGER_SHOWN = "no-longer-shown"  # kept before
    NO_LONGER_PROMISED = "no-longer-promised"  # kept before, or broken; does not apply now
    NOT_SHOWN_FIXED = "not-shown-fixed"  # broken before; nobody can say now
    STILL_BROKEN = "still-broken"
    ACCEPTED = "not-kept-accepted"  # not kept, and somebody accepts that
    STILL_NOT_SHOWN = "still-not-shown"
    FIXED = "fixed"
    NEWLY_SHOWN = "newly-shown"  # kept now, and nobody could say before
    STILL_KEPT = "still-kept"
    NOT_APPLICABLE = "not-applicable"


WORDS = {
    Change.NEW: "newly broken",
    Change.ANOTHER_WAY: "broken in another way",
    Change.NO_LONGER_SHOWN: "kept before, not shown now",
    Change.NO_LONGER_PROMISED: "no longer promised",
    Change.NOT_SHOWN_FIXED: "broken before, not shown now",
    Change.STILL_BROKEN: "still broken",
    Change.ACCEPTED: "not kept, accepted",
    Change.STILL_NOT_SHOWN: "still not shown",
    Change.FIXED: "fixed",
    Change.NEWLY_SHOWN: "shown for the first time",
    Change.STILL_KEPT: "still kept",
    Change.NOT_APPLICABLE: "does not apply",
}
