"""Whether a target's surfaces are alive: what never changes while it is driven is not its own."""

from idaudit.fixtures.surfaces.surface import Sampled, Surface
from idaudit.fixtures.targets.target import Target
from idaudit.threatmodel.errors import Inconclusive


class Watch:
    """
    Notices which surfaces change while the target is driven.

    It looks after every operation: what an application puts down, a later one
    may take away again, down to the last byte.
    """

    def __init__(self, target: Target) -> None:
        """Take the pulse of every surface of *target*."""
        self._target = target
        self._before = {each.id: _pulse(each) for each in target.surfaces()}
        self._moved: set[str] = set()

    def look(self) -> None:
        """Compare every surface that has not moved yet with how it was at first."""
        for surface in self._target.surfaces():
            if not self.saw_move(surface):
                unmoved = _pulse(surface) in (
                    None,
                    self._before.get(surface.id),
                )  # None: unreadable
                self._moved |= set() if unmoved else {surface.id}

    def saw_move(self, surface: Surface) -> bool:
        """Whether *surface* has changed, or need not."""
        return not surface.moves or surface.id in self._moved


def _pulse(surface: Surface) -> object:
    """Return something that changes when the surface does."""
    try:
        parts = surface.sample() if isinstance(surface, Sampled) else surface.parts()
        return tuple((part.location, hash(part.data)) for part in parts)
    except Inconclusive:
        return None
