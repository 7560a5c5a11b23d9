"""
Who signed, where it was an identity and no key: what that needs, without the library for it.

An authority gives a certificate for some minutes to whoever proves to be
somebody; a log keeps that, and proves when it was. Both statements are signed
so, as the key signs them, and the key signs that signature with all the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from idaudit.reports.bundle.manifest import MANIFEST
from idaudit.reports.bundle.statements import Node
from idaudit.threatmodel.errors import UsageError

KEYLESS = "audit.sigstore.jsonl"
"""Two Sigstore bundles, one a line, in the order of the statements."""

INSTALL = 'pip install "idaudit[keyless]"'

Notary = Callable[[Sequence[bytes]], bytes]
"""Signs statements by an identity, and returns the file that shows it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Who must have signed, and by what that is told."""

    identity: str = ""  # an address or a URI, as the certificate has it
    issuer: str = ""  # the URL of whoever knows them
    root: Path | None = None  # of an instance of one's own


ANYBODY = Expected()


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a certificate is, and the minutes in which it signed."""

    identity: str
    issuer: str
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """Identity and issuer, for a reader: one says little without the other."""
        return f"{self.identity} (issuer {self.issuer})"


def vouched(statement: Node) -> Node:
    """Return *statement* as an identity signs it: of its own signature it cannot speak."""
    later = {KEYLESS, MANIFEST}
    return statement | {
        "subject": [one for one in statement["subject"] if one["name"] not in later]
    }


def installed() -> bool:
    """Whether the library is there."""
    return find_spec("sigstore") is not None


def need_library(option: str) -> None:
    """Raise :class:`UsageError` where *option* needs the library, and it is not there."""
    if not installed():
        raise UsageError(
            f"{option}: sigstore is not installed; expected the extra 'keyless': {INSTALL}"
        )
