"""
``sarif-github.json``: the subset a code-scanning page accepts.

GitHub rejects the whole file if one result has no physical location or an
``https`` address, shows 5,000 results, reads only failures, and takes no more
than 10 MB once compressed. So what a run required and did not show is a warning
here, a run that shows nothing never uploads an empty file, which would look
clean, and stories are told shorter where there are too many long ones.
"""

import gzip

from idaudit.reports.audit import ACCEPTED, Audit, Judgement, exit_code
from idaudit.reports.renderers import renderer
from idaudit.reports.sarif import Json, fingerprint, log, message, place, results_of
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Verdict

LIMIT = 5_000
SIZE = 10_000_000
"""Bytes of a file once compressed, above which GitHub rejects it whole."""

_LENGTHS = (2_000, 1_000, 500, 250)


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
    return _fitting(audit, model, results[:LIMIT], *notes)


def _fitting(audit: Audit, model: ThreatModel, results: list[Json], *notes: str) -> str:
    """Return the file with every result in it, each told as long as the size allows."""
    text = log(audit, model, results, *notes)
    for length in _LENGTHS:
        if len(text) <= SIZE or _compressed(text) <= SIZE:
            break
        told = f"messages were cut to {length} characters; sarif.json holds them whole"
        cut = [{**result, "message": _cut(result, length)} for result in results]
        text = log(audit, model, cut, *notes, told)
    return text


def _compressed(text: str) -> int:
    """Return how many bytes *text* has as it is uploaded."""
    return len(gzip.compress(text.encode(), compresslevel=6))


def _cut(result: Json, length: int) -> Json:
    """Return *result*'s message, cut where it is longer; escapes stay whole."""
    match result["message"]:
        case {"text": str(text)} if len(text) > length:
            return {"text": f"{text[: length - 2].rstrip(chr(92))} …"}
        case dict(message):
            return message
    raise AssertionError("every result has a message")


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
