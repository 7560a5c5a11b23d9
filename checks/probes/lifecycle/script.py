"""
A stand-alone program that replays a story with nothing but httpx.

It holds no value of any applicant: its people are made up anew, from a seed,
when it runs, and what the target gave out is read from its answers.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from idaudit.checks.probes.lifecycle.world import Deed, World
from idaudit.checks.redaction import SHORTEST
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.targets.replaying import ANY_WAY
from idaudit.fixtures.targets.target import Actor, Exchange, Operation, Role

_OURS = frozenset(
    {
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "user-agent",
        "authorization",
        "content-length",
    }
)
_SHORTEST_ID, _SHORTEST_VALUE = 8, 2
_BY_HAND = {
    Operation.CRASH: "Kill the system, as by a power cut.",
    Operation.RESTART: "Start the system again on the same data; say where it answers now.",
}
_HEAD = '''
"""{story}"""

import json
import random
import sys

import httpx

SEED = {seed}
SECRETS = json.load(open(sys.argv[2]))  # who acts -> what lets them in
http = httpx.Client(base_url=sys.argv[1], trust_env=False)


def person(number):
    """Make somebody up."""
    chance = random.Random(f"{{SEED}}/{{number}}")
    tail = "".join(chance.choices("bcdfgklmnprst", k=10))
    return {{
        "given_name": f"Ana {{tail}}",
        "surname": f"Example {{tail}}",
        "born": f"19{{chance.randint(60, 99)}}-0{{chance.randint(1, 9)}}-1{{chance.randint(0, 9)}}",
        "street": f"{{chance.randint(1, 99)}} Example {{tail}} Row",
        "city": "Exampleton",
        "postcode": "10001",
        "email": f"{{tail}}@example.org",
        "phone": f"+1 212 555 01{{chance.randint(10, 99)}}",
    }}


def paper(of):
    """Make a paper up."""
    return b"%PDF-1.7\\n% " + of["surname"].encode()
{signing_in}

def ask(who, method, path, **more):
    """Ask as somebody; return the answer."""
    key = bearer(who)
    headers = more.pop("headers", {{}}) | ({{"Authorization": f"Bearer {{key}}"}} if key else {{}})
    answer = http.request(method, path, headers=headers, **more)
    print(answer.status_code, who, method, path)
    return answer


def by_hand(what):
    """Let the reader do what no request does."""
    where = input(f"{{what}} [address, or Enter] ")
    if where:
        http.base_url = where


{people}
'''


def script_of(world: World, reason: str, sentence: str) -> str:
    """Return a program that does what was done in *world*, and looks where it was seen."""
    writer = _Writer(world.cast)
    done = [line for deed in world.told.deeds for line in writer.lines(deed)]
    seen = [line for deed in world.looked for line in writer.lines(deed)]
    seed = world.aside.mint.key("lifecycle").hex()[:8]
    head = _HEAD.format(
        story="\n".join([*world.told.story, sentence]),
        seed=int(seed, 16),
        signing_in=getattr(world.told.inner, "signing_in", ANY_WAY),
        people="\n".join(f"p{each.index} = person({each.index})" for each in world.cast),
    )
    last = f"same = {writer.latest}.status_code == {writer.status}"
    end = f'print({reason!r}, "seen again" if same else "not seen")\nsys.exit(1 if same else 0)'
    looks = "# What shows it:"
    return "\n".join([head.strip(), "", *done, "", looks, *seen, last, end, ""])


class _Writer:
    """Turns deeds into lines of Python, and values into the names they go by."""

    def __init__(self, cast: Sequence[Applicant]) -> None:
        """Know the values of everybody in *cast*."""
        self.latest, self.status = "", 0
        self._count = 0
        self._names: dict[str, str] = {}
        for each in cast:
            for name, value in each.record().items():
                if value and len(value) >= _SHORTEST_VALUE:
                    self._names.setdefault(value, f'p{each.index}["{name}"]')

    def lines(self, deed: Deed) -> list[str]:
        """Return the lines that do *deed* again."""
        if deed.operation in _BY_HAND:
            return [f"by_hand({_BY_HAND[deed.operation]!r})"]
        return [
            line
            for exchange in deed.outcome.exchanges
            for line in (self._asking(deed, exchange), *self._learning(deed, exchange))
        ]

    def _asking(self, deed: Deed, exchange: Exchange) -> str:
        self._count += 1
        self.latest, self.status = f"a{self._count}", exchange.status
        words = [repr(_who(deed)), repr(exchange.method), self._path(exchange.path)]
        words += self._body(deed, exchange)
        return f"{self.latest} = ask({', '.join(words)})"

    def _learning(self, deed: Deed, exchange: Exchange) -> list[str]:
        """Remember what the target gave out, and who it was given to."""
        answer = _object(exchange.body)
        if not deed.outcome.allowed:
            return []
        for name, value in answer.items():
            if isinstance(value, str) and len(value) >= _SHORTEST_ID:
                self._names.setdefault(value, f'{self.latest}.json()["{name}"]')
        if deed.operation is not Operation.OPEN_APPLICATION:
            return []
        owner = f"applicant {deed.arguments['applicant'].index}"
        return [f"learn({owner!r}, {self.latest}.json())"]

    def _path(self, path: str) -> str:
        known = sorted((each for each in self._names if each in path), key=len, reverse=True)
        for each in known:
            path = path.replace(each, "{" + self._names[each].replace('"', "'") + "}")
        return f'f"{path}"' if known else repr(path)

    def _body(self, deed: Deed, exchange: Exchange) -> list[str]:
        headers = {k: v for k, v in exchange.request_headers.items() if k.lower() not in _OURS}
        if not exchange.request_body:
            return []
        if "json" in headers.get("content-type", ""):
            return [f"json={self._said(json.loads(exchange.request_body))}"]
        index = getattr(deed.arguments.get("document"), "canaries", ())
        owner = index[0].applicant if index else 1
        return [f"content=paper(p{owner})", f"headers={headers!r}"]

    def _said(self, value: object) -> str:
        """Return *value* as source, its known parts by name."""
        match value:
            case dict():
                return "{" + ", ".join(f"{k!r}: {self._said(v)}" for k, v in value.items()) + "}"
            case list():
                return "[" + ", ".join(self._said(each) for each in value) + "]"
            case str() if value in self._names:
                return self._names[value]
            case str() if found := self._within(value):
                return self._composed(value, found)
            case _:
                return repr(value)

    def _within(self, text: str) -> list[str]:
        """Return the values that stand within *text*, the longest first."""
        own = (each for each, name in self._names.items() if _tells(name))
        found = (each for each in own if len(each) >= SHORTEST and each in text)
        return sorted(found, key=len, reverse=True)

    def _composed(self, text: str, values: Sequence[str]) -> str:
        """Return *text* as source that puts the made-up *values* in."""
        text = text.replace("{", "{{").replace("}", "}}")
        for each in values:
            text = text.replace(each, "{" + self._names[each].replace('"', "") + "}")
        people = sorted({self._names[each].partition("[")[0] for each in values})
        return f"{text!r}.format({', '.join(f'{each}={each}' for each in people)})"


def _tells(name: str) -> bool:
    """Whether a value is one person's own; a city's name also stands in that of a court."""
    return name.startswith("p") and "city" not in name and "postcode" not in name


def _who(deed: Deed) -> str:
    """Name whoever acts, as the reader's secrets do."""
    by = deed.arguments.get("by")
    if not isinstance(by, Actor):  # a clock moves *by* a while
        return "the controls"
    return "a member of the public" if by.role is Role.PUBLIC else str(by)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
