"""Until when an audit may be relied on, in words."""

from idaudit.reports.audit import Audit
from idaudit.reports.languages.tongue import ENGLISH, Tongue


def reliance(audit: Audit, tongue: Tongue = ENGLISH) -> str:
    """Say until when the audit may be relied on; "" where nobody said."""
    until = audit.relied_on_until
    day = tongue.calendar(until) if until else ""
    if audit.lapsed:
        return tongue.say("It could be relied on until {day}: audit the system anew.", day=day)
    return tongue.say("It may be relied on until {day}.", day=day) if day else ""
