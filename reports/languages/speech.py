"""
What checks can say, as patterns with holes: gathered from their source by ``make catalogues``.

A sentence is kept as evidence in English; these are what it can be recognised by.
"""

from importlib.resources import files

FILE = "speech.txt"
"""One text a line, beside this module; nobody writes it by hand."""

PARTS = (
    "a cardholder",
    "a clerk",
    "a name that begins alike",
    "a partner",
    "a passer-by",
    "a reviewer",
    "a star",
    "allowed",
    "an investigation",
    "another agency",
    "another behind it",
    "another cardholder",
    "another site",
    "any paper",
    "anybody",
    "applications",
    "at once",
    "being decided",
    "benefit",
    "counsel",
    "cut short",
    "decides",
    "denials",
    "denied",
    "dropped",
    "edited",
    "failed",
    "in Cyrillic",
    "in Devanagari",
    "itself for everybody",
    "nobody",
    "nobody answered",
    "none began",
    "nothing",
    "persons by subpoena",
    "persons by warrant",
    "records",
    "refused",
    "requests",
    "sees papers",
    "swapped",
    "the card",
    "the ledger",
    "the police",
    "the police behind it",
    "the renewal",
    "warrant",
    "was denied",
    "was withdrawn",
    "were answered",
    "were decided",
    "who asks",
    "with accents",
)
"""What stands in a hole and is too short to be known for speech by its look."""


def speech() -> tuple[str, ...]:
    """Return every pattern."""
    text = files("idaudit.reports.languages").joinpath(FILE).read_text(encoding="utf-8")
    return tuple(text.splitlines())
