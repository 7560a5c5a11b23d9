"""
Addresses a sweep is pointed at, what lies behind them, and how they are shown.

An address may carry a login's password. Nothing that is printed or written
carries it on: a place is called by its scheme, host and path alone, and what a
driver says of an address is combed before it is passed on.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from urllib.parse import SplitResult, parse_qsl, unquote, unquote_plus, urlencode, urlsplit

from idaudit.fixtures.surfaces.mariadb import MariadbSurface
from idaudit.fixtures.surfaces.objects import ObjectsSurface
from idaudit.fixtures.surfaces.redis import RedisSurface
from idaudit.fixtures.surfaces.surface import Surface
from idaudit.threatmodel.errors import SetupError, UsageError

EXPECTED = (
    "a path, file:, sqlite:, http: or https:, postgresql:, mysql:, redis:, "
    "or what fsspec can open, such as s3:"
)

_HIDDEN = "***"
_SECRET = ("pass", "pwd", "secret", "token", "key", "sig", "credential")
_CHAIN = re.compile(r"::(?=[a-z][a-z0-9+.-]*://)")  # as fsspec links one store into another
_READ_ONLY = "SET SESSION TRANSACTION READ ONLY"


def shown(place: str) -> str:
    """Return what *place* is called in print: an address without its login and its query."""
    if "://" not in place:
        return place
    return "::".join(map(_shown, _CHAIN.split(place)))


def combed(text: str, places: Iterable[str]) -> str:
    """Return *text* without any secret that one of *places* carries."""
    for place in places:
        text = text.replace(place, shown(place)) if "://" in place else text
        for secret in sorted(_secrets(place), key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
    return text


def store_at(place: str) -> Surface | None:
    """
    Return the store at an address, None where *place* is a path or a page to be fetched.

    Raises:
        UsageError: it is no address, or of no kind we read.

    """
    if "://" not in place:
        return None
    if len(_CHAIN.split(place)) > 1:
        return _objects(place)
    address = parsed(place)
    if address.scheme in {"file", "sqlite", "http", "https"}:
        return None
    if open_ := _OPENERS.get(address.scheme):
        return open_(place, address)
    return _objects(place)


def parsed(place: str) -> SplitResult:
    """
    Return the parts of an address.

    Raises:
        UsageError: it is none, or a sign in its password hides where its host begins.

    """
    try:
        address = urlsplit(place)
        port = address.port
    except ValueError as error:
        raise _no_address(place) from error
    login = address.username is not None
    behind = address.path + address.fragment + (address.query if port else "")
    known = address.scheme in _OPENERS
    if (known and address.fragment) or (not login and "@" in behind and (known or port)):
        raise _no_address(place)
    return address


def _no_address(place: str) -> UsageError:
    """Return a complaint that repeats nothing which could be part of a password."""
    scheme = place.partition("://")[0]
    return UsageError(
        f"{scheme}://: what follows is no address; expected scheme://login:password@host:port/path,"
        " with every sign of login and password that is no letter or digit written as %XX"
    )


def _shown(place: str) -> str:
    if "://" not in place:
        return place
    address = parsed(place)
    return f"{address.scheme}://{address.netloc.rpartition('@')[2]}{address.path}"


def _secrets(place: str) -> Iterator[str]:
    """Yield each secret in an address, as it stands there and as it is meant."""
    for link in _CHAIN.split(place) if "://" in place else ():
        address = urlsplit(link)
        written = {address.password or "", address.netloc.rpartition("@")[0].partition(":")[2]}
        for pair in address.query.split("&"):
            name, _, value = pair.partition("=")
            if any(word in name.lower() for word in _SECRET):
                written |= {value, unquote_plus(value)}
        yield from {each for one in written for each in (one, unquote(one)) if each}


def _postgres(place: str, address: SplitResult) -> Surface:
    """Return a PostgreSQL database, read in a session that cannot write."""
    try:
        module = import_module("idaudit.fixtures.surfaces.postgresql")
        conninfo = import_module("psycopg.conninfo")
    except ImportError as error:
        raise SetupError(
            f'{address.scheme}: {error}; install the driver: pip install "idaudit[postgres]"'
        ) from error
    try:
        words = conninfo.conninfo_to_dict(place)
    except import_module("psycopg").Error:
        raise _no_address(place) from None  # what the driver says repeats the password
    options = f"{words.pop('options', '')} -c default_transaction_read_only=on".strip()
    login = conninfo.make_conninfo(**words, options=options)
    surface: Surface = module.PostgresSurface(shown(place), login, login)
    return surface


def _mariadb(place: str, address: SplitResult) -> Surface:
    """Return a MariaDB or MySQL server, read in a session that cannot write."""
    words = dict(parse_qsl(address.query)) | {"init_command": _READ_ONLY}
    login = address._replace(query=urlencode(words)).geturl()
    return MariadbSurface(shown(place), login, login)


def _redis(place: str, _: SplitResult) -> Surface:
    """Return a Redis server, of which nothing is asked that writes."""
    return RedisSurface(shown(place), place)


def _objects(place: str) -> Surface:
    """Return what fsspec finds at *place*."""
    try:
        known = import_module("fsspec").available_protocols()
    except ImportError as error:
        raise SetupError(
            f'{shown(place)}: {error}; install the readers: pip install "idaudit[stores]"'
        ) from error
    for link in _CHAIN.split(place):
        scheme = link.partition("://")[0]
        if "://" in link and scheme not in known:
            raise UsageError(f"{scheme}://: no such kind of place; expected {EXPECTED}")
    return ObjectsSurface(shown(place), place)


_OPENERS: dict[str, Callable[[str, SplitResult], Surface]] = {
    **dict.fromkeys(("postgresql", "postgres"), _postgres),
    **dict.fromkeys(("mysql", "mariadb"), _mariadb),
    **dict.fromkeys(("redis", "rediss", "unix"), _redis),
}
