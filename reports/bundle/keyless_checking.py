"""
Checking who signed a bundle, offline: by Sigstore's own verifier and a root of trust.

Imported only where it is needed, for the library is an extra.
"""

import json
import logging
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat import asn1
from cryptography.x509 import (
    Certificate,
    ExtensionNotFound,
    ObjectIdentifier,
    RFC822Name,
    SubjectAlternativeName,
    UniformResourceIdentifier,
    UnrecognizedExtension,
)
from sigstore.models import Bundle, ClientTrustConfig, TrustedRoot
from sigstore.verify import Verifier
from sigstore.verify.policy import AllOf, AnyOf, Identity, OIDCIssuer, OIDCIssuerV2

from idaudit.reports.bundle.dsse import PAYLOAD_TYPE
from idaudit.reports.bundle.identity import Expected, Holder, vouched
from idaudit.reports.bundle.statements import Node
from idaudit.threatmodel.errors import UsageError

# What it warns of (an instance used offline, an authority that does not answer) we say ourselves.
logging.getLogger("sigstore").addHandler(logging.NullHandler())

_CONFIG = ClientTrustConfig.ClientTrustConfigType.CONFIG_0_1.value


def trusted_root(path: Path | None) -> TrustedRoot:
    """
    Return the root of trust in *path*, or the one that the library ships.

    *path* holds a trusted root, or a client's whole configuration with one in it.

    Raises:
        UsageError: it cannot be read, or is neither.

    """
    try:
        if path is None:
            return ClientTrustConfig.production(offline=True).trusted_root
        text = path.read_text(encoding="utf-8")
        if json.loads(text).get("mediaType") == _CONFIG:
            return ClientTrustConfig.from_json(text).trusted_root
        root = TrustedRoot.from_file(str(path))
        Verifier(trusted_root=root)
    except Exception as error:
        named = path or "the trust root that ships with sigstore"
        raise UsageError(
            f"{named}: cannot be read as a trust root ({_first(error)}); name the instance's own "
            "trusted_root.json, or its client trust configuration"
        ) from error
    return root


def signed_by(
    text: bytes, statements: Sequence[Node], expected: Expected, root: TrustedRoot
) -> Holder:
    """
    Return who signed *statements*, as *text* shows.

    Raises:
        ValueError: it does not show that they did, or somebody else did; says what is wrong.

    """
    lines = text.split(b"\n")
    if len(lines) != len(statements) + 1 or lines[-1]:
        raise ValueError("does not hold one signature for each statement")
    pairs = zip(lines, statements, strict=False)
    holders = {_holder(line, statement, expected, root) for line, statement in pairs}
    if len(holders) != 1:
        raise ValueError("holds signatures of more than one certificate")
    return holders.pop()


def _holder(line: bytes, statement: Node, expected: Expected, root: TrustedRoot) -> Holder:
    """Return who signed one statement."""
    try:
        bundle = Bundle.from_json(line)
        kind, body = Verifier(trusted_root=root).verify_dsse(bundle, _Whoever())
        said = json.loads(body)
        holder = _named(bundle.signing_certificate)
    except Exception as error:  # whoever made the file chose which of the parsers fails
        raise ValueError(f"shows no signature of anybody: {_first(error)}") from error
    if kind != PAYLOAD_TYPE or said != vouched(statement):
        raise ValueError(f"is a signature of {holder.name}, but of something else than this bundle")
    if expected.identity:
        _compare(bundle.signing_certificate, holder, expected)
    return holder


def _compare(certificate: Certificate, holder: Holder, expected: Expected) -> None:
    """Raise where the certificate is not that of whoever was expected."""
    issuers = AnyOf([OIDCIssuerV2(expected.issuer), OIDCIssuer(expected.issuer)])
    try:
        AllOf([Identity(identity=expected.identity), issuers]).verify(certificate)
    except Exception as error:  # as above
        wanted = f"{expected.identity} (issuer {expected.issuer})"
        raise ValueError(f"signed by {holder.name}; expected {wanted}") from error


class _Whoever:
    """The policy that any holder of a certificate meets: whose it is is asked after it held."""

    def verify(self, cert: Certificate) -> None:
        """Accept it."""


def _named(certificate: Certificate) -> Holder:
    """Return what a certificate says of its holder."""
    names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    found = [
        *names.get_values_for_type(RFC822Name),
        *names.get_values_for_type(UniformResourceIdentifier),
    ]
    return Holder(
        identity=", ".join(found) or "somebody without address or URI",
        issuer=_issuer(certificate),
        start=certificate.not_valid_before_utc,
        end=certificate.not_valid_after_utc,
    )


def _issuer(certificate: Certificate) -> str:
    """Return who knows the holder: the newer of two extensions wraps the name, the older is it."""
    for policy in (OIDCIssuerV2, OIDCIssuer):
        raw = _extension(certificate, policy.oid)
        if raw:
            return asn1.decode_der(str, raw) if policy is OIDCIssuerV2 else raw.decode()
    return "not named"


def _extension(certificate: Certificate, oid: ObjectIdentifier) -> bytes:
    try:
        value = certificate.extensions.get_extension_for_oid(oid).value
    except ExtensionNotFound:
        return b""
    return value.value if isinstance(value, UnrecognizedExtension) else b""


def _first(error: BaseException) -> str:
    """Return what went wrong in one line; the library's own words may run over many."""
    told = " ".join(str(part) for part in error.args) or type(error).__name__
    return " ".join(told.split())[:300]
