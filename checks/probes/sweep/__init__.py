"""The residue probe: finds canaries in whatever form they were left in."""

from idaudit.checks.probes.sweep.hit import Grade, Hit, Limits, Refusal
from idaudit.checks.probes.sweep.pictures import Picture
from idaudit.checks.probes.sweep.sweep import Sweep

__all__ = ["Grade", "Hit", "Limits", "Picture", "Refusal", "Sweep"]
