"""
Sentences that were put together before a report was written, as patterns with holes.

The judge and the checks speak English when they put a sentence together; these
are the shapes of those sentences, so that a catalogue can say them otherwise.
"""

from idaudit.reports.languages.speech import PARTS, speech
from idaudit.reports.languages.stories import STORIES

REASONS = (
    "not asked in this run",
    "no check ran",
    "{check} was planned and did not run",
    "{check} was planned and did not run ({why})",
    "{check} found none of its positive controls, so its silence means nothing",
    "{check} ended in an error",
    "{check} ended in an error: {why}",
    "{check} could not judge",
    "{check} could not judge: {why}",
    "{check} tried nothing",
    "{check} failed and gave no reason",
    "the run was cut short: its evidence has no end",
    "the run stopped early and did not say why",
)
"""Why a promise is not shown, or a run did not finish, as the judge puts it."""

SENTENCES = {"reason": REASONS, "speech": (*PARTS, *speech()), "story": STORIES}
"""Every kind of sentence with holes: the judge's, the checks', the narrator's."""
