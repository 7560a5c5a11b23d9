"""The plain words every report uses for a verdict, a subject and an area, in any language."""

import math
import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from idaudit.reports.audit import Audit, Headline, Judgement
from idaudit.reports.comparing.words import WORDS
from idaudit.reports.languages.tongue import ENGLISH, Tongue
from idaudit.reports.places import State
from idaudit.reports.text import opening
from idaudit.threatmodel.model import Area, Clause, Obligation, Subject
from idaudit.threatmodel.verdict import Assurance, Outcome, Verdict

_CHECK = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+){2,}\b")  # checks are named by whole sentences
_ORDER = list(Verdict)
_ENDS = (".", "!", "?", ":", "…")
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
HOUSE = "A house rule: nothing that was read asks for it"
MEANINGS = {
    Verdict.KEPT: "Every check planned for it ran, tried something and passed.",
    Verdict.BROKEN: "At least one check found a counterexample; one is enough.",
    Verdict.NOT_SHOWN: "Not found broken, and not shown to be kept either. The reason is given.",
    Verdict.NOT_APPLICABLE: "This programme never made this promise.",
    Verdict.WAIVED: "Broken, and a named person has accepted that until a date.",
    Verdict.LAWFUL_HOLD: "Kept, save for what a court ordered to be preserved.",
    Verdict.ATTESTED: "Stated by the operator; nothing was tested.",
}
HEADLINES = {
    Verdict.KEPT: "Every promise about this was put to the test and kept.",
    Verdict.BROKEN: "At least one promise about this was broken.",
    Verdict.NOT_SHOWN: "Nothing here was found broken, but not every promise could be shown.",
    Verdict.NOT_APPLICABLE: "This programme makes no promise about this.",
    Verdict.WAIVED: "At least one promise is not kept, and somebody has accepted that.",
    Verdict.LAWFUL_HOLD: "Kept, save for what a court has ordered to be preserved.",
    Verdict.ATTESTED: "The operator says so; nothing here was tested.",
}
CHANGES = {change: opening(text) for change, text in WORDS.items()}
STATES = {
    State.FOUND: "Found here: what should not be",
    State.BLIND: "Could not be searched",
    State.STRANGE: "Not named by the system",
    State.CLEAR: "Nothing found",
    State.UNUSED: "Open to a search; none was made",
}
OUTCOMES = {
    Outcome.PASS: "passed",
    Outcome.FAIL: "found a counterexample",
    Outcome.INCONCLUSIVE: "could not judge",
    Outcome.ERROR: "ended in an error",
}
ASSURANCES = {
    Assurance.BLACK_BOX: "from outside, as any caller sees it",
    Assurance.GREY_BOX: "from outside, and into the places where its data rests",
    Assurance.STATEMENT: "what its operator states",
}


def sentence(text: str) -> str:
    """Return *text* as a sentence: a check's name in words, a capital, a full stop."""
    read = _named(text)
    opened = read if _CODE.match(read) else opening(read)
    return opened if opened.endswith(_ENDS) or not opened else f"{opened}."


def why(text: str, tongue: Tongue = ENGLISH) -> str | Markup:
    """Return the judge's reason as a sentence, in a language that knows its pattern."""
    if tongue is ENGLISH:
        return sentence(text)
    code, _, rest = text.partition(": ")
    told = opening(tongue.retold("reason", _named(text)))
    if tongue.knows("finding", spoken(code)):
        kind = tongue.prose("finding", spoken(code))
        told = Markup("{}: {}").format(kind, tongue.retold("reason", rest)) if rest else kind
    return told if told.striptags().endswith(_ENDS) or not told else told + "."


def _named(text: str) -> str:
    """Return *text* with the names of checks, which are whole sentences, in words."""
    return _CHECK.sub(lambda name: f"“{name[0].replace('_', ' ')}”", text)


def in_words(code: str) -> str:
    """Return a code in kebab-case or with underscores as words."""
    return code.replace("-", " ").replace("_", " ")


def spoken(code: str) -> str:
    """Return a code as words that begin a sentence."""
    return opening(in_words(code))


def title(audit: Audit, tongue: Tongue = ENGLISH) -> str:
    """Return the report's one-line finding, and whether it is too old to be relied on."""
    told, day = _found(audit, tongue), audit.lapsed
    if not day:
        return told
    when = tongue.calendar(day)
    return tongue.say("{told}; this could be relied on until {day}", told=told, day=when)


def _found(audit: Audit, tongue: Tongue) -> str:
    name, required = _called(audit.header.target_name), len(audit.required)
    if broken := len(audit.of(Verdict.BROKEN)):
        return tongue.count(
            "{name} broke {number} promise", "{name} broke {number} promises", broken, name=name
        )
    if not required:
        return tongue.say("{name}: no promise was put to the test", name=name)
    if not audit.completed:
        return tongue.say("{name}: the audit did not finish", name=name)
    if unshown := _unshown(audit):
        return tongue.count(
            "{name}: {unshown} of {number} promise could not be shown",
            "{name}: {unshown} of {number} promises could not be shown",
            required,
            name=name,
            unshown=unshown,
        )
    return _all_kept(audit, name, tongue)


def _all_kept(audit: Audit, name: str, tongue: Tongue) -> str:
    """Return the title of an audit in which all is kept, or not kept and accepted."""
    if waived := len(audit.of(Verdict.WAIVED)):
        return tongue.count(
            "{name} does not keep {number} promise, and says so",
            "{name} does not keep {number} promises, and says so",
            waived,
            name=name,
        )
    return tongue.count(
        "{name} kept the one promise put to the test",
        "{name} kept all {number} promises put to the test",
        len(audit.required),
        name=name,
    )


def finding(audit: Audit, tongue: Tongue = ENGLISH) -> str:
    """Return one sentence that says what was found, in whole numbers."""
    if not audit.required:
        return tongue.say("Nothing was required of this run, so it shows nothing, good or bad.")
    return f"{', '.join(_counted(audit, tongue))}.{_unjudged(audit, tongue)}"


def _counted(audit: Audit, tongue: Tongue) -> Iterator[str]:
    """Yield how many promises went which way, leaving out the bad ways nobody went."""
    kept = sum(one.verdict is Verdict.KEPT for one in audit.required)
    yield tongue.count(
        "Of {number} promise put to the test",
        "Of {number} promises put to the test",
        len(audit.required),
    )
    yield tongue.count("{number} was kept", "{number} were kept", kept)
    if broken := len(audit.of(Verdict.BROKEN)):
        yield tongue.count("{number} broken", "{number} broken", broken)
    if unshown := _unshown(audit):
        yield tongue.count("{number} could not be shown", "{number} could not be shown", unshown)
    if waived := len(audit.of(Verdict.WAIVED)):
        yield tongue.count(
            "{number} not kept and accepted by somebody",
            "{number} not kept and accepted by somebody",
            waived,
        )


def _unshown(audit: Audit) -> int:
    return sum(one.verdict is Verdict.NOT_SHOWN for one in audit.required)


def headline(line: Headline, tongue: Tongue = ENGLISH) -> str:
    """Return the sentence under one headline verdict."""
    return f"{tongue.kind('headline', HEADLINES[line.verdict])} {line.note}".strip()


def tried(judgement: Judgement, tongue: Tongue = ENGLISH) -> str:
    """Say what was tried for one promise."""
    if not judgement.checks:
        return tongue.say("Nothing was tried.")
    controls = judgement.positive_controls
    told = [
        tongue.count("{number} check", "{number} checks", len(judgement.checks)),
        tongue.count("{number} trial", "{number} trials", judgement.trials),
    ]
    if controls:
        told.append(
            tongue.count(
                "{number} planted value found again",
                "{number} planted values found again",
                controls,
            )
        )
    return f"{', '.join(told)}."


def in_a_hundred(judgement: Judgement) -> int | None:
    """Return how many people in 100 a fault may strike unseen, where that can be said."""
    rate = judgement.missed_rate
    if judgement.verdict is not Verdict.KEPT or rate is None:
        return None
    return math.ceil(rate * 100)


def missed(judgement: Judgement, tongue: Tongue = ENGLISH) -> str:
    """Say what might have been missed, where the promise is said to be kept."""
    share = in_a_hundred(judgement)
    if share is None:
        return ""
    most = max(check.people for check in judgement.checks)
    told = tongue.count(
        "The check that met most met {number} applicant: a fault that strikes by chance fewer "
        "than {share} people in 100 might have passed unseen (upper 95 % bound).",
        "The check that met most met {number} applicants: a fault that strikes by chance fewer "
        "than {share} people in 100 might have passed unseen (upper 95 % bound).",
        most,
        share=share,
    )
    return told.replace(" %", "\N{NO-BREAK SPACE}%")


def binding(clause: Clause, tongue: Tongue = ENGLISH) -> str:
    """Return what binds this programme to a promise; where it makes none, what binds others."""
    if not clause.applies:
        return tongue.kind("obligation", OBLIGATIONS[clause.guarantee.obligation])
    force = OBLIGATIONS[clause.obligation] if clause.obligation else HOUSE
    return tongue.kind("obligation", force)


def worst_first(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Return *judgements* with the worst verdict first, in the model's order otherwise."""
    return sorted(judgements, key=lambda one: -_ORDER.index(one.verdict))


def worst_last(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Return *judgements* for a terminal, where the last line is the one that is read."""
    return sorted(judgements, key=lambda one: _ORDER.index(one.verdict))


def _called(name: str) -> str:
    """Return a system's name as it opens a headline; one with capitals of its own keeps them."""
    return opening(name) if name.partition(" ")[0].islower() else name


def _unjudged(audit: Audit, tongue: Tongue) -> str:
    """Say how many promises the suite cannot judge yet, or was not asked about."""
    left = sum(not one.required for one in audit.of(Verdict.NOT_SHOWN))
    told = tongue.count(
        "{number} further promise went untested.", "{number} further promises went untested.", left
    )
    return f" {told}" if left else ""
