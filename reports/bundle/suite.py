"""The version at work: what it calls itself, and the promises and the map it ships."""

from dataclasses import dataclass, replace

from idaudit.reports.bundle.opening import Bundle
from idaudit.threatmodel.model import ThreatModel


@dataclass(frozen=True, slots=True)
class Suite:
    """The version that verifies or publishes."""

    version: str  # as statements name one
    model: ThreatModel

    def wrote(self, bundle: Bundle) -> bool:
        """Whether this very version wrote *bundle*, and so writes each file of it alike."""
        return bundle.about.written_by == self.version

    def model_for(self, bundle: Bundle) -> ThreatModel:
        """Return the promises *bundle* was judged by, on the map of places that we ship."""
        return replace(bundle.model, read_attack=self.model.read_attack)
