"""
The three headline verdicts, always apart: documents, what is derived, the roster.

"We keep no documents" was never "we keep nothing". Nor is "kept" said of a subject
while a promise about it went unasked: whoever asks about one promise alone would else
have a page that says so in large print.
"""

from collections.abc import Iterator, Sequence

from idaudit.reports.audit import Headline, Judgement
from idaudit.reports.languages.tongue import ENGLISH, Tongue
from idaudit.threatmodel.model import Subject, ThreatModel
from idaudit.threatmodel.verdict import Verdict, worst_verdict


def headlines(
    judgements: Sequence[Judgement],
    model: ThreatModel,
    *,
    completed: bool,
    tongue: Tongue = ENGLISH,
) -> tuple[Headline, ...]:
    """Return one headline per subject; a run that did not finish has shown none of them."""
    return tuple(
        _headline(subject, judgements, model, tongue, completed=completed) for subject in Subject
    )


def without_unasked(judgements: Sequence[Judgement], model: ThreatModel) -> dict[Subject, Verdict]:
    """Return the headlines as they once were: by no promise that nobody had asked about."""
    counted = [one for one in judgements if one.required or one.verdict is Verdict.BROKEN]
    return {
        subject: worst_verdict(
            one.verdict for one in counted if subject in model.guarantees[one.guarantee].subjects
        )
        for subject in Subject
    }


def _headline(
    subject: Subject,
    judgements: Sequence[Judgement],
    model: ThreatModel,
    tongue: Tongue,
    *,
    completed: bool,
) -> Headline:
    """Return the worst of all that is promised about *subject*, asked about or not."""
    about = [one for one in judgements if subject in model.guarantees[one.guarantee].subjects]
    verdicts = [one.verdict for one in about if one.verdict is not Verdict.NOT_APPLICABLE]
    verdicts += [] if completed else [Verdict.NOT_SHOWN]
    notes = [] if completed else [tongue.say("The run did not finish.")]
    told = " ".join([*notes, *_notes(about, tongue)])
    return Headline(subject, worst_verdict(verdicts), told)


def _notes(about: Sequence[Judgement], tongue: Tongue) -> Iterator[str]:
    """Say what a headline leaves out."""
    applying = [one for one in about if one.verdict is not Verdict.NOT_APPLICABLE]
    unshown = [one for one in applying if one.verdict is Verdict.NOT_SHOWN]
    if not any(one.required or one.verdict is Verdict.BROKEN for one in about):
        yield tongue.say("No promise about this was put to the test.")
    elif len(applying) == 1 and unshown:
        yield tongue.say("The one promise about this stays unjudged.")
    elif unshown:
        yield tongue.count(
            "{number} of {every} promises about this stays unjudged.",
            "{number} of {every} promises about this stay unjudged.",
            len(unshown),
            every=len(applying),
        )
