"""The authorities of a private Sigstore instance: who certifies, who logs, who tells the time."""

import hashlib
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
ISSUER = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
ISSUER_V2 = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
Key = ec.EllipticCurvePrivateKey


def new_key() -> Key:
    """Return a key of the one kind used here."""
    return ec.generate_private_key(ec.SECP256R1())


def spki(key: Key) -> bytes:
    """Return the public half as roots of trust hold it."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_id(key: Key) -> bytes:
    """Return what a log is known by."""
    return hashlib.sha256(spki(key)).digest()


def signature(key: Key, data: bytes) -> bytes:
    """Return what *key* signs of *data*."""
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass
class Authority:
    """A certificate authority with a root of its own."""

    name: str
    key: Key = field(default_factory=new_key)
    root: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        """Certify itself, for a day before and after."""
        usage = _usage(key_cert_sign=True)
        self.root = self._signed(
            self._named(self.name, self.key.public_key(), timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(usage, critical=True)
        )

    def stamper(self, key: Key) -> x509.Certificate:
        """Return a certificate for who tells the time."""
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return self._signed(
            self._named("Clock", key.public_key(), timedelta(hours=20))
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(purpose, critical=True)
        )

    def certify(
        self, key: ec.EllipticCurvePublicKey, identity: str, issuer: str, log: Key
    ) -> x509.Certificate:
        """Return a certificate for ten minutes, with the promise of the log *log* to show it."""
        builder = (
            self._named("", key, timedelta(minutes=5))
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False
            )
            .add_extension(x509.SubjectAlternativeName([_general(identity)]), critical=True)
            .add_extension(x509.UnrecognizedExtension(ISSUER, issuer.encode()), critical=False)
            .add_extension(x509.UnrecognizedExtension(ISSUER_V2, _utf8(issuer)), critical=False)
        )
        promise = _promise(self._signed(builder).tbs_certificate_bytes, self.key, log)
        return self._signed(
            builder.add_extension(x509.UnrecognizedExtension(SCT_LIST, promise), critical=False)
        )

    def _named(
        self, name: str, key: ec.EllipticCurvePublicKey, around: timedelta
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC).replace(microsecond=0)
        ours = self.key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(_subject(name))
            .issuer_name(_subject(self.name))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - around)
            .not_valid_after(now + around)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ours), critical=False)
        )

    def _signed(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        return builder.sign(self.key, hashes.SHA256())


def _promise(unsigned: bytes, issuer: Key, log: Key) -> bytes:
    """Return the extension in which the certificate log promises to show a certificate."""
    when = int(datetime.now(UTC).timestamp() * 1000)
    entry = key_id(issuer) + len(unsigned).to_bytes(3, "big") + unsigned
    told = struct.pack("!BBQH", 0, 0, when, 1) + entry + b"\0\0"
    signed = signature(log, told)
    promise = b"\0" + key_id(log) + when.to_bytes(8, "big") + b"\0\0\x04\x03" + _long(signed)
    listed = _long(_long(promise))
    return b"\x04" + (b"" if len(listed) < 0x80 else b"\x81") + bytes([len(listed)]) + listed


def _long(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _utf8(text: str) -> bytes:
    return b"\x0c" + bytes([len(text)]) + text.encode()


def _general(identity: str) -> x509.GeneralName:
    return (
        x509.UniformResourceIdentifier(identity) if "://" in identity else x509.RFC822Name(identity)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
