"""From the options of a pytest session to an audit's."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from idaudit.checks.catalogue import Tier
from idaudit.command.lenders import TargetChoice
from idaudit.command.options import DEFAULT_OUT, RunOptions
from idaudit.command.plan import Plan, planned
from idaudit.fixtures.targets.city_databases import SQLITE
from idaudit.reports.audit import Waiver
from idaudit.reports.outputs import refuse_foreign
from idaudit.reports.waivers import read_waivers
from idaudit.threatmodel.errors import UsageError, did_you_mean
from idaudit.threatmodel.loader import load


@dataclass(frozen=True, slots=True)
class Asked:
    """An audit that a pytest session was asked for."""

    options: RunOptions
    plan: Plan
    waivers: tuple[Waiver, ...] = ()


def asked_of(config: pytest.Config) -> Asked:
    """
    Return what the options of *config* ask for.

    Raises:
        UsageError: something named does not exist.
        WaiverError: a waiver is malformed or has expired.

    """
    options = _options(config)
    options.target.check()
    refuse_foreign(options.out)
    plan = planned(options)
    waivers: tuple[Waiver, ...] = ()
    if options.waivers:
        waivers = read_waivers(options.waivers, load(), datetime.now(UTC).date())
    return Asked(options, plan, waivers)


def _options(config: pytest.Config) -> RunOptions:
    def word(name: str) -> str | None:
        value: str | None = config.getoption(f"idaudit_{name}")
        return value

    tier, seed = _tier(word("tier")), config.getoption("idaudit_seed")
    choice = TargetChoice(
        config.getoption("idaudit_target"),
        word("defect"),
        word("database") or SQLITE,
        memory=tier.includes(Tier.FULL),
    )
    options = RunOptions(
        target=choice,
        program=word("program") or choice.programme(),
        tier=tier,
        only=tuple(config.getoption("idaudit_only")),
        out=_below(config, word("out")),
        waivers=Path(given) if (given := word("waivers")) else None,
    )
    return options if seed is None else replace(options, seed=_positive(seed))


def _below(config: pytest.Config, out: str | None) -> Path:
    return config.invocation_params.dir / (out or DEFAULT_OUT)


def _tier(word: str | None) -> Tier:
    tiers = [tier.value for tier in Tier]
    if word is not None and word not in tiers:
        raise UsageError(
            f"--idaudit-tier {word}: expected {', '.join(tiers)}{did_you_mean(word, tiers)}"
        )
    return Tier(word or Tier.GATE)


def _positive(seed: int) -> int:
    if seed < 0:
        raise UsageError(f"--idaudit-seed {seed}: expected a number from 0 on")
    return seed
