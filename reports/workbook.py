"""
The matrix as a workbook: the promises, the headlines, and what no test shows.

Every text is written as text, so that none is taken for a formula, and the same
audit gives the same bytes.
"""

import io
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from idaudit.reports import words
from idaudit.reports.audit import Audit
from idaudit.reports.codec import mapped, stamp
from idaudit.reports.sheet import rows
from idaudit.reports.text import inert, one_line
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Verdict

NAME = "xlsx"
_LONGEST = 32_767  # characters in a cell, as the format has it
_WIDTHS = {
    "guarantee": 22, "promise": 46, "verdict": 14, "reason": 40, "source": 40, "standards": 56,
    "obligation": 24, "accepted_because": 28, "evidence": 20,
}  # fmt: skip
_TONES = {
    Verdict.KEPT: "#17633F",
    Verdict.BROKEN: "#B3201B",
    Verdict.WAIVED: "#B3201B",
    Verdict.NOT_SHOWN: "#6B4E00",
}


def workbook(audit: Audit, model: ThreatModel) -> bytes:
    """
    Return *audit* as a workbook.

    Raises:
        UsageError: what writes workbooks is not installed.

    """
    if find_spec("xlsxwriter") is None:
        raise UsageError(
            "--format xlsx: xlsxwriter is not installed; expected the extra 'sheets': "
            "pip install 'idaudit[sheets]', or take --format csv"
        )
    harmless = mapped(audit, inert)
    out = io.BytesIO()
    book = import_module("xlsxwriter").Workbook(out, {"in_memory": True, "strings_to_urls": False})
    book.set_properties({"title": words.title(harmless), "created": harmless.header.started})
    _matrix(book, harmless, model)
    _table(book, "Headlines", ("subject", "verdict", "note"), _headlines(harmless))
    _table(book, "Not established", ("what this audit does not show", "instead"), _limits(model))
    _table(book, "Run", ("what", "value"), _run(harmless))
    book.close()
    return out.getvalue()


def _matrix(book: Any, audit: Audit, model: ThreatModel) -> None:  # noqa: ANN401  xlsxwriter has no types
    """Add the sheet with one row for each promise."""
    every = list(rows(audit, model))
    columns = list(every[0]) if every else []
    sheet = _table(book, "Promises", columns, (row.values() for row in every))
    for place, name in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS.get(name, 12))
    sheet.autofilter(0, 0, len(every), max(len(columns) - 1, 0))
    for number, judgement in enumerate(audit.guarantees, 1):
        if tone := _TONES.get(judgement.verdict):
            look = book.add_format({"bold": True, "font_color": tone, "valign": "top"})
            sheet.write_string(number, columns.index("verdict"), judgement.verdict.value, look)


def _table(
    book: Any,  # noqa: ANN401  xlsxwriter has no types
    name: str,
    columns: Sequence[str],
    lines: Iterable[Iterable[object]],
) -> Any:  # noqa: ANN401  likewise
    """Add a sheet: a head that stays in view, and every text as text."""
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(columns), 40)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, head)
    for number, line in enumerate(lines, 1):
        for place, value in enumerate(line):
            _write(sheet, (number, place), value, body)
    return sheet


def _write(sheet: Any, at: tuple[int, int], value: object, look: object) -> None:  # noqa: ANN401  likewise
    """Write a number as a number and anything else as text."""
    if isinstance(value, int):
        sheet.write_number(*at, value, look)
    else:
        sheet.write_string(*at, one_line(str(value), _LONGEST), look)


def _headlines(audit: Audit) -> Iterable[tuple[str, ...]]:
    return [
        (words.SUBJECTS[line.subject], line.verdict.value, words.headline(line))
        for line in audit.headlines
    ]


def _limits(model: ThreatModel) -> Iterable[tuple[str, ...]]:
    return [(limit.statement, limit.instead) for limit in model.limits]


def _run(audit: Audit) -> Iterable[tuple[str, object]]:
    header = audit.header
    return [
        ("system audited", f"{header.target_name} ({header.target_kind})"),
        ("programme", header.program),
        ("tier", header.tier),
        ("seed", header.seed),
        ("idaudit", header.suite_version),
        ("started", stamp(header.started)),
        ("finished", stamp(audit.finished) if audit.finished else "never"),
        ("may be relied on until", str(audit.relied_on_until or "nobody said")),
    ]
