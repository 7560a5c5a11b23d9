"""
A town's register in a hundred lines, which keeps its word wherever an interface can break it.

One generic path leads to many kinds of things, and all of them are counted from one:
person 2 is a secret, centre 2 hangs on the wall. ``faults.py`` has the same register
at fault in one thing each.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECRET = "open-sesame"  # noqa: S105  the town's own, on loopback
FIELDS = ("given_name", "surname", "street", "city", "postcode", "born")
CENTRES = {"1": "North", "2": "Harbour", "3": "Hill", "4": "Mill", "5": "Market"}
LASTS = 900
OPEN, DECIDED = "open", "decided"


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever asks: a member of staff by role, or the owner of one file."""

    role: str = "public"
    person: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=lambda: {"Cache-Control": "no-store"})


@dataclass(slots=True)
class Person:
    """One file."""

    record: dict[str, Any]
    key: str
    state: str = OPEN
    papers: list[bytes] = field(default_factory=list)


NOBODY = Said(404, {"code": "nothing-here"})
UNKNOWN = Said(401, {"code": "who-are-you"})


class Register:
    """The register, over HTTP; what it keeps it keeps in *folder*, one file for each person."""

    def __init__(self, folder: Path, api: Mapping[str, Any]) -> None:
        """Nobody has applied yet."""
        self.folder, self.api = folder, api
        self.now = 0.0
        self.renew()

    def renew(self) -> None:
        """Begin anew."""
        self.people: dict[str, Person] = {}
        self.sessions: dict[str, tuple[str, float]] = {}
        self.given = self.applied = 0
        for each in self.folder.iterdir():
            each.unlink()

    # -- who asks ---------------------------------------------------------------

    def signed(self, claim: str) -> str:
        """Return what only this register can have written under *claim*."""
        return hashlib.sha256(f"{SECRET} {claim}".encode()).hexdigest()[:32]

    def badge_of(self, role: str) -> str:
        """Begin a session."""
        self.given += 1
        claim = f"{role}-{self.given}"
        self.sessions[claim] = role, self.now + LASTS
        return f"{claim}.{self.signed(claim)}"

    def shown(self, headers: Mapping[str, str]) -> str:
        """Return the badge that somebody shows, wherever they carry it."""
        cookie = headers.get("cookie", "").partition("session=")[2].partition(";")[0]
        return headers.get("authorization", "").removeprefix("Bearer ") or cookie

    def who(self, headers: Mapping[str, str]) -> Who | None:
        """Return who shows this; None where nobody is known by it."""
        badge = self.shown(headers)
        claim, _, signature = badge.rpartition(".")
        role, until = self.sessions.get(claim, ("", 0.0))
        if role and self.believes(claim, signature) and self.now < until:
            return Who(role)
        owner = next((n for n, each in self.people.items() if each.key == badge), "")
        return Who("owner", owner) if owner else None

    def believes(self, claim: str, signature: str) -> bool:
        """Whether a badge is one of its own."""
        return signature == self.signed(claim)

    def ends(self, headers: Mapping[str, str]) -> None:
        """End a session."""
        self.sessions.pop(self.shown(headers).rpartition(".")[0], None)

    # -- what is asked ------------------------------------------------------------

    def answer(  # noqa: PLR0911  one for each request
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Said:
        """Answer one request."""
        match method, path.partition("?")[0].strip("/").split("/"):
            case "GET", ["openapi.json"]:
                return Said(200, self.api)
            case "GET", ["items", "centres", place] if place in CENTRES:
                return Said(200, {"name": CENTRES[place]}, {})
            case "POST", ["login"]:
                return self.login(body)
            case "POST", ["clock" | "renew" as control]:
                return self.controlled(control, body)
            case "DELETE", ["session"] if self.who(headers):
                self.ends(headers)
                return Said(204)
            case _, ["items", "people", *rest]:
                who = self.who(headers)
                return self.about_people(who, method, rest, body) if who else UNKNOWN
        return NOBODY

    def controlled(self, control: str, body: bytes) -> Said:
        """Do what an auditor may ask of a copy."""
        if control == "renew":
            self.renew()
        else:
            self.now += json.loads(body)["seconds"]
        return Said(200, {})

    def login(self, body: bytes) -> Said:
        """Let a member of staff in."""
        said = _form(body)
        role = str(said.get("user"))
        if role not in {"clerk", "reviewer"} or said.get("password") != SECRET:
            return UNKNOWN
        badge = self.badge_of(role)
        headers = {"Set-Cookie": f"session={badge}; HttpOnly", "Cache-Control": "no-store"}
        return Said(200, {"token": badge}, headers)

    def about_people(  # noqa: PLR0911  one for each request
        self, who: Who, method: str, rest: list[str], body: bytes
    ) -> Said:
        """Answer what somebody known asks about people."""
        if not rest:
            return self.opened(body) if (method, who.role) == ("POST", "clerk") else NOBODY
        person = self.people.get(rest[0])
        if person is None or not self.may(who, rest[0], person):
            return NOBODY
        match method, rest[1:]:
            case "GET", []:
                return self.shows(person)
            case "DELETE", []:
                return self.ended(rest[0]) if who.role == "owner" else NOBODY
            case "POST", ["papers"] if who.role == "clerk":
                person.papers.append(body)
                return Said(201, {})
            case "GET", ["papers", place] if who.role == "reviewer":
                return _paper(person, place)
            case "POST", ["decision"] if who.role == "reviewer":
                return self.decided(person, _form(body))
        return NOBODY

    def may(self, who: Who, number: str, person: Person) -> bool:
        """Whether somebody has to do with a file: its owner, and staff until it is decided."""
        return who.person == number if who.role == "owner" else person.state == OPEN

    def opened(self, body: bytes) -> Said:
        """Take an application."""
        said = _form(body)
        if wrong := [each for each in FIELDS if not _is_plain(said.get(each))]:
            return self.refused(said, wrong)
        self.given += 1
        self.applied += 1
        number, key = str(self.applied), self.signed(f"key {self.given}")
        self.people[number] = Person(self.kept(said), key)
        self.write(number)
        return Said(201, {"data": {"id": int(number), "key": key}})

    def refused(self, said: Mapping[str, Any], wrong: list[str]) -> Said:
        """Say what is wrong with a form."""
        del said
        return Said(422, {"code": "form", "fields": wrong})

    def kept(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is kept of a form."""
        return {name: said[name] for name in FIELDS}

    def write(self, number: str) -> None:
        """Keep a file."""
        (self.folder / f"{number}.json").write_text(json.dumps(self.people[number].record))

    def shows(self, person: Person) -> Said:
        """Show a file to somebody who may see it."""
        return Said(200, {"data": person.record})

    def decided(self, person: Person, said: Mapping[str, Any]) -> Said:
        """Decide an application; its papers are forgotten."""
        if said.get("state") not in {"approved", "denied"}:
            return Said(422, {"code": "form", "fields": ["state"]})
        person.state, person.papers = DECIDED, []
        return Said(200, {})

    def ended(self, number: str) -> Said:
        """End a file."""
        del self.people[number]
        (self.folder / f"{number}.json").unlink()
        return Said(204)


def _form(body: bytes) -> dict[str, Any]:
    """Return a form; an empty one for whatever is none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= 120


def _paper(person: Person, place: str) -> Said:
    if not place.isdecimal() or int(place) >= len(person.papers):
        return NOBODY
    headers = {"Content-Type": "image/jpeg", "Cache-Control": "no-store"}
    return Said(200, person.papers[int(place)], headers)
