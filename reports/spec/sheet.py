"""The specification as a table for a spreadsheet: one row per guarantee, promised or not."""

import csv
import io
from collections.abc import Iterator, Mapping

from idaudit.reports.sheet import cell
from idaudit.reports.spec import wording
from idaudit.reports.spec.document import Promise, Requirement, Spec
from idaudit.reports.text import inert
from idaudit.threatmodel.model import Citation, Clause, Source

Row = Mapping[str, object]


def sheet(spec: Spec) -> str:
    """Render *spec* in RFC 4180's form, in the order of the document."""
    rows = list(_rows(spec))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(rows[0] if rows else ())
    for row in rows:
        writer.writerow([inert(cell(value)) for value in row.values()])
    return text.getvalue()


def _rows(spec: Spec) -> Iterator[Row]:
    promises = {each.guarantee.id: each for each in spec.catalogue}
    for each in spec.requirements:
        yield _row(each.clause, each.promise, spec, each)
    for clause in spec.exempt:
        yield _row(clause, promises[clause.guarantee.id], spec)


def _row(clause: Clause, promise: Promise, spec: Spec, made: Requirement | None = None) -> Row:
    """Return one guarantee's values by column."""
    guarantee = clause.guarantee
    return {
        "programme": spec.programme.id,
        "number": made.number if made else "",
        "id": guarantee.id,
        "area": guarantee.area.value,
        "applies": "yes" if made else "no",
        "obligation": wording.binding_word(clause) if made else "",
        "why": clause.why,
        "promise": guarantee.plain,
        "statement": guarantee.statement,
        "terms": "; ".join(f"{term.title}: {term.value}" for term in made.terms) if made else "",
        "verdict_required": "kept" if made and promise.tested else "",
        **_acceptance(promise),
        "ways_to_break_it": _numbered(guarantee.violations),
        "standards": "; ".join(_standards(promise, spec.library)),
        "source": _cited(clause.source) if clause.source else "",
        "read_with_care": wording.care(clause.source) if clause.source else "",
        "behind_it": "; ".join(_cited(one) for one in wording.background(clause)),
    }


def _acceptance(promise: Promise) -> Row:
    """Return how *promise* is accepted, by column."""
    tested = promise.tested
    return {
        "acceptance": "test" if tested else "statement and inspection",
        "not_tested_because": "" if tested else wording.unjudged(promise),
        "checks": "; ".join(check.id for check in promise.checks),
        "check_statements": _numbered(tuple(check.statement for check in promise.checks)),
        "operations": "; ".join(offer.id for offer in promise.operations),
        "controls": "; ".join(offer.id for offer in promise.controls),
        "surfaces": "all" if promise.sees else "",
        "disposable": "yes" if promise.disposable else "",
        "defects": len(promise.defects),
    }


def _numbered(texts: tuple[str, ...]) -> str:
    return " ".join(f"({place}) {text}" for place, text in enumerate(texts, 1))


def _standards(promise: Promise, sources: tuple[Source, ...]) -> Iterator[str]:
    """Yield each standard with its edition and ids, those nobody checked marked."""
    for source, known, unknown in wording.standards(promise.guarantee, sources):
        ids = [*known, *(f"{id_} (unverified)" for id_ in unknown)]
        yield f"{source.title} ({source.date}): {', '.join(ids)}"


def _cited(one: Citation) -> str:
    return f"{wording.cited(one)}: “{one.quote}”" if one.quote else wording.cited(one)
