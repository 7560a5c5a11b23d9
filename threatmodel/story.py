"""
What makes a story of a threat a story, and not a control turned round.

"Ensure that logs are protected" and "lack of encryption" name no adversary, no
act and no person harmed; nobody can tell whether they have happened.
"""

import re
from collections.abc import Iterable

FEWEST_WORDS = 12
MOST_WORDS = 50

CONTROL_TALK = re.compile(
    r"\b(ensur\w+|lack(s|ing)?( of)?|absence of|insufficient\w*|inadequate\w*|improper\w*"
    r"|fail(s|ure)? to|should|must|shall|mitigat\w+|best practices?|vulnerab\w+)\b",
    re.IGNORECASE,
)
"""Words of somebody who describes a control instead of telling what happens."""


def control_talk(story: str) -> str:
    """Return the first words of *story* that speak of controls, or ""."""
    found = CONTROL_TALK.search(story)
    return found.group() if found else ""


def names_one(story: str, words: Iterable[str]) -> bool:
    """Tell whether *story* names somebody by one of *words*."""
    return any(re.search(rf"\b{re.escape(word)}\b", story, re.IGNORECASE) for word in words)


def is_told(story: str) -> bool:
    """Tell whether *story* has the form of one: whole sentences, neither a title nor a novel."""
    length = len(story.split())
    whole = re.fullmatch(r"[\"A-Z].*\.", story) is not None
    return whole and FEWEST_WORDS <= length <= MOST_WORDS
