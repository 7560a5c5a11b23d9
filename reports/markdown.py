"""
``summary.md``: the verdict first, for a build server's job page.

GitHub drops a whole summary over 1 MiB, so this one is cut before, and says so.
"""

import html
import re
from collections.abc import Iterator

from idaudit.reports import words
from idaudit.reports.audit import Audit, Judgement
from idaudit.reports.codec import stamp
from idaudit.reports.record import Finding
from idaudit.reports.renderers import renderer
from idaudit.reports.text import one_line
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Verdict

BUDGET = 1024 * 1024
_NOTICE = "\n**Cut short here:** {} more parts did not fit. `report.html` holds them all.\n"
_CELL = 400
_SPECIAL = re.compile(r"[\\`*_\[\]~|$]")
_LEADING = re.compile(r"^(\d*)([-+=.)])")  # what would begin a list, a rule or a heading
_AUTOLINK = re.compile(r"[@#]|:(?=[A-Za-z/+])|(?<=www)\.")  # addresses, mentions, :emoji:


@renderer("md")
def markdown(audit: Audit, model: ThreatModel) -> str:
    """Render the summary, whole parts only, within the budget."""
    parts, room, text = list(_parts(audit, model)), BUDGET - len(_NOTICE) - 20, []
    for place, part in enumerate(parts):
        room -= len(part.encode()) + 1
        if room < 0:
            text.append(_NOTICE.format(len(parts) - place))
            break
        text.append(part)
    return "\n".join(text)


def quoted(text: str, limit: int = _CELL) -> str:
    """Return *text* so that Markdown and HTML read it as nothing but words."""
    flat = html.escape(one_line(text, limit), quote=False)
    flat = _AUTOLINK.sub(lambda found: f"&#{ord(found[0])};", flat)
    flat = _SPECIAL.sub(lambda found: f"\\{found[0]}", flat)
    return _LEADING.sub(r"\1\\\2", flat)


def _parts(audit: Audit, model: ThreatModel) -> Iterator[str]:
    """Yield the summary's parts, the most telling first."""
    yield f"# {quoted(words.title(audit))}\n\n{quoted(words.finding(audit))}\n"
    for line in audit.headlines:
        said = f"{words.SUBJECTS[line.subject]}: {_verdict(line.verdict)}"
        yield f"- **{said}.** {quoted(words.headline(line))}"
    if not audit.completed:
        yield f"\n**The run did not finish:** {quoted(audit.why_incomplete)}"
    for judgement in audit.of(Verdict.BROKEN):
        yield from _broken(judgement, model)
    yield "\n## Every promise\n\n| promise | verdict | why |\n| --- | --- | --- |"
    for judgement in words.worst_first(audit.guarantees):
        yield _row(judgement)
    yield _how(audit)


def _broken(judgement: Judgement, model: ThreatModel) -> Iterator[str]:
    """Yield one broken promise and each of its findings."""
    promise = quoted(model.guarantees[judgement.guarantee].plain)
    yield f"\n## Broken: `{judgement.guarantee}`\n\n{promise}\n"
    findings = [finding for check in judgement.checks for finding in check.findings]
    for finding in findings or [Finding(judgement.reason)]:
        yield _finding(finding)


def _finding(finding: Finding) -> str:
    """Return one finding's story."""
    told = enumerate(finding.story, 1)
    where = " · ".join(
        quoted(text)
        for text in (finding.canary, finding.surface, finding.location, finding.form)
        if text
    )
    lines = [f"**{quoted(finding.reason)}**\n"]
    lines += [f"{number}. {quoted(sentence)}" for number, sentence in told]
    lines += [f"\nFound: {where}"] if where else []
    lines += [f"\n{_code(finding.reproduce)}"] if finding.reproduce else []
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    """Return a block of code; a blank line inside would not end it, a tag would."""
    return f"<pre><code>{html.escape(text)}</code></pre>"


def _row(judgement: Judgement) -> str:
    """Return one line of the table."""
    reason = f"{judgement.waiver}" if judgement.waiver else judgement.reason
    return f"| `{judgement.guarantee}` | {_verdict(judgement.verdict)} | {quoted(reason)} |"


def _verdict(verdict: Verdict) -> str:
    """Return a verdict in words, with its mark."""
    return f"{words.MARKS[verdict]} {words.VERDICTS[verdict].lower()}"


def _how(audit: Audit) -> str:
    """Say how the audit was run."""
    header = audit.header
    return (
        f"\nProgramme {quoted(header.program)}, target {quoted(header.target_name)} "
        f"({quoted(header.target_kind)}, {quoted(header.target_database)}), "
        f"tier {quoted(header.tier)}, seed {header.seed}, idaudit {quoted(header.suite_version)}, "
        f"started {stamp(header.started)}.\n"
    )
