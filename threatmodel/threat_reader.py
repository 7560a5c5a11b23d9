"""Reading the threats: one file per family, one table per attack."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from idaudit.threatmodel.attacks import (
    Adversary,
    Bearer,
    Evidence,
    Reach,
    Threat,
    Undone,
    Vocabulary,
)
from idaudit.threatmodel.model import Guarantee
from idaudit.threatmodel.story import FEWEST_WORDS, MOST_WORDS, control_talk, is_told, names_one
from idaudit.threatmodel.system import Element, Flow
from idaudit.threatmodel.toml_reader import Table, read_toml, stems

FOLDER = "threats"

_REQUIRED = (
    "adversary", "element", "story", "harmed", "breaks", "observe", "linddun", "reach", "undone",
)  # fmt: skip
_OPTIONAL = ("draft", "flow", "stride", "panoptic", "extension", "opposes", "no_check_yet")
_DRAFT = re.compile(r"t-[a-z]{3}-\d\d")


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything a threat may point at."""

    guarantees: Mapping[str, Guarantee]
    vocabularies: Mapping[str, Vocabulary]
    adversaries: Mapping[str, Adversary]
    bearers: Mapping[str, Bearer]
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]


def read_threats(folder: Traversable, cast: Cast) -> dict[str, Threat]:
    """Read every family's file; an id, or a draft's, may be given once in all of them."""
    told: dict[str, tuple[str, Table]] = {}
    for family in stems(folder, FOLDER):
        for id_, table in read_toml(folder, FOLDER, f"{family}.toml").tables().items():
            _first_of_its_name(id_, table, told)
            told[id_] = (family, table)
    return {id_: _threat(id_, *at, cast, told) for id_, at in told.items()}


def _first_of_its_name(id_: str, table: Table, earlier: Mapping[str, tuple[str, Table]]) -> None:
    table.only(_REQUIRED, _OPTIONAL)
    if id_ in earlier:
        taken = f"an id not yet in {earlier[id_][1].file}"
        raise table.wrong("", f"the id {id_!r} again", taken, "; name the attack more closely")
    draft = table.text_or("draft")
    if draft and not _DRAFT.fullmatch(draft):
        raise table.wrong("draft", repr(draft), "an id such as 't-ret-01'", "; copy it exactly")
    for other, (_, there) in earlier.items():
        if draft and there.text_or("draft") == draft:
            raise table.wrong(
                "draft", f"{draft!r}, which {other!r} has", "each once", "; did you copy a table?"
            )


def _threat(id_: str, family: str, table: Table, cast: Cast, ids: Mapping[str, object]) -> Threat:
    threat = Threat(
        id=id_,
        family=family,
        draft=table.text_or("draft"),
        adversary=table.find("adversary", cast.adversaries),
        element=table.find("element", cast.elements),
        flow=table.find("flow", cast.flows) if "flow" in table.entries else None,
        story=table.text("story"),
        harmed=table.find_all("harmed", cast.bearers),
        breaks=_breaks(table.table("breaks"), cast.guarantees),
        observations=_observations(table.table("observe")),
        linddun=table.several("linddun", cast.vocabularies["linddun"].nodes),
        stride=_tags(table, "stride", cast),
        panoptic=_tags(table, "panoptic", cast),
        extension=_tags(table, "extension", cast),
        reach=table.member("reach", Reach),
        undone=table.member("undone", Undone),
        opposes=table.several("opposes", [other for other in ids if other != id_]),
        no_check_yet=table.text_or("no_check_yet"),
    )
    _tell(table, threat)
    return threat


def _tags(table: Table, key: str, cast: Cast) -> tuple[str, ...]:
    return table.several(key, cast.vocabularies[key].categories)


def _breaks(table: Table, guarantees: Mapping[str, Guarantee]) -> dict[str, tuple[int, ...]]:
    """Read which promises it breaks, and by which of their numbered ways."""
    if not table.entries:
        raise table.wrong("", "no promise", "at least one", "; a threat breaks something promised")
    for id_ in table.entries:
        table.resolve(id_, id_, guarantees)
        ways = len(guarantees[id_].violations)
        for number in table.numbers(id_):
            if number > ways:
                expected = f"one of its {ways} ways to break it"
                raise table.wrong(id_, str(number), expected, "; read its violations again")
    return {id_: table.numbers(id_) for id_ in table.entries}


def _observations(table: Table) -> dict[Evidence, str]:
    table.only((), [str(kind) for kind in Evidence])
    if not table.entries:
        raise table.wrong("", "nothing to observe", "A, M or P", "; say how one would see it")
    return {kind: table.text(kind) for kind in Evidence if kind in table.entries}


def _tell(table: Table, threat: Threat) -> None:
    """Reject a story without its adversary, its harmed or its act."""
    if not is_told(threat.story):
        length = f"whole sentences of {FEWEST_WORDS} to {MOST_WORDS} words"
        raise table.wrong("story", f"{len(threat.story.split())} words", length, "; tell it")
    if talk := control_talk(threat.story):
        raise table.wrong(
            "story", f"{talk!r}", "what somebody does to somebody", "; tell the attack, not a cure"
        )
    people: tuple[Adversary | Bearer, ...] = (threat.adversary, *threat.harmed)
    for who in people:
        if not names_one(threat.story, who.words):
            called = ", ".join(map(repr, who.words))
            raise table.wrong("story", f"no {who.id!r}", f"one of {called}", "; name who it is")
