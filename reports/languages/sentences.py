"""
Sentences that were put together before a report was written, as patterns with holes.

The judge and the checks speak English when they put a sentence together; these
are the shapes of those sentences, so that a catalogue can say them otherwise.
"""

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

BOUNDS = (
    (
        "Anything that always tells {few} people of one kind from {others} of the other would have "
        "been seen; what tells them apart only sometimes might not."
    ),
    "A device is looked for in the clear, by the name of its program and its address.",
    "At most {bytes} bytes are kept for each byte of paper shown (95 % bound, {batches} batches).",
    "One more paper leaves at most {bytes} bytes (95 % bound, {people} people).",
    "rows of {bytes} bytes or more for each person would have been seen",
    "Of {photographs} photographs each was followed; an order is seen that nearly all keep.",
    "{operations} described operations were read; one that is not described is not seen.",
    "{people} people were compared; a mark on fewer than all {half} may be missed.",
    "Four photographs of three faces were compared; a sealed template is not seen.",
    "A key that is written as bare bytes cannot be told from noise, and is not seen.",
    "{tried} of {patterns} patterns were tried before a limit stopped the search.",
    (
        "Of {files} files in a row, {pairs} pairs within a million tries of each other are seen; "
        "ids drawn from 2**32 or more have so many by chance in less than one case in a million."
    ),
    "A limit on the persons of one case is seen below {persons}; none by time is.",
    "{cards} numbers were compared; a sequence under a good cipher shows in none.",
    (
        "A mark that tells {secret} and strikes fewer than {share} in 100 of them may have been "
        "missed (upper 95 % bound; {people} such people were compared)."
    ),
    (
        "Of {shows} shows of two cards a number written down once is seen, and what stands for a "
        "card only where it is kept each time."
    ),
    "A copy on a surface that held the values in the clear before would not be seen.",
    (
        "Of {people} people, {cells} numbers were told; what is called few are fewer than {floor}, "
        "because no programme that ships sets a floor."
    ),
    (
        "A difference of more than {least} ms that shows in {often} of {pairs} pairs is missed "
        "with a probability of {chance}; a smaller or rarer one may always be. No difference at "
        "all is taken for one in less than a case in 10**8."
    ),
    (
        "Whatever always tells {few} people of a standing from {others} never heard of is seen; "
        "what tells them apart only sometimes might not be."
    ),
    "The term that this programme gives itself is {days} days.",
    "{messages} messages were sent about one hour, and read.",
    "Of {letters} letters more, half would be seen, in two visits of two.",
    "A call that is over within a hundredth of a second can be missed.",
    "This system takes no address with a booking, so it has none to keep.",
    "This target does not show what it sends, so no letter or message was read.",
    "who applied for a benefit",
    "who showed the paper of an immigrant",
    "who showed a foreign passport",
)
"""How small a violation a check would still have seen, as the checks put it."""

SENTENCES = {"reason": REASONS, "bound": BOUNDS, "story": STORIES}
"""Every kind of sentence with holes."""
