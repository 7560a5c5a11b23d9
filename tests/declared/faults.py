"""The same register with one fault each, as somebody would make it."""

import json
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from people_register import FIELDS, NOBODY, Person, Register, Said, Who


class AnyKeyOpensAnyFile(Register):
    """Whoever has a key is let in to whatever number stands in the address."""

    def may(self, who: Who, number: str, person: Person) -> bool:
        """Look only whether there is a key."""
        return who.role == "owner" or super().may(who, number, person)


class ClaimsAreBelieved(Register):
    """The badge is taken apart, and its signature never looked at."""

    def believes(self, claim: str, signature: str) -> bool:
        """Believe it."""
        del signature
        return claim in self.sessions


class KeepsWhateverComes(Register):
    """The whole form goes into the store; that there is a list of fields was forgotten."""

    def kept(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Keep it as it came."""
        return dict(said)


class SiblingLeftOpen(Register):
    """The address for a spreadsheet was added later, and asks nobody who they are."""

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        """Serve the sheet."""
        match method, path.strip("/").split("/"):
            case "GET", ["items", "people", name] if name.endswith(".csv"):
                person = self.people.get(name.removesuffix(".csv"))
                return Said(200, ",".join(person.record.values()).encode()) if person else NOBODY
        return super().answer(method, path, headers, body)


class SessionOutlivesLogOut(Register):
    """Logging out forgets the badge in the browser, and nowhere else."""

    def ends(self, headers: Mapping[str, str]) -> None:
        """Say that it is done."""


class SessionNeverLapses(Register):
    """The time of a session is written down, and not compared."""

    def badge_of(self, role: str) -> str:
        """Let it last."""
        badge = super().badge_of(role)
        claim = badge.rpartition(".")[0]
        self.sessions[claim] = role, float("inf")
        return badge


class EndedIsAMark(Register):
    """A record that ended is marked, and shown with its mark to whoever decides."""

    def ended(self, number: str) -> Said:
        """Mark it."""
        self.people[number].record["ended"] = "yes"
        return Said(204)

    def may(self, who: Who, number: str, person: Person) -> bool:
        """Let a reviewer look up who is gone."""
        return super().may(who, number, person) or (
            who.role == "reviewer" and "ended" in person.record
        )


class RefusalTells(Register):
    """Somebody else's file is forbidden, and one that is not there is not found."""

    def about_people(self, who: Who, method: str, rest: list[str], body: bytes) -> Said:
        """Tell them apart."""
        if rest and rest[0] in self.people and not self.may(who, rest[0], self.people[rest[0]]):
            return Said(403, {"code": "not-yours"})
        return super().about_people(who, method, rest, body)


class RepeatsTheForm(Register):
    """What is wrong with a form is told with the form."""

    def refused(self, said: Mapping[str, Any], wrong: list[str]) -> Said:
        """Help too much."""
        return Said(422, {"code": "form", "fields": wrong, "sent": dict(said)})


class ShowsItsTrace(Register):
    """A form that is none makes it fail, and the failure is shown."""

    def refused(self, said: Mapping[str, Any], wrong: list[str]) -> Said:
        """Fail."""
        del wrong
        try:
            return Said(200, {name: said[name] for name in FIELDS} | {"born": said[""]})
        except KeyError:
            return Said(500, {"detail": traceback.format_exc()})


class PaperStaysServed(Register):
    """The paper of a decided application lies where it lay."""

    def decided(self, person: Person, said: Mapping[str, Any]) -> Said:
        """Decide, and forget nothing."""
        papers = person.papers
        answer = super().decided(person, said)
        person.papers = papers
        return answer

    def may(self, who: Who, number: str, person: Person) -> bool:
        """Let the reviewer look again."""
        return super().may(who, number, person) or (who.role == "reviewer" and bool(person.papers))


class NamedInAHeader(Register):
    """A header for the desk's printer says whose file it is."""

    def shows(self, person: Person) -> Said:
        """Name them."""
        said = super().shows(person)
        name = json.dumps(person.record.get("surname", ""))
        return Said(said.status, said.body, {**said.headers, "X-Slip": name})


class LeftToCaches(Register):
    """To be quick, a file may be kept for a minute by whoever is on the way."""

    def shows(self, person: Person) -> Said:
        """Allow it."""
        said = super().shows(person)
        return Said(said.status, said.body, {"Cache-Control": "public, max-age=60"})


class StrangersPageLetIn(Register):
    """Any page may read the answers, with whatever its reader is signed in by."""

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        """Name whoever asks."""
        said = super().answer(method, path, headers, body)
        if "origin" not in headers:
            return said
        more = {
            "Access-Control-Allow-Origin": headers["origin"],
            "Access-Control-Allow-Credentials": "true",
        }
        return Said(said.status, said.body, {**said.headers, **more})


class UndescribedMethod(Register):
    """A framework writes by PUT wherever it reads by GET, and nobody wrote that down."""

    def about_people(self, who: Who, method: str, rest: list[str], body: bytes) -> Said:
        """Write."""
        if method == "PUT" and rest and rest[0] in self.people:
            return Said(200, {"code": "written"})
        return super().about_people(who, method, rest, body)


class AnybodyEnds(Register):
    """Whoever is known may end a file."""

    def about_people(self, who: Who, method: str, rest: list[str], body: bytes) -> Said:
        """Do not ask whose it is."""
        if method == "DELETE" and len(rest) == 1 and rest[0] in self.people:
            return self.ended(rest[0])
        return super().about_people(who, method, rest, body)


class HistoryKeepsTheEnded(Register):
    """What was ever written stays in a history, which whoever decides may page through."""

    def __init__(self, folder: Path, api: Mapping[str, Any]) -> None:
        """Nothing was written yet."""
        self.history: list[Mapping[str, Any]] = []
        super().__init__(folder, api)

    def write(self, number: str) -> None:
        """Keep what is written twice."""
        super().write(number)
        self.history.append(dict(self.people[number].record))

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        """Show as much of it as is asked for, or all."""
        plain, _, query = path.partition("?")
        who = self.who(headers)
        if (method, plain) != ("GET", "/items/people/history") or who is None:
            return super().answer(method, path, headers, body)
        most = int(query.partition("limit=")[2] or len(self.history))
        return Said(200, {"data": self.history[:most]}) if who.role == "reviewer" else NOBODY
