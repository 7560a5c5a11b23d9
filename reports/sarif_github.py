"""
``sarif-github.json``: the subset a code-scanning page accepts.

GitHub rejects the whole file if one result has no physical location or an
``https`` address, shows 5,000 results, and reads only failures. So what a run
required and did not show is a warning here, and a run that shows nothing never
uploads an empty file, which would look clean.
"""

from idaudit.reports.audit import ACCEPTED, Audit, Judgement, exit_code
from idaudit.reports.renderers import renderer
from idaudit.reports.sarif import Json, fingerprint, log, message, place, results_of
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Verdict

LIMIT = 5_000


@renderer("sarif-github")
def sarif_github(audit: Audit, model: ThreatModel) -> str:
    """Render what was broken, then what was required and not shown."""
    unshown = [one for one in audit.required if _unshown(one)]
    results = [
        _failing(result, judgement)
        for judgement in (*audit.of(Verdict.BROKEN), *unshown)
        for result in results_of(judgement, model)
    ]
    if exit_code(audit) and not results:
        results = [_nothing_shown(audit, model)]
    left = len(results) - LIMIT
    notes = [f"{left} more results did not fit; sarif.json holds them all"] if left > 0 else []
    return log(audit, model, results[:LIMIT], *notes)


def _unshown(judgement: Judgement) -> bool:
    """Whether a required promise is neither broken nor kept."""
    return judgement.verdict not in ACCEPTED and judgement.verdict is not Verdict.BROKEN


def _failing(result: Json, judgement: Judgement) -> Json:
    """Return *result* as a failure, without what GitHub does not read."""
    level = "error" if judgement.verdict is Verdict.BROKEN else "warning"
    locations = [{"physicalLocation": _physical(result)}]
    return {**result, "kind": "fail", "level": level, "locations": locations}


def _physical(result: Json) -> object:
    """Return the physical location of *result*'s promise."""
    match result["locations"]:
        case [{"physicalLocation": location}]:
            return location
    raise AssertionError("every result points at its promise")


def _nothing_shown(audit: Audit, model: ThreatModel) -> Json:
    """Return the one result of a run that showed nothing at all."""
    guarantee = model.guarantees[audit.guarantees[0].guarantee]
    why = audit.why_incomplete or "no promise was put to the test"
    return {
        "ruleId": guarantee.id,
        "kind": "fail",
        "level": "warning",
        "message": message(f"This audit shows nothing: {why}"),
        "locations": [{"physicalLocation": place(guarantee)}],
        "partialFingerprints": fingerprint("nothing-shown"),
    }
