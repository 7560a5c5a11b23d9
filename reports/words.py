"""The plain words every report uses for a verdict, a subject and an area."""

import math
import re
from collections.abc import Sequence

from idaudit.reports.audit import Audit, Headline, Judgement
from idaudit.reports.text import count
from idaudit.threatmodel.model import Area, Obligation, Subject
from idaudit.threatmodel.verdict import Verdict

_CHECK = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+){2,}\b")  # checks are named by whole sentences
_ORDER = list(Verdict)
_CODE = re.compile(r"\S*[_-]")
VERDICTS = {
    Verdict.KEPT: "Kept",
    Verdict.BROKEN: "Broken",
    Verdict.NOT_SHOWN: "Not shown",
    Verdict.NOT_APPLICABLE: "Does not apply",
    Verdict.WAIVED: "Not kept, accepted",
    Verdict.LAWFUL_HOLD: "Held by law",
    Verdict.ATTESTED: "Stated, not tested",
}
MARKS = {
    Verdict.KEPT: "✓",
    Verdict.BROKEN: "✗",
    Verdict.NOT_SHOWN: "?",
    Verdict.NOT_APPLICABLE: "\N{EN DASH}",
    Verdict.WAIVED: "!",
    Verdict.LAWFUL_HOLD: "§",
    Verdict.ATTESTED: "…",
}
SUBJECTS = {
    Subject.DOCUMENTS: "The documents",
    Subject.DERIVED: "What is derived from them",
    Subject.ROSTER: "The roster itself",
}
SUBJECT_HINTS = {
    Subject.DOCUMENTS: "Passports, bills and other papers people bring to apply",
    Subject.DERIVED: "Copied text, numbers, previews, fingerprints of pictures",
    Subject.ROSTER: "Names, addresses, birth dates: who holds a card",
}
AREAS = {
    Area.COLLECTION: "What is asked",
    Area.RETENTION: "What is kept, and for how long",
    Area.ACCESS: "Who can look",
    Area.CARD: "The card itself",
    Area.DISCLOSURE: "Who is told",
    Area.ACCOUNTABILITY: "How it answers for itself",
}
OBLIGATIONS = {
    Obligation.LAW: "The law requires it",
    Obligation.PLEDGE: "The programme said so in public",
    Obligation.STANDARD: "A standard asks for it; no city promised it",
}
MEANINGS = {
    Verdict.KEPT: "Every check planned for it ran, tried something and passed.",
    Verdict.BROKEN: "At least one check found a counterexample; one is enough.",
    Verdict.NOT_SHOWN: "Not found broken, and not shown to be kept either. The reason is given.",
    Verdict.NOT_APPLICABLE: "This programme never made this promise.",
    Verdict.WAIVED: "Broken, and a named person has accepted that until a date.",
    Verdict.LAWFUL_HOLD: "Kept, save for what a court ordered to be preserved.",
    Verdict.ATTESTED: "Stated by the operator; nothing was tested.",
}
_HEADLINES = {
    Verdict.KEPT: "Every promise about this that was put to the test was kept.",
    Verdict.BROKEN: "At least one promise about this was broken.",
    Verdict.NOT_SHOWN: "Nothing here was found broken, but not every promise could be shown.",
    Verdict.NOT_APPLICABLE: "This programme makes no promise about this.",
    Verdict.WAIVED: "At least one promise is not kept, and somebody has accepted that.",
    Verdict.LAWFUL_HOLD: "Kept, save for what a court has ordered to be preserved.",
    Verdict.ATTESTED: "The operator says so; nothing here was tested.",
}


def sentence(text: str) -> str:
    """Return *text* as a sentence: a check's name in words, a capital, a full stop."""
    read = _CHECK.sub(lambda name: f"“{name[0].replace('_', ' ')}”", text)
    opened = read if _CODE.match(read) else read[:1].upper() + read[1:]
    return opened if opened.endswith((".", "!", "?", ":", "…")) or not opened else f"{opened}."


def title(audit: Audit) -> str:
    """Return the report's one-line finding."""
    name, required = audit.header.target_name, len(audit.required)
    broken = len(audit.of(Verdict.BROKEN))
    unshown = sum(one.verdict is Verdict.NOT_SHOWN for one in audit.required)
    waived = len(audit.of(Verdict.WAIVED))
    if broken:
        return f"{name} broke {count(broken, 'promise')}"
    if not required:
        return f"{name}: no promise was put to the test"
    if not audit.completed:
        return f"{name}: the audit did not finish"
    if unshown:
        return f"{name}: {unshown} of {count(required, 'promise')} could not be shown"
    if waived:
        return f"{name} does not keep {count(waived, 'promise')}, and says so"
    every = "the one promise" if required == 1 else f"all {required} promises"
    return f"{name} kept {every} put to the test"


def finding(audit: Audit) -> str:
    """Return one sentence that says what was found, in whole numbers."""
    required = audit.required
    if not required:
        return "Nothing was required of this run, so it shows nothing, good or bad."
    kept = sum(one.verdict is Verdict.KEPT for one in required)
    others = [
        (len(audit.of(Verdict.BROKEN)), "{} broken"),
        (sum(one.verdict is Verdict.NOT_SHOWN for one in required), "{} could not be shown"),
        (len(audit.of(Verdict.WAIVED)), "{} not kept and accepted by somebody"),
    ]
    rest = "".join(f", {text.format(number)}" for number, text in others if number)
    put = f"Of {count(len(required), 'promise')} put to the test, {kept} {_were(kept)} kept{rest}"
    return f"{put}.{_unjudged(audit)}"


def reservation(line: Headline) -> str:
    """Return what must stand beside a headline that says kept while promises stay unjudged."""
    return "as far as tested" if line.verdict is Verdict.KEPT and line.note else ""


def headline(line: Headline) -> str:
    """Return the sentence under one headline verdict."""
    return f"{_HEADLINES[line.verdict]} {line.note}".strip()


def tried(judgement: Judgement) -> str:
    """Say what was tried for one promise."""
    if not judgement.checks:
        return "Nothing was tried."
    controls = judgement.positive_controls
    proof = f", {count(controls, 'planted value')} found again" if controls else ""
    checks = count(len(judgement.checks), "check")
    return f"{checks}, {count(judgement.trials, 'trial')}{proof}."


def missed(judgement: Judgement) -> str:
    """Say what might have been missed, where the promise is said to be kept."""
    rate = judgement.missed_rate
    if judgement.verdict is not Verdict.KEPT or rate is None:
        return ""
    most = max(check.people for check in judgement.checks)
    return (
        f"The check that met most met {count(most, 'applicant')}: a fault that strikes by "
        f"chance fewer than {math.ceil(rate * 100)} people in 100 might have passed unseen "
        "(upper 95 % bound)."
    )


def worst_first(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Return *judgements* with the worst verdict first, in the model's order otherwise."""
    return sorted(judgements, key=lambda one: -_ORDER.index(one.verdict))


def worst_last(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Return *judgements* for a terminal, where the last line is the one that is read."""
    return sorted(judgements, key=lambda one: _ORDER.index(one.verdict))


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _unjudged(audit: Audit) -> str:
    """Say how many promises the suite cannot judge yet, or was not asked about."""
    left = [one for one in audit.of(Verdict.NOT_SHOWN) if not one.required]
    return f" {count(len(left), 'further promise')} went untested." if left else ""
