"""Badges made at home: what somebody shows who has none, or had one and altered it."""

import base64
import json
from collections.abc import Iterator, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from idaudit.fixtures.targets.door import Badge

_LAST = 4
"""Letters at the end of a badge that whoever compares half of it does not look at."""
_LOGIN = "authorization"
_NOTHING = {"alg": "none", "typ": "JWT"}
_PARTS = 3  # of a JSON Web Token


def forged(badge: Badge) -> Iterator[tuple[str, Badge]]:
    """
    Return what is shown in the place of *badge*, and what it is.

    Wherever a badge is carried, in a header of its own or in cookies, all of it is
    altered at once: what is let in by a part that is still right was not forged.
    """
    carried = dict(badge) or {"Authorization": "Bearer x.y.z"}
    made = {name: _forged_header(name, value) for name, value in carried.items()}
    for words in next(iter(made.values())):
        shown = {name: each.get(words, each["the word null"]) for name, each in made.items()}
        if not any(shown[name] == badge.get(name) for name in shown):
            yield words, shown
    yield "a word and the password that comes with it", {"Authorization": "Basic YWRtaW46YWRtaW4="}


def _forged_header(name: str, value: str) -> Mapping[str, str]:
    """Return each forgery of one header's *value*."""
    if name.lower() == "cookie":
        return _forged_cookies(value)
    if name.lower() != _LOGIN:
        return _forged_token(value)
    scheme, _, token = value.partition(" ")
    made = {**_forged_token(token), **(_other_passwords(token) if scheme == "Basic" else {})}
    return {words: f"{scheme} {each}".strip() for words, each in made.items()}


def _forged_cookies(value: str) -> Mapping[str, str]:
    """Alter every cookie; which of them lets in is the system's to know."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(value)
    except CookieError:
        return _forged_token(value)
    made = {name: _forged_token(each.value) for name, each in jar.items()}
    kinds = next(iter(made.values()), _forged_token(value))
    return {
        words: "; ".join(f"{name}={each.get(words, 'null')}" for name, each in made.items())
        for words in kinds
    }


def _forged_token(token: str) -> Mapping[str, str]:
    claim, dot, signature = token.rpartition(".")
    turned = "".join("0" if letter != "0" else "1" for letter in signature)
    return {
        "an empty badge": "",
        "the word null": "null",
        "the word undefined": "undefined",
        "a badge without a signature": f"{claim}{dot}",
        "a badge with another signature": f"{claim}{dot}{turned}",
        "a badge whose last letters are wrong": f"{token[:-_LAST]}{turned[-_LAST:]}",
        "a badge that signs itself with nothing": _unsigned(
            {"sub": "clerk-1", "role": "administrator"}
        ),
        **_own_claim_unsigned(token),
    }


def _own_claim_unsigned(token: str) -> Mapping[str, str]:
    """Return a badge's own claim with a head that asks for no signature, if it is such a token."""
    parts = token.split(".")
    try:
        claim = json.loads(base64.urlsafe_b64decode(parts[1] + "==")) if len(parts) == _PARTS else 0
    except ValueError:
        return {}
    return {"its own claim, signed with nothing": _unsigned(claim)} if claim else {}


def _unsigned(claim: Any) -> str:  # noqa: ANN401  JSON
    """Return a JSON Web Token of the kind that claims to need no signature (RFC 7519, 6)."""
    parts = [base64.urlsafe_b64encode(json.dumps(each).encode()) for each in (_NOTHING, claim)]
    return ".".join(part.rstrip(b"=").decode() for part in parts) + "."


def _other_passwords(token: str) -> Mapping[str, str]:
    """Return a name with no password, and with itself for one."""
    try:
        user = base64.b64decode(token).partition(b":")[0]
    except ValueError:
        return {}
    return {
        "a name without its password": base64.b64encode(user + b":").decode(),
        "a name that is its own password": base64.b64encode(user + b":" + user).decode(),
    }
