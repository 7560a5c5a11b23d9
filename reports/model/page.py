"""``index.html``: the threat model for a reader with no engineering, one file, no network."""

import base64
from dataclasses import dataclass

from idaudit.reports.jinja import environment
from idaudit.reports.model.brief import Brief
from idaudit.threatmodel.diagrams.views import View, read_views
from idaudit.threatmodel.status import Status

STATUSES = {
    Status.REALISED: "Seen happening",
    Status.EXPIRED: "Acceptance ran out",
    Status.NOT_RUN: "Not tried",
    Status.ACCEPTED: "Accepted, until a date",
    Status.HELD: "Held off",
    Status.NOT_APPLICABLE: "Does not apply",
}
MEANINGS = {
    Status.REALISED: "A check saw it happen on this system.",
    Status.EXPIRED: "Somebody accepted it until a day that has passed.",
    Status.NOT_RUN: "Nothing that would have seen it ran to its end. The reason is given.",
    Status.ACCEPTED: "A named person lives with it until a date; who bears the harm is named.",
    Status.HELD: "Its checks passed here; each was seen failing on a city built to let it happen.",
    Status.NOT_APPLICABLE: "This programme makes none of the promises it would break.",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One diagram, carried inside the page."""

    view: View
    source: str  # as a data URI


def page(brief: Brief) -> str:
    """Render the page."""
    template = environment().get_template("threats.html")
    pictures = [_picture(view, brief) for view in read_views(brief.model.attack).values()]
    return template.render(brief=brief, pictures=pictures, statuses=STATUSES, meanings=MEANINGS)


def _picture(view: View, brief: Brief) -> Picture:
    drawn = brief.diagrams[f"{view.id}.svg"].encode()
    return Picture(view, f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}")
