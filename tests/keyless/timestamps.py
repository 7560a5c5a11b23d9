"""A timestamp authority (RFC 3161), as small as the real client accepts: its answers, in DER."""

import hashlib
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import decode_timestamp_response

_OIDS = {
    "signed-data": "2a864886f70d010702",
    "tst-info": "2a864886f70d0109100104",
    "content-type": "2a864886f70d010903",
    "message-digest": "2a864886f70d010904",
    "sha256": "608648016503040201",
    "ecdsa-with-sha256": "2a8648ce3d040302",
    "policy": "2b060104018237",
}


def stamped(
    request: bytes, key: ec.EllipticCurvePrivateKey, holder: x509.Certificate, when: datetime
) -> bytes:
    """Return the answer to *request*: that the digest in it was there at *when*."""
    algorithm, imprint, nonce = _asked(request)
    told = _seq(
        _int(1),
        _oid("policy"),
        _seq(_seq(algorithm), _der(0x04, imprint)),
        _int(7),
        _der(0x18, when.strftime("%Y%m%d%H%M%SZ").encode()),
        nonce,
    )
    attributes = _attribute("content-type", _oid("tst-info")) + _attribute(
        "message-digest", _der(0x04, hashlib.sha256(told).digest())
    )
    signature = key.sign(_der(0x31, attributes), ec.ECDSA(hashes.SHA256()))
    signer = _seq(
        _int(1),
        _seq(holder.issuer.public_bytes(), _int(holder.serial_number)),
        _seq(_oid("sha256")),
        _der(0xA0, attributes),
        _seq(_oid("ecdsa-with-sha256")),
        _der(0x04, signature),
    )
    signed = _seq(
        _int(3),
        _der(0x31, _seq(_oid("sha256"))),
        _seq(_oid("tst-info"), _der(0xA0, _der(0x04, told))),
        _der(0xA0, holder.public_bytes(Encoding.DER)),
        _der(0x31, signer),
    )
    answer = _seq(_seq(_int(0)), _seq(_oid("signed-data"), _der(0xA0, signed)))
    decode_timestamp_response(answer)  # what the client cannot read is this file's fault
    return answer


def _asked(request: bytes) -> tuple[bytes, bytes, bytes]:
    """Return algorithm, digest and nonce of a query, the first and the last in DER."""
    _, whole, _ = _taken(request)
    _, _, rest = _taken(whole)  # its version
    _, imprint, rest = _taken(rest)
    _, algorithm, digest = _taken(imprint)
    oid = _taken(algorithm)[1]
    nonce = b""
    while rest:
        tag, value, rest = _taken(rest)
        nonce = _der(tag, value) if tag == 0x02 else nonce
    return _der(0x06, oid), _taken(digest)[1], nonce


def _taken(data: bytes) -> tuple[int, bytes, bytes]:
    """Return tag and value of the first element, and what follows it."""
    size, start = data[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[2:start], "big")
    return data[0], data[start : start + size], data[start + size :]


def _der(tag: int, value: bytes) -> bytes:
    if len(value) < 0x80:
        return bytes([tag, len(value)]) + value
    size = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + value


def _seq(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _int(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _oid(name: str) -> bytes:
    return _der(0x06, bytes.fromhex(_OIDS[name]))


def _attribute(name: str, value: bytes) -> bytes:
    return _seq(_oid(name), _der(0x31, value))
