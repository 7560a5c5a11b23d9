"""Photographs lie apart: whose a picture is, only its record says, and it goes with that."""

import base64
import io
import itertools
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.papers.photographs import photograph_of

if TYPE_CHECKING:
    from conftest import Nursery, Town

PEOPLE = Applicants(Mint(11))
MANY = 12  # of a batch of sixteen
CHANCE = 0.85  # a rank correlation of twelve that luck reaches once in ten thousand times
MOST_STEPS = 40


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    raised = type(nursery)([sys.executable, str(Path(__file__).with_name("faithless_counter.py"))])
    yield raised
    raised.close()


@pytest.fixture(scope="module")
def mortal(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery whose cities can be made to die."""
    raised = type(nursery)([sys.executable, str(Path(__file__).with_name("mortal_city.py"))])
    yield raised
    raised.close()


def take(town: "Town", file: dict[str, Any], picture: bytes | None = None) -> httpx.Response:
    """Take a photograph."""
    content = picture or photograph_of(PEOPLE.next()).data
    path, headers = f"/applications/{file['application']}/photo", {"Content-Type": "image/jpeg"}
    return town.ask("clerk1", "PUT", path, content=content, headers=headers)


def photographed(town: "Town") -> dict[str, Any]:
    """Apply, with a photograph."""
    file = town.apply()
    take(town, file).raise_for_status()
    return file


def view(town: "Town", file: dict[str, Any]) -> httpx.Response:
    """Look at one's own photograph."""
    return town.ask(file["owner_key"], "GET", f"/records/{file['record']}/photo")


def slots(town: "Town", store: str = "photos") -> dict[str, bytes]:
    """Return what is filed, by its name."""
    with closing(sqlite3.connect(town.data / f"{store}.sqlite")) as connection:
        return dict(connection.execute("SELECT name, content FROM slots WHERE state = 2"))


def agreement(one: list[Any], other: list[Any]) -> float:
    """Return Kendall's rank correlation: 1 if both have one order, -1 if opposite ones."""
    pairs = list(itertools.combinations(zip(one, other, strict=True), 2))
    agree = sum((a[0] < b[0]) == (a[1] < b[1]) for a, b in pairs)
    return abs(2 * agree - len(pairs)) / len(pairs)


# -- promises: true of this city, and false of one with the fault beside it ------------------


def nothing_tells_whose_they_are(town: "Town") -> bool:
    """Whether neither name, length, place nor order joins a photograph with its record."""
    names: list[str] = []
    for _ in range(MANY):
        photographed(town)
        names += slots(town).keys() - set(names)
    town.settle()
    filed, file = slots(town), (town.data / "photos.sqlite").read_bytes()
    places = [file.find(filed[name][:64]) for name in names]
    arrived = list(range(MANY))
    in_order = max(agreement(arrived, names), agreement(arrived, places)) > CHANCE
    others = [p for p in town.data.rglob("*") if p.is_file() and "photos" not in p.name]
    elsewhere = b"".join(path.read_bytes() for path in others)
    named = any(name.encode() in elsewhere for name in names)
    return not in_order and not named and len({len(content) for content in filed.values()}) == 1


def only_pixels_are_kept(town: "Town") -> bool:
    """Whether what a camera wrote beside the picture is gone."""
    person = PEOPLE.next()
    file = town.apply()
    take(town, file, photograph_of(person).data)
    with Image.open(io.BytesIO(view(town, file).content)) as picture:
        return not picture.getexif() and picture.size == (300, 400)


def it_goes_with_its_record(town: "Town") -> bool:
    """Whether the end of a record, whichever it is, ends its photograph."""
    withdrawn, denied, deleted, kept = (photographed(town) for _ in range(4))
    path = f"/applications/{withdrawn['application']}/withdrawal"
    town.must(withdrawn["owner_key"], "POST", path)
    town.decide(denied, approve=False)
    town.decide(deleted)
    town.delete(deleted)
    return len(slots(town)) == 1 and view(town, kept).status_code == 200


PROMISES = {
    "FilesInOrder": nothing_tells_whose_they_are,
    "KeepsTheFile": only_pixels_are_kept,
    "LeavesThePicture": it_goes_with_its_record,
}


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_photographs_keep_their_promise(promise: Callable[["Town"], bool], town: "Town") -> None:
    """Apart, bare, and gone in time."""
    assert promise(town)


@pytest.mark.parametrize(("fault", "promise"), PROMISES.items(), ids=PROMISES)
def test_a_store_that_breaks_it_is_noticed(
    fault: str,
    promise: Callable[["Town"], bool],
    faithless: "Nursery",
    open_town: "Callable[..., Town]",
) -> None:
    """A test that cannot fail shows nothing."""
    assert not promise(open_town({"faithless": fault}, faithless))


def test_its_owner_sees_it_and_nobody_on_the_staff(town: "Town") -> None:
    """A photograph is for the card, its owner and a judge; each look and refusal is a line."""
    file, other = photographed(town), photographed(town)

    assert view(town, file).headers["content-type"] == "image/jpeg"
    assert view(town, file).headers["cache-control"] == "no-store"
    path = f"/records/{file['record']}/photo"
    for who in ("clerk1", "reviewer1", "counsel1", "administrator1", other["owner_key"]):
        assert town.ask(who, "GET", path).status_code == 404
    assert town.ask(None, "GET", path).status_code == 401
    acts = town.acts()
    assert acts.count(("applicant", "view_photo", "allowed")) == 2
    assert ("clerk:clerk1", "view_photo", "refused") in acts
    assert ("clerk:clerk1", "submit_photo", "allowed") in acts


def test_only_a_judge_who_names_it_gets_it(town: "Town") -> None:
    """Nothing that an order says of a record as a whole names its photograph."""
    file = photographed(town)
    town.decide(file)
    picture = view(town, file).content

    assert "photo" not in town.release(file)[0]
    [released] = town.release(file, fields=["surname", "photo"])
    assert base64.b64decode(released["photo"]) == picture
    [without] = town.release(town.enrol(), fields=["photo"])
    assert without == {"photo": None}


def test_a_record_that_is_held_keeps_its_photograph_through_the_kill(town: "Town") -> None:
    """The court's copy outlives the switch, opens for a warrant alone, and ends with the hold."""
    held, other = photographed(town), photographed(town)
    for file in (held, other):
        town.decide(file)
    picture = view(town, held).content
    hold = town.hold(held)
    town.kill()
    town.settle()

    assert len(slots(town)) == 1
    assert view(town, held).status_code == 403
    [released] = town.release(held, fields=["photo"])
    assert base64.b64decode(released["photo"]) == picture
    town.lift(hold)
    assert slots(town) == {}
    assert view(town, photographed(town)).status_code == 200


def test_a_photograph_taken_again_takes_the_place_of_the_first(town: "Town") -> None:
    """One remains; under a hold the first is kept too, until that lifts."""
    file = photographed(town)
    first = slots(town)
    take(town, file)
    assert slots(town).keys().isdisjoint(first)
    assert len(slots(town)) == 1
    hold = town.hold(file)
    take(town, file)
    assert len(slots(town)) == 2
    town.lift(hold)
    assert len(slots(town)) == 1
    assert view(town, file).status_code == 200


def test_a_copy_of_both_stores_opens_nothing_once_the_record_has_gone(town: "Town") -> None:
    """Neither the picture nor its pixels lie anywhere, before or after."""
    file = photographed(town)
    picture = view(town, file).content
    town.settle()
    assert picture[200:400] not in town.at_rest()
    assert list((town.data / "scratch").iterdir()) == []
    town.delete(file)
    town.decide(file := photographed(town))
    town.reopen()
    assert view(town, file).status_code == 200


WRONG = {
    "no picture": (b"not a picture", "image/jpeg", 422),
    "cut short": (photograph_of(PEOPLE.next()).data[:2000], "image/jpeg", 422),
    "another kind": (photograph_of(PEOPLE.next()).data, "image/png", 422),
    "no kind": (photograph_of(PEOPLE.next()).data, "application/pdf", 415),
    "too large": (b"x" * (8 * 1024 * 1024 + 1), "image/jpeg", 413),
}


@pytest.mark.parametrize(("content", "kind", "status"), WRONG.values(), ids=WRONG)
def test_what_is_no_photograph_is_refused(
    town: "Town", content: bytes, kind: str, status: int
) -> None:
    """Bounded, checked, and nothing of it kept or repeated."""
    path = f"/applications/{town.apply()['application']}/photo"
    answer = town.ask("clerk1", "PUT", path, content=content, headers={"Content-Type": kind})

    assert answer.status_code == status
    assert slots(town) == {}


def test_a_small_file_does_not_unfold_into_a_large_picture(town: "Town") -> None:
    """The size is read before the picture is."""
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    path, kind = f"/applications/{town.apply()['application']}/photo", {"Content-Type": "image/png"}

    answer = town.ask("clerk1", "PUT", path, content=bomb.getvalue(), headers=kind)
    assert answer.status_code == 413


def test_only_a_clerk_takes_one_and_only_until_the_card_is_out(town: "Town") -> None:
    """Nobody sends in a picture from elsewhere."""
    file = town.apply()
    path, kind = f"/applications/{file['application']}/photo", {"Content-Type": "image/jpeg"}
    photo = photograph_of(PEOPLE.next()).data
    refused = [
        town.ask(who, "PUT", path, content=photo, headers=kind).status_code
        for who in ("reviewer1", "partner1", file["owner_key"], None)
    ]
    assert refused == [403, 403, 403, 401]
    town.decide(file)
    town.must("clerk1", "POST", f"/applications/{file['application']}/card")
    assert take(town, file).status_code == 409


ACTS: dict[str, Callable[["Town", dict[str, Any]], Any]] = {
    "taking": take,
    "ending": lambda town, file: town.delete(file),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_crash_leaves_no_photograph_without_a_record(
    name: str,
    nursery: "Nursery",
    mortal: "Nursery",
    open_town: "Callable[..., Town]",
    tmp_path: Path,
) -> None:
    """Killed at each step in turn: a picture is there and can be seen, or is not there."""
    for step in range(MOST_STEPS):
        fuse = tmp_path / f"fuse{step}"
        town = open_town({"fuse": str(fuse)}, nursery=mortal)
        bystander, file = photographed(town), photographed(town)
        fuse.write_text(str(step))
        died = False
        try:
            ACTS[name](town, file)
        except httpx.TransportError:
            died = True
        fuse.unlink()
        town.nursery = nursery
        town.reopen()
        there = [view(town, each).status_code for each in (bystander, file)]
        assert there[0] == 200
        assert len(slots(town)) == len(slots(town, "faces")) == there.count(200)
        if not died:
            break
    assert 3 <= step < MOST_STEPS - 1
