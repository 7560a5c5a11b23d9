"""Whether a target may be asked in words of one's own: only one that is ours to throw away."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from idaudit.fixtures.targets.door import Door, Front
from idaudit.fixtures.targets.target import Target
from idaudit.threatmodel.errors import Inconclusive


def may_be_asked(target: Target, door: Door) -> None:
    """
    Refuse to ask in odd ways what may not be thrown away, or is not on this machine.

    Raises:
        Inconclusive: the target does not say that it is disposable, or its door
            is not on loopback.

    """
    host = urlsplit(door.url).hostname or ""
    if not target.disposable:
        raise Inconclusive("asks in ways that may do harm; the target is not called disposable")
    if not loopback(host):
        raise Inconclusive(f"asks in ways that may do harm; {host!r} is not on this machine")


def loopback(host: str) -> bool:
    """Whether *host* is this machine, by an address or by the one name that always is."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def front_of(target: Target) -> Front:
    """
    Return where people reach *target* over TLS.

    Raises:
        Inconclusive: it lends no door, or no such address is told.

    """
    door = target.door()
    front = door.front
    if front is None or not front.url.startswith("https://"):
        where = front.url if front else door.url
        raise Inconclusive(
            f"no TLS is offered: people are told to ask at {where}; a target file names the "
            "address over TLS as system.front"
        )
    return front


def why_plain(target: Target) -> str:
    """Return why nobody can ask *target* over TLS, "" if they can."""
    try:
        front_of(target)
    except Inconclusive as error:
        return str(error)
    return ""


def why_shut(target: Target) -> str:
    """Return why nobody may ask *target* in other words than its adapter's, "" if they may."""
    try:
        may_be_asked(target, target.door())
    except Inconclusive as error:
        return str(error)
    return ""
