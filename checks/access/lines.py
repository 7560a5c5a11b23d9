"""What moves between people and the system moves over TLS, and over nothing weaker."""

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import product
from urllib.parse import urlsplit

from idaudit.checks.case import CLERK, PUBLIC, REVIEWER, Case
from idaudit.checks.catalogue import check
from idaudit.checks.knocking import front_of, why_shut
from idaudit.checks.probes.fuzz.asking import ERROR, Asker, Seen, Voice
from idaudit.checks.probes.fuzz.described import Question, described
from idaudit.checks.probes.fuzz.hello import OLD, TLS_1_2, USUAL, WEAK, Line
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.targets.door import Front
from idaudit.fixtures.targets.target import Operation
from idaudit.fixtures.targets.wire import NO_CERTIFICATES, Wire
from idaudit.threatmodel.errors import Inconclusive, NotOffered, TargetUnreachable

PAGES = 12
"""So many described pages are asked; what all answers carry is seen on the first of them."""

FAULTS: Mapping[int, tuple[str, str]] = {
    9: ("certificate-not-yet-valid", "is not valid yet"),
    10: ("certificate-expired", "has expired"),
    18: ("certificate-not-trusted", "is signed by nobody but itself"),
    62: ("certificate-of-another-name", "is of another name"),
    64: ("certificate-of-another-name", "is of another address"),
}
"""By OpenSSL's number, what is wrong with a certificate whoever is trusted."""

_UNKNOWN = ("certificate-not-trusted", "leads to no authority that is believed")
_MOVED = frozenset({301, 302, 303, 307, 308})
_NEXT_COOKIE = re.compile(r",\s*(?=[\w!#$%&'*+.^`|~-]+=)")  # and not the comma in a date
_TALKED_DOWN = "connection-talked-down"


def line_of(case: Case) -> Line:
    """
    Return where hands are shaken, as they are once whatever the certificate says.

    Raises:
        Inconclusive: not even with whoever believes anything; what is declined then shows nothing.

    """
    line = Line.of(front_of(case.target).url)
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    try:
        line.shakes_hands(anybody)
    except OSError as error:
        raise Inconclusive(f"no hands are shaken over TLS 1.2 or 1.3 ({_told(error)})") from error
    return line


def _told(error: OSError) -> str:
    return error.reason if isinstance(error, ssl.SSLError) and error.reason else str(error)


@check(guarantee="encrypted", counters=(_TALKED_DOWN,), over_tls=True)
def the_certificate_is_the_systems_own(case: Case) -> None:
    """The certificate is valid today, for the name that is asked, by an authority believed here."""
    front, line = front_of(case.target), line_of(case)
    case.target.tell("Somebody opens a line over TLS, as a browser does.")
    reason, fault = _fault(line, front)
    told = f"The certificate {fault}: whoever stands on the line can be anybody."
    case.expect(not reason, reason, told)
    case.bound("Whether the certificate was called back since, nobody was asked.")


def _fault(line: Line, front: Front) -> tuple[str, str]:
    """
    Return what is wrong with the certificate, as a reason and as a sentence; nothing, twice.

    Raises:
        Inconclusive: it may well be right, and nobody told whom to believe.

    """
    try:
        line.shakes_hands(front.trust)
    except ssl.SSLCertVerificationError as error:
        if error.verify_code not in FAULTS and not front.named:
            raise Inconclusive(
                f"this machine does not believe the certificate ({error.verify_message}): where a "
                "private authority gave it out, name that authority's as system.ca"
            ) from error
        return FAULTS.get(error.verify_code, _UNKNOWN)
    except OSError as error:
        raise Inconclusive(f"the handshake ended without a word ({_told(error)})") from error
    return "", ""


@check(guarantee="encrypted", counters=(_TALKED_DOWN,), over_tls=True)
def no_line_is_talked_down_to_an_old_protocol(case: Case) -> None:
    """Whoever offers SSL 3.0, TLS 1.0 or TLS 1.1 and nothing newer is declined (RFC 8996)."""
    line = line_of(case)
    for name, version in OLD.items():
        told = f"Whoever offers {name} and nothing newer is let in: it can be read on the way."
        case.expect(not line.agrees_to(version, USUAL), "old-protocol-accepted", told)


@check(guarantee="encrypted", counters=(_TALKED_DOWN,), over_tls=True)
def no_line_is_talked_down_to_a_weak_suite(case: Case) -> None:
    """Whoever offers only suites without a key, a name or enough bits is declined (RFC 9325)."""
    line = line_of(case)
    for name, suites in WEAK.items():
        told = f"Whoever offers only suites {name} is let in: it can be read on the way."
        case.expect(not line.agrees_to(TLS_1_2, suites), "weak-suite-accepted", told)


# -- over the line -------------------------------------------------------------------------


@contextmanager
def over(front: Front) -> Iterator[Asker]:
    """Lend somebody who asks over TLS, and shows a badge to nobody who is not believed."""
    wire = Wire(front.url, trust=front.trust, public=front.public)
    try:
        yield Asker(wire)
    finally:
        wire.close()


def _pages(case: Case) -> list[str]:
    """Return the described pages at which nothing has to be known to ask, and the description."""
    told = case.must(case.target.describe())
    api = described(told.fields["openapi"])
    plain = [each for each in api if each.method == "GET" and not each.parts]
    pages = [each.path for each in told.exchanges[:1]]
    pages += [each.question({}).path for each in plain]
    if not pages:
        raise Inconclusive("no address is described that can be asked without naming anything")
    return list(dict.fromkeys(pages))[:PAGES]


@check(
    guarantee="encrypted",
    counters=(_TALKED_DOWN,),
    needs=(Operation.DESCRIBE,),
    over_tls=True,
)
def browsers_are_told_to_come_back_over_tls(case: Case) -> None:
    """Answers over TLS tell a browser to ask in no other way from now on (HSTS, RFC 6797)."""
    front, pages = front_of(case.target), _pages(case)
    with over(front) as asker:
        seen = [asker.get(path, Voice(PUBLIC, {})) for path in pages]
    said = [each.exchange.headers.get("strict-transport-security", "") for each in seen]
    told = "No answer over TLS tells a browser to come back over TLS; it may be led to come plain."
    case.expect(any(said), "hsts-missing", told)
    told = "An answer over TLS tells browsers to forget that they should come back over TLS."
    case.expect(all(stays(each) for each in said if each), "hsts-withdrawn", told)


def stays(header: str) -> bool:
    """Whether a header tells to stay for any time at all, in a way that browsers read."""
    pairs = [each.partition("=") for each in header.partition(",")[0].lower().split(";")]
    ages = [value.strip().strip('"') for name, _, value in pairs if name.strip() == "max-age"]
    return len(ages) == 1 and ages[0].isdecimal() and int(ages[0]) > 0


@check(
    guarantee="encrypted",
    counters=(_TALKED_DOWN,),
    needs=(Operation.DESCRIBE,),
    over_tls=True,
)
def every_cookie_that_knows_somebody_stays_on_tls(case: Case) -> None:
    """
    A cookie by which visitors are told apart is never sent over a plain line: it is Secure.

    One that is the same for everybody, such as a language, tells nothing to whoever reads it.
    """
    front, pages = front_of(case.target), _pages(case)
    with over(front) as asker:
        for voice, path in product(_visitors(case), pages):
            first, second = (cookies_in(asker.get(path, voice)) for _ in range(2))
            bare = [name for name, (_, secure) in first.items() if not secure]
            knows = [name for name in bare if second.get(name, first[name]) != first[name]]
            told = f"A cookie that tells {voice} from others may be sent over a plain line."
            case.expect(not knows, "cookie-without-secure", told)


def _visitors(case: Case) -> Iterator[Voice]:
    """Return the public and who works there, as far as they have a way in of their own."""
    door = case.target.door()
    yield Voice(PUBLIC, {})
    for actor in (CLERK, REVIEWER):
        with suppress(NotOffered):
            yield Voice(actor, door.badge(actor))


def cookies_in(seen: Seen) -> dict[str, tuple[str, bool]]:
    """Return what cookies an answer sets: the value of each, and whether it is Secure."""
    found = {}
    for said in _NEXT_COOKIE.split(seen.exchange.headers.get("set-cookie", "")):
        pair, *more = said.split(";")
        name, _, value = pair.partition("=")
        if name.strip():
            found[name.strip()] = (value, "secure" in {each.strip().lower() for each in more})
    return found


# -- beside the line -----------------------------------------------------------------------


@check(
    guarantee="encrypted",
    counters=(_TALKED_DOWN,),
    needs=(Operation.DESCRIBE,),
    over_tls=True,
)
def nothing_is_answered_in_the_clear(case: Case) -> None:
    """
    Whoever asks without TLS is declined, or sent to ask with it; nothing else is answered.

    It is asked where TLS is spoken, and at the plain address where one is told.
    """
    front, pages = front_of(case.target), _pages(case)
    line_of(case)  # where nobody is, nobody declines
    mark = case.mint.canary(case.applicant().index, Field.UNASKED).text
    same = urlsplit(front.url)._replace(scheme="http").geturl()
    questions = [Question("GET", path, {}) for path in pages]
    if not why_shut(case.target):
        form = b'{"note": "' + mark.encode() + b'"}'
        questions.append(Question("POST", pages[0], {"Content-Type": "application/json"}, form))
    for url in filter(None, (same, front.plain)):
        for said in _asked_plainly(url, questions, public=front.public):
            reason, told = _wrong(said, mark) if said else ("", "")
            case.expect(not reason, reason, told)
    if not front.plain:
        case.bound("No plain address is told (system.plain): only the port of TLS was asked.")


def _asked_plainly(url: str, questions: list[Question], *, public: bool) -> Iterator[Seen | None]:
    """Ask in the clear until nobody answers, as is best: None then."""
    wire = Wire(url, trust=NO_CERTIFICATES, public=public)
    try:
        for question in questions:
            yield Asker(wire).ask(question.path, Voice(PUBLIC, {}), question)
    except TargetUnreachable:
        yield None
    finally:
        wire.close()


def _wrong(said: Seen, mark: str) -> tuple[str, str]:
    """Return what is wrong with an answer in the clear, as a reason and as a sentence."""
    moved, asked = said.status in _MOVED, said.question.method
    if not (moved or said.status >= ERROR):
        told = f"{asked} over plain HTTP is answered with {said.status}, as if over TLS."
        return "plain-http-answered", told
    if moved and not said.exchange.headers.get("location", "").lower().startswith("https://"):
        return "plain-http-goes-on", "Whoever asks over plain HTTP is sent on, and not to TLS."
    if "set-cookie" in said.exchange.headers:
        told = "An answer over plain HTTP sets a cookie, which anybody on the line can read."
        return "plain-http-sets-cookie", told
    if mark.encode() in said.exchange.body:
        return "plain-http-repeats", "An answer over plain HTTP repeats what was sent in a form."
    return "", ""
