"""What carries a question cannot make it somebody else's, nor an answer lead elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

from idaudit.checks.access.malformed import forms
from idaudit.checks.access.naming import names_of
from idaudit.checks.access.reach import State
from idaudit.checks.access.residents import SETTLING
from idaudit.checks.access.rounds import Street
from idaudit.checks.case import CLERK, PUBLIC, Case
from idaudit.checks.catalogue import Tier, check
from idaudit.checks.knocking import may_be_asked
from idaudit.checks.probes.fuzz.asking import Seen, Voice, asking
from idaudit.checks.probes.fuzz.described import Described, Question, described
from idaudit.checks.probes.fuzz.sockets import host_of, say
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

ELSEWHERE = "elsewhere.example"
"""A host that is nobody's, and that no honest link leads to."""

NAMING: Mapping[str, Mapping[str, str]] = {
    "Host": {"Host": ELSEWHERE},
    "X-Forwarded-Host": {"X-Forwarded-Host": ELSEWHERE, "X-Forwarded-Proto": "https"},
    "Forwarded": {"Forwarded": f"host={ELSEWHERE};proto=https"},
    "X-Original-Host": {"X-Original-Host": ELSEWHERE, "X-Host": ELSEWHERE},
}
"""Where somebody can say which host they think they are asking."""

ANOTHERS_PAGES = ("https://elsewhere.example", "null")
_LINKS = (f"//{ELSEWHERE}", f"//{ELSEWHERE.replace('.', '%2e')}")
_LEADING = ("location", "content-location", "link", "refresh")
_EMPTY = b"0\r\n\r\n"


# -- two requests in one ---------------------------------------------------------------


@check(
    guarantee="least-access",
    counters=("request-hidden-in-another",),
    needs=(Operation.DESCRIBE,),
)
def no_request_hides_in_another(case: Case) -> None:
    """
    A request that says in two ways how long it is never brings two answers.

    Where a proxy believes one of them and the system behind it the other, what
    follows is taken for the beginning of the next person's request.
    """
    url, path = _plainest(case)
    for how, text in doubtful(path, host_of(url)).items():
        said = say(url, text)
        told = f"A request hidden in another's body ({how}) is answered as one of its own."
        case.expect(len(said.statuses) <= 1, "hidden-request-answered", told)
    case.bound("One server was asked, and none that may stand before it.")


def doubtful(path: str, host: str) -> dict[str, bytes]:
    """Return requests for *path* that can be read in two ways, each with one hidden in it."""
    hidden = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    all_of_it, none = len(_EMPTY + hidden), len(hidden)
    first = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n".encode()
    chunked = {
        "a length and chunks": f"Content-Length: {all_of_it}\r\nTransfer-Encoding: chunked",
        "chunks and a length": f"Transfer-Encoding: chunked\r\nContent-Length: {all_of_it}",
        "chunks on a folded line": f"Content-Length: {all_of_it}\r\nTransfer-Encoding:\r\n chunked",
        "chunks before a space": f"Content-Length: {all_of_it}\r\nTransfer-Encoding : chunked",
        "chunks of an unknown kind": f"Content-Length: {all_of_it}\r\nTransfer-Encoding: xchunked",
        "chunks named twice": (
            f"Content-Length: {all_of_it}\r\nTransfer-Encoding: chunked\r\n"
            "Transfer-Encoding: identity"
        ),
    }
    lengths = {
        "two lengths": f"Content-Length: 0\r\nContent-Length: {none}",
        "two lengths in one": f"Content-Length: 0, {none}",
        "a length with a sign": f"Content-Length: +0\r\nContent-Length: {none}",
    }
    made = {how: first + said.encode() + b"\r\n\r\n" + _EMPTY for how, said in chunked.items()}
    made |= {how: first + said.encode() + b"\r\n\r\n" for how, said in lengths.items()}
    return {how: text + hidden for how, text in made.items()}


def _plainest(case: Case) -> tuple[str, str]:
    """
    Return the door's address, and a path at which nothing has to be known to ask.

    Raises:
        Inconclusive: nothing is described that anybody can ask just so.

    """
    door = case.target.door()
    may_be_asked(case.target, door)
    api = case.must(case.target.describe()).fields["openapi"]
    for operation in described(api):
        if operation.method == "GET" and not operation.parts:
            return door.url, operation.question({}).path
    raise Inconclusive("no address is described that can be asked without naming anything")


# -- another host ------------------------------------------------------------------------


@check(
    guarantee="least-access",
    counters=("link-leads-elsewhere",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def no_link_leads_to_a_host_somebody_named(case: Case) -> None:
    """
    Whatever host a request names, no answer sends anybody there, by a redirect or a link.

    Whoever follows such a link brings their badge along, to a host of somebody's choice.
    """
    street = Street.of(case)
    with asking(street.door) as asker:
        for operation, voice, question in _asked(street):
            for said, headers in NAMING.items():
                named = replace(question, headers={**question.headers, **headers})
                seen = asker.ask(operation.label, voice, named)
                told = (
                    f"{operation.label} is asked with another host in {said}, and its answer "
                    "leads there."
                )
                case.expect(not leads_elsewhere(seen), "leads-elsewhere", told)


def _asked(street: Street) -> Iterator[tuple[Described, Voice, Question]]:
    """Return every page of a file, with and without a slash at its end, and every form."""
    file = street.residents.files[State.DECIDED]
    voice = street.of_each((file.owner, PUBLIC))[0]
    for operation in street.reading():
        named = list(names_of(operation, file))
        for names in named or ([] if operation.parts else [{}]):
            question = operation.question(names)
            yield operation, voice, question
            yield operation, voice, replace(question, path=f"{question.path}/")
    for operation, question in forms(street):
        yield from ((operation, voice, question) for voice in street.of_each((CLERK,)))


def leads_elsewhere(seen: Seen) -> bool:
    """Whether an answer sends whoever reads it to the host that only the question named."""
    said = seen.exchange.headers
    headers = any(ELSEWHERE in said.get(name, "") for name in _LEADING)
    body = seen.exchange.body.replace(b"\\/", b"/").decode(errors="replace")
    return headers or any(link in body for link in _LINKS)


# -- another site's page -------------------------------------------------------------------


@check(
    guarantee="own-record-rights",
    counters=("strangers-page-acts",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def no_strangers_page_changes_anything(case: Case) -> None:
    """
    A page of another site, open in the same browser, is let change nothing (CORS).

    A browser asks first whether it may. Leave without credentials is none: no badge
    of the person who sits before the page is sent along then.
    """
    street, nobody = Street.of(case), Voice(CLERK, {})
    writing = [each for each in street.operations if not each.safe]
    if not writing:
        raise Inconclusive("nothing is described that changes anything")
    file = street.residents.files[State.DECIDED]
    with asking(street.door) as asker:
        for operation, origin in product(writing, ANOTHERS_PAGES):
            path = operation.question(next(names_of(operation, file), {})).path
            seen = asker.ask(
                operation.label, nobody, Question("OPTIONS", path, _may(operation, origin))
            )
            whose = "a sandboxed frame" if origin == "null" else "another site"
            told = f"A page of {whose} may ask {operation.label} with the badge of who reads it."
            case.expect(not _let(seen, operation, origin), "strangers-page-may-act", told)


def _may(operation: Described, origin: str) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": operation.method,
        "Access-Control-Request-Headers": "authorization, content-type",
    }


def _let(seen: Seen, operation: Described, origin: str) -> bool:
    said = seen.exchange.headers
    methods = said.get("access-control-allow-methods", "").upper().replace(" ", "").split(",")
    named = said.get("access-control-allow-origin", "") == origin
    credentials = said.get("access-control-allow-credentials", "").lower() == "true"
    return named and credentials and (operation.method in {*methods} or operation.method == "POST")
