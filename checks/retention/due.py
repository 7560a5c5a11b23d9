"""On which day something has to be gone, by the terms of the programme."""

from contextlib import suppress
from datetime import date, timedelta

from idaudit.checks.card.reading import end_of
from idaudit.fixtures.targets.target import Outcome
from idaudit.threatmodel.errors import Inconclusive
from idaudit.threatmodel.model import Terms

A_MONTH = timedelta(days=31)


def papers_end(terms: Terms, applied: date) -> date:
    """Return the day from which no paper of an application made on *applied* may be left."""
    end = applied + timedelta(days=terms.papers_days)
    if terms.papers_days and terms.purge_every == "quarter":
        end = _next_quarter(end)
    killed = terms.kill_fires_on
    return min(end, killed) if killed and killed > applied else end


def record_end(terms: Terms, issued: date, ends: date | None = None) -> date:
    """
    Return the day from which no record may be left whose card was issued on *issued*.

    What the card says of its end counts within a month of the programme's term, for a
    city may end its cards with the month; one that runs on for longer does not.
    """
    try:
        expires = issued.replace(year=issued.year + terms.card_years)
    except ValueError:  # the 29th of February; a card may be good until the 1st of March
        expires = date(issued.year + terms.card_years, 3, 1)
    if ends and abs(ends - expires) <= A_MONTH:
        expires = ends
    return expires + timedelta(days=terms.record_days_after_expiry)


def shown_end(card: Outcome, today: date) -> date | None:
    """Return when a card says that it ends; None if it does not say so."""
    with suppress(Inconclusive):
        return end_of(card, today)
    return None


def _next_quarter(day: date) -> date:
    quarter = (day.month - 1) // 3 + 1
    return date(day.year + quarter // 4, 3 * (quarter % 4) + 1, 1)
