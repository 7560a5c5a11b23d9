"""The papers held out for one power, each with the one right answer to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from idaudit.threatmodel.diagrams.lettering import wrap
from idaudit.threatmodel.diagrams.svg import INK, SOFT, group, leading, lines, text
from idaudit.threatmodel.system import LegalInstrument

_SIZE, _ANSWER, _GAP = 13, 80, 6


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper with its title broken to its column."""

    instrument: LegalInstrument
    width: int
    title: tuple[str, ...]


def papers(instruments: Sequence[LegalInstrument], wide: int) -> tuple[Paper, ...]:
    """Return *instruments* as a list *wide* pixels wide."""
    return tuple(
        Paper(each, wide, wrap(_said(each), _SIZE, wide - _ANSWER)) for each in instruments
    )


def _said(instrument: LegalInstrument) -> str:
    """Return a paper's title, and the answer where only a judge's warrant releases, if another."""
    usual, strict = instrument.outcomes[0], instrument.warrant_only
    if strict == usual:
        return instrument.title
    return f"{instrument.title} ({strict} where only a warrant releases)"


def papers_height(every: Sequence[Paper]) -> int:
    """Return how high the list stands."""
    return sum(len(each.title) * leading(_SIZE) + _GAP for each in every)


def draw_papers(every: Sequence[Paper], x: int, y: int) -> str:
    """Draw the list: the right answer, then the paper it answers."""
    drawn = [] if every else [text(x, y + 14, "no paper of its own", size=_SIZE, fill=SOFT)]
    for each in every:
        answer = each.instrument.outcomes[0].replace("-", " ")
        drawn.append(
            group(
                "paper",
                text(x, y + 14, answer, size=_SIZE, bold=True),
                lines(x + _ANSWER, y + 14, each.title, size=_SIZE, fill=INK),
                title=f"{each.instrument.right} {each.instrument.trap}",
            )
        )
        y += len(each.title) * leading(_SIZE) + _GAP
    return "".join(drawn)
