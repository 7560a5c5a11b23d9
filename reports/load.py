"""
A day of load told to a reader: ``load.json`` in, one page out.

It reads the account alone, so the page of an old run can be drawn again. The page
calls nobody and runs no script; everything in it passes through autoescape.
"""

from collections.abc import Mapping
from typing import Any

from idaudit.reports.jinja import environment
from idaudit.reports.plots import Plot, plotted
from idaudit.threatmodel.errors import UsageError

LOAD_SCHEMA = "idaudit/load/v1"
_MOST_SURFACES = 6
Account = Mapping[str, Any]


def load_page(account: Account) -> str:
    """
    Render the page of one day.

    Raises:
        UsageError: *account* is none of a day of load.

    """
    if account.get("schema") != LOAD_SCHEMA:
        raise UsageError(f"no account of a load; expected the schema {LOAD_SCHEMA!r}")
    return environment().get_template("load.html").render(day=account, plots=plots(account))


def plots(account: Account) -> list[Plot]:
    """Lay out what happened over the day, one plot for each question."""
    series, faults = account["series"], account["faults"]
    marks = [(each["at"], each["what"]) for each in faults]
    at = series["at"]
    drawn = [
        plotted(
            "Answers and errors",
            "a second",
            at,
            [("answered", series["answered"]), ("errors", series["errors"])],
            marks,
        ),
        plotted(
            "How long visitors waited, from when they meant to begin",
            "seconds",
            at,
            [("half of them", series["p50"]), ("one in a hundred longer", series["p99"])],
            marks,
        ),
    ]
    weighed = account["surfaces"]
    if weighed["at"]:
        drawn.append(plotted("What the places weigh", "bytes", weighed["at"], _heaviest(weighed)))
    drawn.append(
        plotted(
            "Promises found broken, when each was first seen",
            "promises",
            at,
            [("broken", series["wrong"])],
            marks,
        )
    )
    return drawn


def _heaviest(weighed: Account) -> list[tuple[str, list[float | None]]]:
    """Return the places that weigh most, and the others as one line."""
    bytes_of = weighed["bytes"]
    order = sorted(bytes_of, key=lambda name: -max((x or 0 for x in bytes_of[name]), default=0))
    chosen = [(name, bytes_of[name]) for name in order[:_MOST_SURFACES]]
    rest = order[_MOST_SURFACES:]
    if rest:
        columns = zip(*(bytes_of[name] for name in rest), strict=True)
        chosen.append(("all others", [sum(x or 0 for x in column) for column in columns]))
    return chosen
