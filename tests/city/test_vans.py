"""A van that syncs later keeps the counter's promise, on the road and at the door."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from idaudit.fixtures.city.vankit import Van, claim, public

if TYPE_CHECKING:
    from conftest import Nursery, Town

DAY = 86_400


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_channels.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


@dataclass
class Road:
    """A city, and a van of it with its own disk."""

    town: "Town"
    van: Van
    key: Ed25519PrivateKey
    disk: Path

    def take(self, clerk: str = "clerk1", points: int = 3, **changes: object) -> dict[str, Any]:
        """Take an application on the van."""
        form = {k: v for k, v in self.town.form(**changes).items() if k != "channel"}
        return {"form": form, "owner_key": self.van.take(form, points, clerk)}

    def bring(self, batch: dict[str, Any]) -> httpx.Response:
        """Bring a batch in."""
        return self.town.ask(None, "POST", "/van-batches", batch)

    def erase(self, batch: dict[str, Any], receipt: dict[str, Any]) -> httpx.Response:
        """Erase the van's copy, and say so."""
        signed = {"signature": self.van.erase(batch, receipt)}
        return self.town.ask(None, "POST", f"/van-batches/van-1/{batch['number']}/erasure", signed)

    def find(self, file: dict[str, Any]) -> dict[str, Any]:
        """Find a file by its owner's key."""
        return file | self.town.must(file["owner_key"], "GET", "/own-file")

    def lying(self) -> bytes:
        """Return every byte on the van's disk."""
        return b"\0".join(path.read_bytes() for path in sorted(self.disk.iterdir()))


def send_out(town: "Town", key: Ed25519PrivateKey, disk: Path) -> Road:
    """Send a van of *town* on the road."""
    keys = town.must(None, "GET", "/van-key")
    seals, receipts = bytes.fromhex(keys["key"]), bytes.fromhex(keys["receipts"])
    disk.mkdir()
    return Road(town, Van("van-1", key.private_bytes_raw(), seals, receipts, disk), key, disk)


Roads = Callable[..., Road]


@pytest.fixture
def roads(open_town: Callable[..., "Town"], tmp_path: Path) -> Roads:
    """Lend a way to send vans of fresh cities out."""

    def go(config: dict[str, Any] | None = None, *nursery: "Nursery", **terms: object) -> Road:
        key = Ed25519PrivateKey.generate()
        vans = {"vans": {"van-1": public(key).hex()}}
        town = open_town(vans | (config or {}), *nursery, **terms)
        return send_out(town, key, tmp_path / f"van {public(key).hex()[:8]}")

    return go


@pytest.fixture
def road(roads: Roads) -> Road:
    """Lend a city with a van on the road."""
    return roads({"points_required": 3})


def test_an_application_by_van_is_like_any_other(road: Road) -> None:
    """Same form, same rules, a second human, the same card, and its owner's from the start."""
    file = road.take()
    assert road.bring(road.van.batch(1)).status_code == 201
    file = road.find(file)
    shown = road.town.read(file).json()["record"]
    road.town.decide(file)
    card = road.town.must("clerk1", "POST", f"/applications/{file['application']}/card")
    road.town.delete(file)

    assert shown == file["form"]
    assert card["face"]["surname"] == file["form"]["surname"]
    assert road.town.read(file).status_code == 404


def test_what_the_papers_were_worth_comes_along_and_no_paper_does(road: Road) -> None:
    """A reviewer cannot approve what was not shown, and finds no picture of what was."""
    enough, short = road.take(points=3), road.take(points=2)
    road.bring(road.van.batch(1))
    files = [road.find(file) for file in (enough, short)]
    paths = [f"/applications/{file['application']}" for file in files]
    decided = [
        road.town.ask("reviewer1", "POST", f"{path}/decision", {"approve": True}) for path in paths
    ]

    assert [answer.status_code for answer in decided] == [200, 409]
    assert road.town.ask("reviewer1", "GET", f"{paths[1]}/documents/0").status_code == 404


def test_whoever_was_on_the_van_does_not_decide(roads: Roads) -> None:
    """The clerk who took it is the clerk who took it, under whatever login."""
    human = {"person": "human of both", "key": "both", "role": "clerk", "login": "both1"}
    reviewer = human | {"role": "reviewer", "login": "both2"}
    plain = roads()
    staff = [*plain.town.config["staff"], human, reviewer]
    road = roads({"staff": staff})
    file = road.take("both1")
    road.bring(road.van.batch(1))
    token = road.town.must(None, "POST", "/sessions", {"login": "both2", "key": "both"})["token"]
    path = f"/applications/{road.find(file)['application']}/decision"

    assert road.town.ask(token, "POST", path, {"approve": True}).json()["code"] == "same-person"


def test_a_stolen_van_gives_nobody_away(road: Road) -> None:
    """What it has taken it cannot read, nor can whoever has its disk, its key and its batch."""
    file = road.take()
    lying = road.lying() + str(road.van.batch(1)).encode()

    assert len(road.lying()) > 100
    for value in (file["form"]["surname"], file["form"]["street"], file["owner_key"]):
        assert value.encode() not in lying
        assert value.encode().hex().encode() not in lying


def test_a_batch_comes_in_once(road: Road) -> None:
    """Not again under its number, not under another, not in part, and never out of order."""
    road.take()
    batch = road.van.batch(2)
    first = road.bring(batch)
    road.take()
    again = [road.bring(batch), road.bring(road.van.batch(3)), road.bring(road.van.batch(1))]

    assert first.json()["taken"] == 1
    assert [answer.json()["code"] for answer in again] == ["brought-before"] * 3
    assert road.town.must(None, "GET", "/reports/2017-Q1")["applications"] == 0


def test_only_a_van_of_the_city_brings_a_batch_and_only_unaltered(road: Road) -> None:
    """Another key, another name, one application more or less: refused whole."""
    road.take()
    road.take()
    batch = road.van.batch(1)
    stranger = Ed25519PrivateKey.generate()
    forged = stranger.sign(claim("van-1", 1, batch["sealed"])).hex()
    refused = [
        road.bring(batch | {"signature": forged}),
        road.bring(batch | {"van": "van-2"}),
        road.bring(batch | {"number": 2}),
        road.bring(batch | {"sealed": batch["sealed"][:1]}),
    ]

    assert [answer.json()["code"] for answer in refused] == ["not-of-a-van"] * 4
    assert road.bring(batch).json()["taken"] == 2


def test_a_form_the_counter_would_refuse_is_refused_here(road: Road) -> None:
    """Unknown fields, a clerk who is none or has left, and then nothing of the batch comes in."""
    good = road.take()
    road.van.take(good["form"] | {"citizenship": "none"}, 3, "clerk1")
    field = road.bring(road.van.batch(1))

    assert field.json()["code"] == "invalid"
    assert road.town.ask(good["owner_key"], "GET", "/own-file").status_code == 404


@pytest.mark.parametrize("clerk", ["reviewer1", "nobody", "clerk2"])
def test_only_a_clerk_takes_applications_on_a_van(road: Road, clerk: str) -> None:
    """Not a reviewer, not a made-up name, and not somebody who left while it was away."""
    road.town.must("administrator1", "DELETE", "/staff/clerk2")
    road.take(clerk)

    assert road.bring(road.van.batch(1)).json()["code"] == "invalid"


def test_a_van_erases_on_a_receipt_and_says_so(road: Road) -> None:
    """Only what the city has; a forged receipt erases nothing; the auditor sees who is late."""
    road.take()
    batch = road.van.batch(1)
    receipt = road.bring(batch).json()
    road.take()
    with pytest.raises(InvalidSignature):
        road.van.erase(batch, receipt | {"signature": "00" * 64})
    copies = len(list(road.disk.iterdir()))
    road.town.advance(DAY + 1)
    late = road.town.must("auditor1", "GET", "/van-batches")["batches"]
    answer = road.erase(batch, road.town.must(None, "GET", "/van-batches/van-1/1/receipt"))

    assert (copies, len(list(road.disk.iterdir()))) == (2, 1)
    assert [(one["number"], one["taken"], one["overdue"]) for one in late] == [(1, 1, True)]
    assert answer.status_code == 200
    assert road.bring(road.van.batch(2)).json()["taken"] == 1


def test_nobody_else_says_that_a_copy_is_gone(road: Road) -> None:
    """A van's word is signed, and about one batch."""
    road.take()
    road.bring(road.van.batch(1))
    path = "/van-batches/van-1/1/erasure"
    forged = {"signature": "00" * 64}

    assert road.town.ask(None, "POST", path, forged).json()["code"] == "not-of-a-van"
    assert road.town.must("auditor1", "GET", "/van-batches")["batches"][0]["erased"] is None


def test_what_nobody_decides_goes_as_at_the_counter(road: Road) -> None:
    """Counted from the day it came in, by itself; and the city's disk never had it in the clear."""
    file = road.take()
    road.bring(road.van.batch(1))
    file = road.find(file)
    road.town.settle()
    lying = road.town.at_rest()
    road.town.advance(60 * DAY)

    assert file["form"]["surname"].encode() not in lying
    assert road.town.read(file).status_code == 404


def is_taken_once(road: Road) -> bool:
    """Whether nobody is enrolled twice by a batch that comes again."""
    road.take()
    batch = road.van.batch(1)
    road.bring(batch)
    return road.bring(batch).status_code == 409


def is_from_a_van(road: Road) -> bool:
    """Whether a stranger brings nothing in."""
    road.take()
    return road.bring(road.van.batch(1) | {"signature": "00" * 64}).status_code == 403


@pytest.mark.parametrize(
    ("fault", "promise"),
    [("TakesBatchesTwice", is_taken_once), ("TakesAnybodysWord", is_from_a_van)],
)
def test_a_city_that_breaks_the_promise_is_noticed(
    roads: Roads, faithless: "Nursery", fault: str, promise: Callable[[Road], bool]
) -> None:
    """Each promise is kept by the city, and seen to be broken by one that does not."""
    assert promise(roads())
    assert not promise(roads({"faithless": fault}, faithless))
