"""What one audit is asked to do."""

import secrets
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from idaudit.checks.catalogue import Tier
from idaudit.command.lenders import TargetChoice
from idaudit.command.vouching import Keyless
from idaudit.fixtures.defects.registry import HOUSE_PROGRAMME
from idaudit.fixtures.targets.city_databases import SQLITE, spoken
from idaudit.reports.bundle.basis import RELIED_ON_DAYS

DEFAULT_OUT = Path("reports/out/latest")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What one audit is asked to do."""

    target: TargetChoice = field(default_factory=TargetChoice)
    program: str = HOUSE_PROGRAMME
    tier: Tier = Tier.GATE
    only: tuple[str, ...] = ()
    seed: int = field(default_factory=lambda: secrets.randbelow(2**32))
    """Fresh for each run: what an earlier run left in a lasting target is not this run's."""
    out: Path = DEFAULT_OUT
    waivers: Path | None = None
    key: Path | None = None
    """What the bundle is signed with; without one, a key made for this run, at tier full."""
    keyless: Keyless = field(default_factory=Keyless)
    """Whether an identity signs the bundle as well."""
    relied_on_days: int = RELIED_ON_DAYS
    minutes: float = 240
    """After so long the run stops, and tells what it has seen."""
    source: Path | None = None
    """The target's own Python, where the caller has it: it is read as well."""
    jobs: int = 1
    """Processes that run checks side by side, where every lent target is a new one."""

    def reproduce(self, guarantee: str) -> str:
        """Return the command that shows what was found of *guarantee* again."""
        words = ["idaudit", "run", "--target", self.target.spec, "--program", self.program]
        if self.target.defect:
            words += ["--defect", self.target.defect]
        if self.target.database != SQLITE:
            words += ["--database", spoken(self.target.database)]
        if self.source:
            words += ["--source", str(self.source)]
        words += ["--tier", self.tier.value, "--only", guarantee, "--seed", str(self.seed)]
        return shlex.join(words)
