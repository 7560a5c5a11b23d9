"""The proof of accounts can fail: tampering is seen, in whatever shape they are signed."""

import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from idaudit.checks.probes.signed import (
    TAMPERINGS,
    Account,
    Statement,
    Verifier,
    digest_of,
    proved,
)
from idaudit.checks.retention.accounts import adds_up, tokens, total, traces_of, unfinished
from idaudit.threatmodel.errors import Inconclusive

Sign = Callable[[str], str]
ONE = {"before": 1, "destroyed": 1, "held": 0, "after": 0}


def account(run: int, outcome: str = "done", **toll: int) -> Account:
    """Return one account."""
    return {"run": run, "cause": "owner", "outcome": outcome, "records": ONE | toll, "papers": None}


THREE = (account(1), account(2, "failed", destroyed=0, after=1), account(3))


def in_hex(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    """Return the public half of *key* as it is published."""
    shape = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(*shape).hex()


def edwards() -> tuple[Verifier, Sign]:
    """Return a key on Edwards's curve, and a way to sign with it."""
    key = Ed25519PrivateKey.generate()
    return Verifier("Ed25519", in_hex(key)), lambda text: key.sign(text.encode()).hex()


def nists() -> tuple[Verifier, Sign]:
    """Return a key on NIST's curve, likewise."""
    key, how = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(SHA256())
    return Verifier("ECDSA-SHA256", in_hex(key)), lambda text: key.sign(text.encode(), how).hex()


def rivests() -> tuple[Verifier, Sign]:
    """Return an RSA key, likewise."""
    key = rsa.generate_private_key(65537, 2048)
    pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.MAX_LENGTH)
    signed = lambda text: key.sign(text.encode(), pss, SHA256()).hex()  # noqa: E731  like its neighbours
    return Verifier("RSA-PSS-SHA256", in_hex(key)), signed


def by_digest(sign: Sign) -> Statement:
    """Sign the digest of all accounts."""
    text = json.dumps({"lines": 3, "digest": digest_of(THREE)})
    return Statement(THREE, (text,), (sign(text),))


def by_list(sign: Sign) -> Statement:
    """Sign the list itself."""
    text = json.dumps({"accounts": THREE})
    return Statement.read({"accounts": list(THREE), "signed": text, "signature": sign(text)})


def one_by_one(sign: Sign) -> Statement:
    """Sign each account by itself."""
    texts = [json.dumps({"account": each}) for each in THREE]
    signatures = [sign(text) for text in texts]
    return Statement.read({"accounts": list(THREE), "signed": texts, "signature": signatures})


@pytest.mark.parametrize("kind", [edwards, nists, rivests])
@pytest.mark.parametrize("shape", [by_digest, by_list])
def test_what_is_signed_as_a_whole_bears_no_tampering(
    kind: Callable[[], tuple[Verifier, Sign]], shape: Callable[[Sign], Statement]
) -> None:
    """As signed it is proved; edited, dropped, swapped or cut short it no longer is."""
    verifier, sign = kind()
    said = shape(sign)

    assert proved(said, verifier)
    assert not [name for name, tamper in TAMPERINGS.items() if proved(tamper(said), verifier)]
    assert not proved(said, kind()[0])  # another's key


def test_what_is_signed_one_by_one_can_be_left_out() -> None:
    """An edit shows there; a drop, a swap and a cut do not, which is why it is no proof."""
    verifier, sign = edwards()
    said = one_by_one(sign)

    passing = [name for name, tamper in TAMPERINGS.items() if proved(tamper(said), verifier)]
    assert proved(said, verifier)
    assert passing == ["dropped", "swapped", "cut-short"]


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"runs": 3}', '{"digest": "0"}'])
def test_a_signature_over_something_else_proves_nothing(text: str) -> None:
    """What is signed has to say these accounts."""
    verifier, sign = edwards()

    assert not proved(Statement(THREE, (text,), (sign(text),)), verifier)


def test_a_key_that_is_none_is_inconclusive() -> None:
    """A target whose key cannot be read is not thereby caught."""
    _, sign = edwards()

    with pytest.raises(Inconclusive, match="key cannot be read"):
        proved(by_digest(sign), Verifier("Ed25519", "00"))
    with pytest.raises(Inconclusive, match="'Dilithium'"):
        proved(by_digest(sign), Verifier("Dilithium", edwards()[0].key))


def test_numbers_are_added_up_over_ended_runs_only() -> None:
    """A run that has begun counts for nothing, and is told apart where no end follows."""
    begun = account(4, "begun", destroyed=0, after=1)
    told = (*THREE, begun, account(5, "begun"), account(5))

    assert total(told, "records", "destroyed") == 3
    assert unfinished(told) == [begun]
    assert all(map(adds_up, told))
    assert not adds_up(account(6, held=1))


def test_a_digest_of_a_name_is_a_trace_of_it() -> None:
    """Hex and base64 of the common digests are traces; a number of the account is no token."""
    traces = traces_of(["Zyzzyvane", ""])

    assert "Zyzzyvane" in traces
    assert "a" not in traces
    assert len(traces) > 20
    assert not tokens(THREE)
    assert tokens([{**THREE[0], "mark": "0123456789abcdef"}]) == {"0123456789abcdef"}
