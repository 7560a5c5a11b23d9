"""
Checking a signed account oneself: whether it is signed, and whether for all of it.

A signature that holds proves what was signed and no more. So the account is
changed in each way that would hide something, and must then be proved no longer.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from idaudit.threatmodel.errors import Inconclusive

Account = Mapping[str, Any]
_BEGINNING = "0" * 64
_PSS = padding.PSS(padding.MGF1(SHA256()), padding.PSS.AUTO)


@dataclass(frozen=True, slots=True)
class Statement:
    """Accounts as they were handed out, with what is signed of them."""

    accounts: tuple[Account, ...]
    texts: tuple[str, ...]
    signatures: tuple[str, ...]
    each: bool = False  # one text for each account, or one for all

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> "Statement":
        """Take a statement from what a target's answer carried."""
        each = not isinstance(fields["signed"], str)
        texts = tuple(fields["signed"]) if each else (fields["signed"],)
        signatures = tuple(fields["signature"]) if each else (fields["signature"],)
        return cls(tuple(fields["accounts"]), texts, signatures, each)


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key, and how signatures are made with the other half of it."""

    algorithm: str
    key: str  # a SubjectPublicKeyInfo (DER) in hex

    def accepts(self, text: str, signature: str) -> bool:
        """
        Whether *signature* is this key's over *text*.

        Raises:
            Inconclusive: the key is none, or its kind not one that is known here.

        """
        try:
            key = load_der_public_key(bytes.fromhex(self.key))
        except ValueError as error:
            raise Inconclusive(f"the published key cannot be read: {error}") from error
        try:
            signed = bytes.fromhex(signature)
            match key, self.algorithm:
                case Ed25519PublicKey(), "Ed25519":
                    key.verify(signed, text.encode())
                case EllipticCurvePublicKey(), "ECDSA-SHA256":
                    key.verify(signed, text.encode(), ECDSA(SHA256()))
                case RSAPublicKey(), "RSA-PSS-SHA256":
                    key.verify(signed, text.encode(), _PSS, SHA256())
                case _:
                    raise Inconclusive(f"no signature {self.algorithm!r} with such a key is known")
        except (InvalidSignature, ValueError):
            return False
        return True


def proved(statement: Statement, verifier: Verifier) -> bool:
    """Whether these accounts, all of them and in this order, are what was signed."""
    if len(statement.texts) != len(statement.signatures):
        return False
    pairs = zip(statement.texts, statement.signatures, strict=True)
    return binds(statement) and all(verifier.accepts(*pair) for pair in pairs)


def binds(statement: Statement) -> bool:
    """Whether the signed texts say these accounts and no others."""
    try:
        said = [json.loads(text) for text in statement.texts]
    except ValueError:
        return False
    if not all(isinstance(each, dict) for each in said):
        return False
    if statement.each:
        return [each.get("account") for each in said] == list(statement.accounts)
    (whole,) = said
    if "accounts" in whole:
        return bool(whole["accounts"] == list(statement.accounts))
    return bool(whole.get("digest") == digest_of(statement.accounts))


def digest_of(accounts: Sequence[Account]) -> str:
    """Return what the chain of *accounts* ends in."""
    digest = _BEGINNING
    for account in accounts:
        link = json.dumps([digest, account], sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(link.encode()).hexdigest()
    return digest


# -- tampering ---------------------------------------------------------------------


def edited(statement: Statement) -> Statement:
    """Let an account in the middle tell another outcome."""
    at = len(statement.accounts) // 2
    account = statement.accounts[at]
    other = {**account, "outcome": "failed" if account["outcome"] == "done" else "done"}
    accounts = (*statement.accounts[:at], other, *statement.accounts[at + 1 :])
    return replace(statement, accounts=accounts)


def dropped(statement: Statement) -> Statement:
    """Leave out the first account."""
    return _of(statement, range(1, len(statement.accounts)))


def swapped(statement: Statement) -> Statement:
    """Let the first account change places with the last."""
    last = len(statement.accounts) - 1
    return _of(statement, (last, *range(1, last), 0))


def cut_short(statement: Statement) -> Statement:
    """Leave out the last account."""
    return _of(statement, range(len(statement.accounts) - 1))


TAMPERINGS: Mapping[str, Callable[[Statement], Statement]] = {
    "edited": edited,
    "dropped": dropped,
    "swapped": swapped,
    "cut-short": cut_short,
}
"""What whoever hides something would do with accounts that somebody else has signed."""


def _of(statement: Statement, places: Sequence[int]) -> Statement:
    """Return the accounts at *places*, each with its signature if it has one of its own."""
    accounts = tuple(statement.accounts[at] for at in places)
    if not statement.each:
        return replace(statement, accounts=accounts)
    texts = tuple(statement.texts[at] for at in places)
    signatures = tuple(statement.signatures[at] for at in places)
    return replace(statement, accounts=accounts, texts=texts, signatures=signatures)
