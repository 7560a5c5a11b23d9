"""A comparison as a page: several systems side by side, or one before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from idaudit.reports.comparing.change import QUIET, Step, cautions
from idaudit.reports.comparing.formats import columns, headlines, side_by_side
from idaudit.reports.comparing.reported import Reported, Said
from idaudit.reports.comparing.words import Change
from idaudit.reports.jinja import environment
from idaudit.reports.languages.tongue import SOURCE, tongue
from idaudit.threatmodel.model import Area, Guarantee, Subject, ThreatModel
from idaudit.threatmodel.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """One promise with what each audit says of it."""

    id: str
    guarantee: Guarantee | None  # None: this version does not know it
    said: tuple[Said | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the audits do not all say the same."""
        return len({said.verdict if said else None for said in self.said}) > 1


def comparison_page(
    audits: Sequence[Reported],
    found: Sequence[Step],
    model: ThreatModel,
    language: str = SOURCE,
) -> str:
    """Render *audits* side by side, and *found*, what changed, where that was asked."""
    template = environment(language).get_template("comparing.html")
    return template.render(
        audits=list(zip(columns(audits), audits, strict=True)),
        topics=[(Subject(name), verdicts) for name, verdicts in headlines(audits)],
        families=list(_families(audits, model)),
        changes=list(_changes(found)),
        guarantees=model.guarantees,
        cautions=list(cautions(audits, tongue(language))),
        verdicts=[verdict for verdict in reversed(Verdict) if _occurs(verdict, audits)],
    )


def _families(
    audits: Sequence[Reported], model: ThreatModel
) -> Iterator[tuple[Area | None, list[Row]]]:
    """Yield the promises by area; those that this version does not know come last."""
    rows = [Row(id_, model.guarantees.get(id_), tuple(said)) for id_, said in side_by_side(audits)]
    for area in (*Area, None):
        own = [row for row in rows if (row.guarantee.area if row.guarantee else None) is area]
        if own:
            yield area, own


def _changes(found: Sequence[Step]) -> Iterator[tuple[Change, list[Step]]]:
    """Yield every change there is something to say of, the worst first."""
    for change in Change:
        own = [step for step in found if step.change is change]
        if own and change not in QUIET:
            yield change, own


def _occurs(verdict: Verdict, audits: Sequence[Reported]) -> bool:
    return any(said.verdict is verdict for audit in audits for said in audit.said)
