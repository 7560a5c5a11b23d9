"""Thirty at once, and each gets their own answers and nobody else's."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Nursery, Town

USERS = 10
ROUNDS = 3


@dataclass(frozen=True)
class User:
    """Somebody whose every answer can be told from everybody else's."""

    canary: str
    record: str
    application: str
    key: str
    other: frozenset[bytes] = frozenset()

    @property
    def paper(self) -> bytes:
        """A paper in many pieces, each with the owner's canary."""
        return self.canary.encode() * 40_000


def users(town: "Town") -> list[User]:
    """Let people apply, each with a name that is a canary."""
    canaries = [f"Zyzzyvane{chr(97 + n)}{chr(107 + n)}" for n in range(USERS)]
    everybody = frozenset(canary.encode() for canary in canaries)
    found = []
    for canary in canaries:
        file = town.apply(surname=canary, street=f"1 {canary} Street")
        others = everybody - {canary.encode()}
        user = User(canary, file["record"], file["application"], file["owner_key"], others)
        said = {"recipient": canary, "purpose": canary, "fields": ["street"]}
        town.must(user.key, "POST", f"/records/{user.record}/consents", said)
        found.append(user)
    return found


def reading(api: dict[str, Any], user: User) -> list[str]:
    """Return every path at which the owner of a record reads, by the description."""
    ids = {"{record}": user.record, "{application}": user.application, "{place}": "0"}
    found = []
    for path, methods in api["paths"].items():
        if {"owner": []} in methods.get("get", {}).get("security", ()):
            for name, value in ids.items():
                path = path.replace(name, value)  # noqa: PLW2901  filled in step by step
            found.append(path)
    return found


async def read(http: httpx.AsyncClient, user: User, path: str) -> list[str]:
    """Read as *user*; return what is wrong with the answer."""
    answer = await http.get(path, headers={"Authorization": f"Bearer {user.key}"})
    wrong = [f"{path} told {user.canary} of another"] if others_in(answer.content, user) else []
    has_own = user.canary.encode() in answer.content
    own_expected = path.endswith((f"/{user.record}", "/consents"))
    if answer.status_code not in (200, 404) or (own_expected and not has_own):
        wrong.append(f"{path} answered {user.canary} with {answer.status_code}")
    return wrong


async def show_and_look(http: httpx.AsyncClient, user: User, reviewer: str) -> list[str]:
    """Show a paper as *user* and look at it as a reviewer; return what is wrong with it."""
    path = f"/applications/{user.application}/documents"
    headers = {"Authorization": f"Bearer {user.key}", "Content-Type": "image/png"}
    shown = await http.post(path, content=slowly(user.paper), headers=headers)
    if shown.status_code != 201:
        return [f"{user.canary} cannot show a paper: {shown.status_code}"]
    place = shown.json()["index"]
    looking = {"Authorization": f"Bearer {reviewer}"}
    seen = await http.get(f"{path}/{place}", headers=looking)
    return [] if seen.content == user.paper else [f"the paper of {user.canary} is another's"]


async def slowly(paper: bytes) -> Any:  # noqa: ANN401  an asynchronous generator
    """Yield *paper* in pieces, so that uploads overlap."""
    for start in range(0, len(paper), 65_536):
        yield paper[start : start + 65_536]
        await asyncio.sleep(0)


def others_in(content: bytes, user: User) -> bool:
    """Whether anybody else's canary is in *content*."""
    return any(canary in content for canary in user.other)


async def all_at_once(town: "Town", crowd: list[User]) -> list[str]:
    """Let everybody do everything at the same time; return what went wrong."""
    api, reviewer = town.must(None, "GET", "/openapi.json"), town.bearer("reviewer1")
    limits = httpx.Limits(max_connections=30)
    async with httpx.AsyncClient(base_url=town.http.base_url, limits=limits, timeout=60) as http:
        acts = [
            act
            for _ in range(ROUNDS)
            for user in crowd
            for act in (
                *(read(http, user, path) for path in reading(api, user)),
                show_and_look(http, user, reviewer),
            )
        ]
        return [wrong for found in await asyncio.gather(*acts) for wrong in found]


def test_thirty_at_once_see_each_their_own(town: "Town") -> None:
    """No answer and no paper ends up with anybody else, however acts interleave."""
    crowd = users(town)
    api = town.must(None, "GET", "/openapi.json")

    assert len(reading(api, crowd[0])) >= 4
    assert asyncio.run(all_at_once(town, crowd)) == []


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator[Any]:
    """Lend a nursery whose cities have an interface at fault."""
    script = str(Path(__file__).with_name("faithless_doors.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def test_a_city_that_mixes_up_papers_is_noticed(
    open_town: "Callable[..., Town]", faithless: "Nursery"
) -> None:
    """A buffer that two uploads share shows as one person's paper in another's place."""
    town = open_town({"faithless": "shares_a_buffer"}, nursery=faithless)
    wrong = asyncio.run(all_at_once(town, users(town)))

    assert [each for each in wrong if "is another's" in each] != []
