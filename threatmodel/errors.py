"""
The suite's own errors.

.. code-block:: text

    SuiteError                 anything the suite itself has to say, exit 70
    ├── UsageError             the caller named something that does not exist, exit 64
    │   └── ModelError         a TOML file of the threat model is wrong
    ├── SetupError             the target cannot be driven or seen, exit 3
    │   └── TargetUnreachable  the target stopped answering
    ├── WaiverError            a waiver is malformed, expired or matched nothing, exit 4
    └── Inconclusive           a check could not judge; never an exit code of its own
        ├── NotOffered         the target has no such operation
        └── UnexpectedAnswer   the target answered what its adapter cannot read

A message says where, what was found, what was expected, and what to do.
"""

import difflib
from collections.abc import Iterable


class SuiteError(Exception):
    """Anything the suite itself has to say to the person who runs it."""

    exit_code: int = 70


class UsageError(SuiteError):
    """The caller named something that does not exist or cannot be used."""

    exit_code = 64


class ModelError(UsageError):
    """A file of the threat model breaks its schema or points at nothing."""


class SetupError(SuiteError):
    """The target cannot be started, reached, driven or seen."""

    exit_code = 3


class TargetUnreachable(SetupError):
    """The target stopped answering."""


class WaiverError(SuiteError):
    """A waiver is malformed, has expired, or waives nothing in this run."""

    exit_code = 4


class Inconclusive(SuiteError):
    """A check could not judge its guarantee; the guarantee is not shown."""


class NotOffered(Inconclusive):
    """The target has no such operation, surface or control."""


class UnexpectedAnswer(Inconclusive):
    """The target answered something its adapter cannot read."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest of *known*, or ``""``."""
    nearest = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {nearest[0]!r}?" if nearest else ""
