"""Threats: who does what to whom, what it breaks, and how it would be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from idaudit.threatmodel.basis import Citation, Source
from idaudit.threatmodel.system import Element, Flow


class Evidence(StrEnum):
    """How it can be seen that a threat happened."""

    AUTOMATED = "A"  # by a check on the running system
    MODEL = "M"  # by reading the model or a configuration
    PROCEDURAL = "P"  # by inspecting a signed record


class Reach(StrEnum):
    """How many people one success harms, the fewest first."""

    ONE = "one"  # one person
    SOME = "some"  # a household, a queue, a day's visitors
    MANY = "many"  # everyone of some kind or period
    ALL = "all"  # everyone on file


class Undone(StrEnum):
    """Whether the harm can be taken back, the mildest first."""

    EASILY = "easily"
    HARDLY = "hardly"
    NEVER = "never"


class Severity(StrEnum):
    """People reached times reversibility, the mildest first; not what it costs the city."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    GRAVE = "grave"


_REACHES, _UNDONE = list(Reach), list(Undone)
_LEAST = {Severity.GRAVE: 12, Severity.HIGH: 6, Severity.MODERATE: 3}


def severity(reach: Reach, undone: Undone) -> Severity:
    """Weigh how many are reached against whether it can be undone."""
    weight = (_REACHES.index(reach) + 1) * (_UNDONE.index(undone) + 1)
    return next((word for word, least in _LEAST.items() if weight >= least), Severity.LOW)


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a published vocabulary, with our own gloss."""

    id: str
    name: str  # "" where the vocabulary's own words are not ours to copy
    gloss: str
    old_name: str = ""  # as tools of an earlier edition still call it


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One edition of a published vocabulary of threats; print the edition beside its ids."""

    id: str
    title: str
    edition: str
    source: Source | None  # None: it is ours
    categories: Mapping[str, Term]
    nodes: Mapping[str, Term]  # finer than categories; empty where there are none
    caution: str

    def category(self, id_: str) -> Term:
        """Return the category that a node or a category's own id belongs to."""
        return self.categories[id_.partition(".")[0]]


@dataclass(frozen=True, slots=True)
class Adversary:
    """Someone, or nobody in particular, whose doing harms a person."""

    id: str
    name: str
    wants: str
    can: str  # what is in their power, lawful or not
    malicious: bool
    words: tuple[str, ...]  # how a story calls them
    draft: bool  # whether the research notes name them


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who bears the harm."""

    id: str
    name: str
    stake: str  # what they stand to lose
    words: tuple[str, ...]  # how a story calls them


@dataclass(frozen=True, slots=True)
class Threat:
    """One story in which an adversary breaks a promise; its id names the attack."""

    id: str
    family: str
    draft: str  # its id in the research notes, "t-ret-01"; "" where it was added here
    adversary: Adversary
    element: Element
    flow: Flow | None
    story: str
    harmed: tuple[Bearer, ...]
    breaks: Mapping[str, tuple[int, ...]]
    """Guarantee id -> the numbered ways it takes; none where it is a way of its own."""
    observations: Mapping[Evidence, str]
    linddun: tuple[str, ...]  # nodes; the first gives the primary category
    stride: tuple[str, ...] = ()
    panoptic: tuple[str, ...] = ()
    extension: tuple[str, ...] = ()
    reach: Reach = Reach.ONE
    undone: Undone = Undone.HARDLY
    opposes: tuple[str, ...] = ()  # threats that arise from guarding too much against this one
    no_check_yet: str = ""  # why no check would see it; "" where one does, or no promise is judged

    @property
    def severity(self) -> Severity:
        """How grave it is, by people reached and reversibility."""
        return severity(self.reach, self.undone)

    @property
    def primary(self) -> str:
        """The id of its primary LINDDUN category."""
        return self.linddun[0].partition(".")[0]

    @property
    def title(self) -> str:
        """Its id as a headline."""
        return self.id.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Somebody's decision to live with a threat, until a date."""

    threat: str
    reason: str
    owner: str
    harm_borne_by: tuple[Bearer, ...]
    accepted_on: date
    review_by: date
    sources: tuple[Citation, ...] = ()

    def expired(self, today: date) -> bool:
        """Whether *today* is past the day by which it had to be looked at again."""
        return today > self.review_by
