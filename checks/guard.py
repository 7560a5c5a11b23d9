"""
The last look before anything is put in place: no applicant's value may leave a run.

Redaction takes out what a target repeats word for word. A target may also turn
it round: in base64, in capitals, escaped. The guard sweeps for the run's own
canaries in every form the residue probe knows, first each text on its way into
the evidence, then every finished file, and lets none pass.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from idaudit.checks.probes.sweep import Hit, Limits, Sweep
from idaudit.checks.redaction import redacted
from idaudit.fixtures.canaries import KnownValue, Mint
from idaudit.threatmodel.errors import SuiteError

SHORTEST = 11
"""No tag of a canary fits into fewer characters in any form but its own, which is redacted."""

NUMBERED = 300
"""Of so many applicants the telephone and the papers' numbers are looked for, one by one."""
_NUMBERS = 3  # papers of each
_TEXTS = 8192
_SENTENCE = Limits(budget=8 << 20, seconds=2)  # a sentence that unpacks into more is withheld


class Leak(SuiteError):
    """A file about to be written holds a value of an applicant: a fault of the suite itself."""


class Guard:
    """Looks for one run's canaries in what is about to be written."""

    def __init__(self, mint: Mint) -> None:
        """Prepare to find whatever *mint* has minted."""
        self._mint = mint
        self._tags = Sweep(mint, limits=_SENTENCE)
        self._written = {known.text.upper(): known.id for known in _numbers(mint)}
        self._everything: Sweep | None = None  # made when first needed: it takes a second
        self._checked = lru_cache(_TEXTS)(self._clean)

    def clean(self, text: str) -> str:
        """Return *text* without any value; one in disguise takes the whole text with it."""
        return self._checked(text)

    def inspect(self, files: Mapping[str, bytes]) -> None:
        """
        Raise :class:`Leak` where a file holds a value, in whatever form.

        The values that carry no tag, telephones and papers' numbers, are
        looked for one by one, of the first applicants of the run.
        """
        sweep = self._everything or Sweep(self._mint, known=_numbers(self._mint))
        self._everything = sweep
        for name, data in files.items():
            before = len(sweep.alone)
            for hit in (*sweep.bytes(data, name), *sweep.alone[before:]):
                raise _leak(name, hit)

    def _clean(self, text: str) -> str:
        told = self._numberless(redacted(text, (), self._mint))
        if len(told) < SHORTEST:
            return told
        refused = len(self._tags.refused)
        hits = self._tags.bytes(told.encode("utf-8", "surrogatepass"), "text")
        if not hits and len(self._tags.refused) > refused:
            return "[withheld: it could not be looked into]"
        return f"[withheld: it held {_named(hits[0])}]" if hits else told

    def _numberless(self, text: str) -> str:
        """Return *text* with each number that is written out in it replaced by its id."""
        capitals = text.upper()
        for value, name in self._written.items():
            if value in capitals:
                text = re.sub(re.escape(value), f"[{name}]", text, flags=re.IGNORECASE)
        return text


@lru_cache(2)
def _numbers(mint: Mint) -> tuple[KnownValue, ...]:
    """Return the short values of the first applicants of a run; a matrix audits many with one."""
    people = range(1, NUMBERED + 1)
    papers = [mint.number(index, paper) for index in people for paper in range(_NUMBERS)]
    return (*(mint.phone(index) for index in people), *papers)


def _leak(name: str, hit: Hit) -> Leak:
    return Leak(
        f"{name}: holds {_named(hit)} at byte {hit.offset}; no report may hold an applicant's "
        "value, so nothing was written; please report this with the check that ran last"
    )


def _named(hit: Hit) -> str:
    """Return whose value it is and in which form, and not the value."""
    return f"{hit.canary or 'part of a canary'} as {' > '.join(hit.form)}"
