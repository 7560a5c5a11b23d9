"""What the doctor found: what can be driven and seen, as data that can be sent and printed."""

from dataclasses import dataclass

from idaudit.fixtures.surfaces.coverage import Covered
from idaudit.fixtures.targets.operation import Operation


@dataclass(frozen=True, slots=True)
class OperationFound:
    """What came of trying one operation once."""

    operation: Operation
    offered: bool
    works: bool
    detail: str


@dataclass(frozen=True, slots=True)
class SurfaceFound:
    """Whether a control could be seen on one surface, and whether the surface is alive."""

    id: str
    kind: str
    size: int  # bytes
    probed: bool
    control_found: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Examination:
    """All the doctor found."""

    operations: tuple[OperationFound, ...]
    surfaces: tuple[SurfaceFound, ...]
    undeclared: tuple[Covered, ...] = ()
    """Places that were in use and that the target had not named; nobody has looked into them."""
    unlooked: str = ""
    """Why such a place would not have been seen, "" where it would."""
    shut: str = ""
    """Why nobody can ask it in words of their own, "" where its door may be knocked at."""
    plain: str = ""
    """Why nobody can ask it over TLS, "" where an address says that they can."""
    veiled: str = ""
    """Why somebody who is on file is not seen at rest, "" where the doctor's applicant was."""

    def missing(self) -> dict[Operation, str]:
        """Return each operation that cannot be used, with the reason."""
        return {each.operation: each.detail for each in self.operations if not each.works}

    def blind(self) -> frozenset[str]:
        """Return the ids of the surfaces on which no control was seen."""
        return frozenset(each.id for each in self.surfaces if not each.control_found)
