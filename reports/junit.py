"""
JUnit XML: one case per guarantee, so that a build server shows promises.

A required promise that was not shown is an ``<error>``, never ``<skipped>``:
build servers colour skipped cases green, and nothing may look kept because
nobody looked. What the gate does not require (it does not apply, was not asked
about, or no check exists yet) is ``<skipped>`` with its reason, so that a build
server fails exactly when the exit code does.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from idaudit.reports.audit import Audit, Judgement
from idaudit.reports.codec import stamp
from idaudit.reports.record import Finding
from idaudit.reports.renderers import renderer
from idaudit.reports.text import one_line
from idaudit.threatmodel.model import Area, ThreatModel
from idaudit.threatmodel.verdict import Verdict

_SHOWN = {Verdict.KEPT, Verdict.WAIVED, Verdict.LAWFUL_HOLD}


@renderer("junit")
def junit(audit: Audit, model: ThreatModel) -> str:
    """Render one suite per area and one case per guarantee."""
    root = Element("testsuites", _counts(audit.guarantees), name="idaudit")
    for area in Area:
        own = [one for one in audit.guarantees if model.guarantees[one.guarantee].area is area]
        if own:
            _suite(root, area, own, audit)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, area: Area, own: Sequence[Judgement], audit: Audit) -> None:
    """Add one area's suite."""
    suite = SubElement(root, "testsuite", _counts(own), name=f"idaudit.{area.value}")
    suite.set("timestamp", stamp(audit.header.started))
    for judgement in own:
        _case(suite, area, judgement)


def _case(suite: Element, area: Area, judgement: Judgement) -> None:
    """Add one guarantee's case."""
    case = SubElement(suite, "testcase", classname=f"idaudit.{area.value}")
    case.set("time", f"{_seconds([judgement]):.3f}")
    # A waived promise passes, so its name says that it is not kept.
    waived = f" ({judgement.waiver})" if judgement.waiver else ""
    case.set("name", one_line(judgement.guarantee + waived))
    if _is_left_out(judgement):
        told = f"{judgement.verdict.value}: {judgement.reason}"
        SubElement(case, "skipped", message=one_line(told))
    elif judgement.verdict is Verdict.BROKEN:
        _told(SubElement(case, "failure", type="broken"), judgement)
    elif judgement.verdict not in _SHOWN:
        _told(SubElement(case, "error", type=judgement.verdict.value), judgement)
    elif judgement.waiver:
        SubElement(case, "system-out").text = f"{judgement.waiver}: {judgement.waiver.reason}"


def _is_left_out(judgement: Judgement) -> bool:
    """Whether the gate does not ask for this promise, and nothing broke it."""
    return judgement.verdict is Verdict.NOT_APPLICABLE or (
        judgement.verdict is Verdict.NOT_SHOWN and not judgement.required
    )


def _told(element: Element, judgement: Judgement) -> None:
    """Put the reason and every story into *element*."""
    element.set("message", one_line(judgement.reason))
    findings = [finding for check in judgement.checks for finding in check.findings]
    element.text = "\n\n".join(map(_story, findings)) or judgement.reason


def _story(finding: Finding) -> str:
    """Return one finding as numbered sentences."""
    where = " ".join(filter(None, (finding.surface, finding.location, finding.form)))
    lines = [finding.reason]
    lines += [f"{number}. {sentence}" for number, sentence in enumerate(finding.story, 1)]
    lines += [f"found: {finding.canary} {where}".rstrip()] if where or finding.canary else []
    lines += [f"reproduce: {finding.reproduce}"] if finding.reproduce else []
    return "\n".join(lines)


def _counts(judgements: Sequence[Judgement]) -> dict[str, str]:
    """Return the attributes a suite counts with."""
    verdicts = [one.verdict for one in judgements]
    skipped, failed = sum(map(_is_left_out, judgements)), verdicts.count(Verdict.BROKEN)
    errors = len(verdicts) - skipped - failed - sum(verdict in _SHOWN for verdict in verdicts)
    return {
        "tests": str(len(verdicts)),
        "failures": str(failed),
        "errors": str(errors),
        "skipped": str(skipped),
        "time": f"{_seconds(judgements):.3f}",
    }


def _seconds(judgements: Sequence[Judgement]) -> float:
    """Return how long the checks of *judgements* took together."""
    return sum(check.seconds for one in judgements for check in one.checks)
