"""What a generator is told: where to go, who comes when, and what to be careful about."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from idaudit.loadtests.scans import SIZES
from idaudit.loadtests.schedule import Arrival, drawn, share
from idaudit.loadtests.shapes import Shape, shape_called

PER_WORKER = 400_000
"""How many applicants each generator may make up; nobody is anybody else's double."""


@dataclass(frozen=True, slots=True)
class Orders:
    """Everything one run of generators has to know; it travels as JSON."""

    shape: str
    surge: float
    seconds: float
    seed: int
    workers: int
    url: str = ""  # of a reference city
    spec: str = ""  # of any other target: a file
    control_key: str = ""
    host: str = "127.0.0.1"  # where the first among several generators is met
    port: int = 0
    holders: int = 16  # enrolled by each generator before the day begins
    cut_off_percent: int = 5  # uploads whose connection is lost in the midst
    scans: tuple[int, ...] = SIZES  # bytes of the papers that are shown
    drain_seconds: float = 30.0  # what is under way at the end may take so long
    meeting_seconds: float = 120.0  # until all generators have enrolled their cardholders
    without: tuple[str, ...] = ()  # journeys nobody makes: the target lacks what they need

    @property
    def day(self) -> Shape:
        """The day to be played."""
        return shape_called(self.shape).times(self.surge)

    def arrivals(self) -> list[Arrival]:
        """Return everybody who comes."""
        came = drawn(self.day, self.seconds, self.seed)
        return [each for each in came if each.journey not in self.without]

    def share(self, worker: int) -> list[Arrival]:
        """Return whom one generator sends."""
        return share(self.arrivals(), worker, self.workers)

    def first_applicant(self, worker: int) -> int:
        """Return the number of the first person a generator makes up."""
        return 1_000 + worker * PER_WORKER

    def write(self, path: Path) -> None:
        """Write the orders down."""
        path.write_text(self.said())

    def said(self) -> str:
        """Return the orders as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, path: Path) -> "Orders":
        """Read orders."""
        return cls.parsed(path.read_text())

    @classmethod
    def parsed(cls, text: str) -> "Orders":
        """Read orders from JSON."""
        said = json.loads(text)
        return cls(**{**said, "scans": tuple(said["scans"]), "without": tuple(said["without"])})
