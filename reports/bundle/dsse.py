"""
The Dead Simple Signing Envelope, version 1, as in-toto uses it.

Written out here because it is a few lines; the libraries that have it bring a
whole supply chain along. An envelope is accepted in the one spelling this
module writes, so that no byte of it can change unseen.
"""

import base64
import json

from idaudit.reports.bundle.keys import Signer, Verifier

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def pae(kind: str, body: bytes) -> bytes:
    """Return what is signed: type and body, each behind its length, so neither runs over."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(body), body)


def enveloped(body: bytes, signer: Signer) -> bytes:
    """Return *body* in a signed envelope, on one line."""
    return _written(body, signer.public.id, signer.sign(pae(PAYLOAD_TYPE, body)))


def opened(line: bytes, verifier: Verifier) -> bytes:
    """Return the body of an envelope; raise :class:`ValueError` saying what is wrong with it."""
    body, key, signature = _parts(line)
    if line != _written(body, key, signature):
        raise ValueError("is spelt otherwise than an envelope of ours")
    if key != verifier.id or not verifier.signed(signature, pae(PAYLOAD_TYPE, body)):
        raise ValueError(f"its signature is not that of the key {verifier.id}")
    return body


def _written(body: bytes, key: str, signature: bytes) -> bytes:
    envelope = {
        "payload": base64.b64encode(body).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": key, "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope, separators=(",", ":")).encode()


def _parts(line: bytes) -> tuple[bytes, str, bytes]:
    """Return body, key id and signature, unchecked."""
    try:
        envelope = json.loads(line)
        (one,) = envelope["signatures"]
        body, signature = (base64.b64decode(text) for text in (envelope["payload"], one["sig"]))
        return body, str(one["keyid"]), signature
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("is no envelope with one signature") from error
