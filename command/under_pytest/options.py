"""
The options of an audit under pytest, and nothing else until one of them is given.

Every pytest session of whoever has idaudit installed imports this module. So it
imports nothing but pytest, which is there already.
"""

from __future__ import annotations

import pytest

TARGET = "idaudit_target"
MARK = "idaudit: a check of an ID system; -m idaudit asks these alone"

_WORDS: tuple[tuple[str, str, str], ...] = (
    ("target", "FILE", "audit this system: target.toml, FILE.py, or 'reference'"),
    ("program", "ID", "whose promises, on what terms"),
    ("tier", "TIER", "how long it may take: gate, full or deep; gate if left out"),
    ("defect", "ID", "reference city only: audit a city with that seeded defect"),
    ("database", "KIND", "what the reference city keeps its registry in"),
    ("waivers", "FILE", "accepted violations, with owner, reason and expiry"),
    ("out", "DIR", "where the reports go; reports/out/latest if left out"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the options, all of them absent."""
    group = parser.getgroup("idaudit", "auditing an ID system (idaudit)")
    for name, value, told in _WORDS:
        group.addoption(f"--idaudit-{name}", metavar=value, default=None, help=told)
    group.addoption(
        "--idaudit-only",
        metavar="GUARANTEE",
        action="append",
        default=[],
        help="ask about this promise; repeatable",
    )
    group.addoption(
        "--idaudit-seed",
        metavar="N",
        type=int,
        default=None,
        help="makes an audit repeatable; random if left out",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Join the session where a target is named; otherwise leave no trace in it."""
    if config.getoption(TARGET) is None:
        _refuse_the_lone(config)
        return
    config.addinivalue_line("markers", MARK)
    # Only now: the suite is some hundred modules.
    from idaudit.command.under_pytest.session import join  # noqa: PLC0415

    join(config)


def _refuse_the_lone(config: pytest.Config) -> None:
    """Refuse options of an audit that name no target: nothing would be audited, and all green."""
    names = [*(name for name, _, _ in _WORDS), "only", "seed"]
    for name in names:
        if config.getoption(f"idaudit_{name}") not in (None, []):
            message = f"--idaudit-{name} audits nothing by itself; name a system: --idaudit-target"
            raise pytest.UsageError(message)
