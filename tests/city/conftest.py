"""A town hall for every test: cities of our own, driven over HTTP from outside."""

import itertools
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Housing, Nursery

# What tests of one room share lies beside them; its assertions explain themselves like theirs.
sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("on_the_wire")

TERMS = {
    "papers_days": 0,
    "purge_every": "decision",
    "pending_days": 60,
    "card_years": 5,
    "record_days_after_expiry": 30,
    "grace_hours": 24,
    "kill_fires_on": None,
    "kill_scope": "records",
    "kill_signatures": 2,
    "kill_within_hours": 1,
    "hold_review_days": 90,
    "disclosure_profile": "statute",
    "release_approvals": 2,
    "release_window_hours": 72,
    "notice_days": None,
}
COURT = "United States District Court for the Southern District of New York"
STAFF = ("clerk", "reviewer", "counsel", "commissioner", "auditor", "administrator")
ROLES = (*STAFF, "partner")
CONTROL_KEY = "control-key-of-a-test"
DAY = 86_400


class Town:
    """One city and everybody in it."""

    def __init__(
        self, nursery: "Nursery", data: Path, config: dict[str, Any], housing: "Housing"
    ) -> None:
        """Open the city on *data*."""
        self.nursery, self.data, self.config = nursery, data, config
        self.housing, self.control_key = housing, CONTROL_KEY
        self.tokens: dict[str, str] = {}
        self.serial = itertools.count(1)
        self.open()

    # -- life and death -----------------------------------------------------------------

    def open(self) -> None:
        """Start the process, on whatever is there."""
        said = self.nursery.raise_city(self.config)
        assert "port" in said, said
        self.pid = said["pid"]
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{said['port']}", timeout=30)

    def crash(self) -> None:
        """Kill the process as a power cut would, and wait until it is gone."""
        self.http.close()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
            while True:
                os.kill(self.pid, 0)
                time.sleep(0.002)

    def reopen(self) -> None:
        """Crash, and start again on the same data."""
        self.crash()
        self.open()

    # -- asking -------------------------------------------------------------------------

    def ask(
        self, who: str | None, method: str, path: str, body: object = None, **more: object
    ) -> httpx.Response:
        """Ask the city something, as a login, as the owner of a key, or as nobody (None)."""
        headers = {"Authorization": f"Bearer {self.bearer(who)}"} if who else {}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        return self.http.request(method, path, headers=headers, **more)

    def bearer(self, who: str) -> str:
        """Return what *who* shows: a token for a login, else the key itself."""
        if who.rstrip("0123456789") not in ROLES and who != "boss-as-counsel":
            return who
        if who not in self.tokens:
            signed_in = self.http.post("/sessions", json={"login": who, "key": f"key of {who}"})
            self.tokens[who] = signed_in.json()["token"]
        return self.tokens[who]

    def must(self, *args: object, **more: object) -> dict[str, Any]:
        """Ask, and insist on success."""
        answer = self.ask(*args, **more)
        assert answer.is_success, answer.text
        return answer.json()

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self.must(CONTROL_KEY, "POST", "/control/clock", {"seconds": seconds})

    def settle(self) -> None:
        """Let everything come to rest."""
        self.must(CONTROL_KEY, "POST", "/control/settle")

    # -- people and papers --------------------------------------------------------------

    def form(self, **changes: object) -> dict[str, Any]:
        """Return a filled-in form; every person is somebody else."""
        number = next(self.serial)
        return {
            "given_name": "Quillon",
            "surname": f"Zyzzyvane{number:04}",
            "born": "1980-02-29",
            "street": f"{number} Vexillary Street",
            "city": "New York",
            "postcode": "10001",
            "email": f"q{number:04}@vexillary.example.org",
            "phone": f"212-555-0{100 + number % 100}",
            "gender": None,
            "channel": "counter",
        } | changes

    def apply(self, who: str | None = "clerk1", **changes: object) -> dict[str, Any]:
        """Open an application; the answer also carries the form."""
        form = self.form(**changes)
        return self.must(who, "POST", "/applications", form) | {"form": form}

    def show(self, file: dict[str, Any], paper: bytes, who: str = "clerk1") -> httpx.Response:
        """Show a paper."""
        headers = {"Content-Type": "image/jpeg", "Document-Kind": "foreign-passport"}
        path = f"/applications/{file['application']}/documents"
        return self.ask(who, "POST", path, content=paper, headers=headers)

    def decide(self, file: dict[str, Any], *, approve: bool = True) -> None:
        """Decide an application."""
        path = f"/applications/{file['application']}/decision"
        self.must("reviewer1", "POST", path, {"approve": approve})

    def enrol(self, **changes: object) -> dict[str, Any]:
        """Apply, be approved and get a card; the answer also carries the card."""
        file = self.apply(**changes)
        self.decide(file)
        card = self.must("clerk1", "POST", f"/applications/{file['application']}/card")
        return file | {"card": card}

    def read(self, file: dict[str, Any]) -> httpx.Response:
        """Read a record as its owner."""
        return self.ask(file["owner_key"], "GET", f"/records/{file['record']}")

    def delete(self, file: dict[str, Any]) -> httpx.Response:
        """End a record as its owner."""
        return self.ask(file["owner_key"], "DELETE", f"/records/{file['record']}")

    # -- law ----------------------------------------------------------------------------

    def instrument(self, *files: dict[str, Any], **changes: object) -> dict[str, Any]:
        """Return a judge's warrant for the persons of *files*."""
        named = ("given_name", "surname", "born")
        paper = {
            "kind": "judicial-warrant",
            "title": "SEARCH WARRANT",
            "number": "SW-1",
            "requester": "United States Attorney",
            "court": COURT,
            "office": "magistrate",
            "signatory": "Hon. Perpetua A. Specimen",
            "signed": True,
            "issued": "2017-02-20",
            "expires": None,
            "subjects": [{name: file["form"][name] for name in named} for file in files],
            "fields": ["surname", "street"],
            "text": "YOU ARE COMMANDED to produce what is named.",
        }
        return {"instrument": paper | changes}

    def release(self, *files: dict[str, Any], **changes: object) -> list[dict[str, Any]]:
        """Take a warrant all the way to what is released."""
        paper = self.instrument(*files, **changes)
        request = self.must("counsel1", "POST", "/disclosures", paper)["disclosure"]
        for who in ("counsel2", "commissioner1"):
            self.must(who, "POST", f"/disclosures/{request}/approvals", {})
        return self.must("counsel1", "GET", f"/disclosures/{request}/release")["released"]

    def hold(self, *files: dict[str, Any]) -> str:
        """Place a court's hold on the persons of *files*."""
        order = self.instrument(*files, kind="preservation-order", office="justice", fields=[])
        return self.must("counsel1", "POST", "/holds", order)["hold"]

    def lift(self, hold: str) -> None:
        """Lift a hold."""
        self.must("counsel1", "DELETE", f"/holds/{hold}")

    def kill(self) -> None:
        """Fire the kill switch by two hands."""
        order = self.must("commissioner1", "POST", "/kill-orders")["order"]
        fired = self.must("counsel1", "POST", f"/kill-orders/{order}/signatures")
        assert fired == {"executed": True}

    # -- what lies on the disk ----------------------------------------------------------

    def at_rest(self) -> bytes:
        """Return every byte of the city's folder and its database, as it lies there now."""
        files = [p.read_bytes() for p in sorted(self.data.rglob("*")) if p.is_file()]
        return b"\0".join([*files, self.housing.at_rest(self.config)])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read the registry as whoever has the disk would."""
        with self.housing.connected(self.config) as connection:
            return connection.execute(query).fetchall()

    def forge(self, *statements: str) -> None:
        """Write to the registry behind the city's back, whatever rules it was given."""
        for statement in statements:
            self.housing.surface(self.config).forge("ledger", statement)

    def acts(self) -> list[tuple[str, str, str]]:
        """Return the ledger as (actor, act, outcome)."""
        entries = self.must("auditor1", "GET", "/ledger")["entries"]
        return [(e["actor"], e["act"], e["outcome"]) for e in entries]


def staff() -> list[dict[str, str]]:
    """Return two of each role, and a second login of the first commissioner."""
    everybody = [
        {"login": f"{role}{n}", "role": role, "person": f"human {role} {n}"}
        for role in ROLES
        for n in (1, 2)
    ]
    boss = {"login": "boss-as-counsel", "role": "counsel", "person": "human commissioner 1"}
    keys = {"key": "key of ", "duress_key": "forced key of "}
    return [
        one | {name: said + one["login"] for name, said in keys.items()}
        for one in (*everybody, boss)
    ]


@pytest.fixture
def open_town(
    nursery: "Nursery", housing: "Housing", tmp_path: Path
) -> Iterator[Callable[..., Town]]:
    """Lend a way to open cities with terms of one's own."""
    towns = []
    usual = nursery

    def open_one(
        config: dict[str, Any] | None = None, nursery: "Nursery" = usual, **terms: object
    ) -> Town:
        data = tmp_path / f"city{len(towns)}"
        standard = {
            "data": str(data),
            "database": housing.new(),
            "port": 0,
            "clock": "2017-03-01T15:00:00+00:00",
            "terms": TERMS | terms,
            "secret": os.urandom(32).hex(),
            "photo_secret": os.urandom(32).hex(),
            "staff": staff(),
            "courts": [COURT],
            "control_key": CONTROL_KEY,
            "synchronous": "OFF",  # we kill processes and never cut the power
        }
        towns.append(Town(nursery, data, standard | (config or {}), housing))
        return towns[-1]

    yield open_one
    for town in towns:
        town.crash()
        housing.forget(town.config)


@pytest.fixture
def town(open_town: Callable[..., Town]) -> Town:
    """Lend a city that keeps no papers."""
    return open_town()
