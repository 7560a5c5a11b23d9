"""What promises are about and rest on: areas, subjects, obligations, sources, citations."""

from dataclasses import dataclass
from enum import StrEnum


class Area(StrEnum):
    """The six families of promises."""

    COLLECTION = "collection"
    RETENTION = "retention"
    ACCESS = "access"
    CARD = "card"
    DISCLOSURE = "disclosure"
    ACCOUNTABILITY = "accountability"


class Subject(StrEnum):
    """
    What a promise is about; the three headline verdicts are shown apart.

    "We keep no documents" was never "we keep nothing": names, addresses and
    photographs stayed on file (NY Daily News, January 2017).
    """

    DOCUMENTS = "documents"
    DERIVED = "derived"
    ROSTER = "roster"


class Obligation(StrEnum):
    """How strongly a source binds the programme to a promise."""

    LAW = "law"  # a statute, code or court order in force says it
    PLEDGE = "pledge"  # the programme said it in public
    STANDARD = "standard"  # a standard asks for it; no city promised it


@dataclass(frozen=True, slots=True)
class Source:
    """A law, case, standard, press article or public statement, cited once."""

    id: str
    title: str
    kind: str  # law, case, standard, press, statement, code
    date: str  # as precise as known: "2014-07-10", "2017"
    cite: str  # how a reader finds it
    caution: str = ""  # why to read it with care; "unverified" where it was not read


@dataclass(frozen=True, slots=True)
class Citation:
    """One source behind one promise, with the place in it and its words."""

    source: Source
    place: str = ""  # "e(3)"
    quote: str = ""  # at most twenty words
