"""Who signed is told by Sigstore's own verifier; whatever of it is not right is refused."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from audits import STATEMENTS
from authorities import Authority, new_key
from instance import AUDITOR, ISSUER, Instance, served
from sigstore.models import ClientTrustConfig, TrustedRoot

from idaudit.reports.bundle.identity import ANYBODY, Expected
from idaudit.reports.bundle.keyless_checking import signed_by
from idaudit.threatmodel.errors import SetupError

Signer = Callable[..., bytes]
THEY = Expected(AUDITOR, ISSUER)


def _root(instance: Instance) -> TrustedRoot:
    return ClientTrustConfig.from_json(json.dumps(instance.trust_config(1, 2))).trusted_root


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("identity", [AUDITOR, "https://forge.example/city/audit/.ci@main"])
def test_what_an_identity_signed_is_known_by_identity_and_issuer(
    city: Instance, sign: Signer, version: int, identity: str
) -> None:
    """A person or a CI job, and a log of either kind."""
    text = sign(city, version, identity=identity)

    holder = signed_by(text, STATEMENTS, Expected(identity, ISSUER), _root(city))

    assert (holder.identity, holder.issuer) == (identity, ISSUER)
    assert holder.end - holder.start == timedelta(minutes=10)


@pytest.mark.parametrize(
    "expected",
    [
        Expected("other@city.example", ISSUER),
        Expected(AUDITOR, "https://login.other.example"),
        Expected(AUDITOR.upper(), ISSUER),
        Expected("city.example", ISSUER),
    ],
)
def test_another_identity_or_issuer_is_refused_and_both_are_named(
    city: Instance, sign: Signer, expected: Expected
) -> None:
    """The same name given by somebody else is somebody else's name; a part of one is none."""
    text = sign(city)

    with pytest.raises(ValueError, match=r"^signed by auditor@") as error:
        signed_by(text, STATEMENTS, expected, _root(city))

    assert f"expected {expected.identity} (issuer {expected.issuer})" in str(error.value)


STRANGERS: dict[str, tuple[Callable[[Instance], Instance], str]] = {
    "another authority": (
        lambda city: replace(city, authority=Authority("Another authority")),
        "failed to build timestamp certificate chain",
    ),
    "another authority of the same name": (
        lambda city: replace(city, authority=Authority(city.authority.name)),
        "failed to build timestamp certificate chain",
    ),
    "another certificate log": (
        lambda city: replace(city, certificate_log=new_key()),
        "SCT verify failed: keyring: invalid signature",
    ),
    "another log": (lambda city: replace(city, log=new_key()), "invalid log entry: .*signature"),
    "another clock": (
        lambda city: replace(city, clock=Authority("Clock"), clock_key=new_key()),
        "not enough sources of verified time",
    ),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_whoever_is_not_in_the_root_of_trust_is_not_believed(
    city: Instance, sign: Signer, stranger: str
) -> None:
    """The signature is right in itself; one of those who vouch for it is a stranger."""
    other, told = STRANGERS[stranger]
    with served(other(city)) as forger:
        text = sign(forger)
        assert signed_by(text, STATEMENTS, THEY, _root(forger))

        with pytest.raises(ValueError, match=f"shows no signature of anybody: .*{told}"):
            signed_by(text, STATEMENTS, THEY, _root(city))


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("hours", [-2, 2])
def test_a_certificate_used_out_of_its_time_is_refused(
    start: Callable[..., Instance], sign: Signer, version: int, hours: int
) -> None:
    """Ten minutes is all it has: a key stolen later is worth nothing, and so is one backdated."""
    instance = start(late=timedelta(hours=hours))

    with pytest.raises(SetupError, match="not valid at validation time"):
        sign(instance, version)


def test_a_certificate_out_of_its_time_is_refused_by_who_reads_it_too(
    start: Callable[..., Instance], sign: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signer looks before it lets go of it; a forger would not."""
    instance = start(late=timedelta(hours=2))
    monkeypatch.setattr("idaudit.reports.bundle.keyless_signing.signed_by", lambda *_: None)
    text = sign(instance)

    with pytest.raises(ValueError, match="not valid at validation time"):
        signed_by(text, STATEMENTS, THEY, _root(instance))


def _other(statement: dict[str, Any]) -> dict[str, Any]:
    return statement | {"predicate": {"result": "PASSED"}}


def test_a_signature_of_another_statement_is_none_of_this(city: Instance, sign: Signer) -> None:
    """What the identity signed last year says nothing of this bundle."""
    text = sign(city)

    for swapped in (
        [_other(STATEMENTS[0]), STATEMENTS[1]],
        [STATEMENTS[0], _other(STATEMENTS[1])],
        STATEMENTS[::-1],
    ):
        with pytest.raises(ValueError, match="of something else than this bundle"):
            signed_by(text, swapped, THEY, _root(city))


def test_a_statement_swapped_under_its_signature_is_refused(city: Instance, sign: Signer) -> None:
    """With the log's entry left as it is, or taken from the other line."""
    first, second = map(json.loads, sign(city).splitlines())
    first["dsseEnvelope"]["payload"] = base64.b64encode(
        json.dumps(_other(STATEMENTS[0])).encode()
    ).decode()
    with pytest.raises(ValueError, match="DSSE: invalid signature"):
        signed_by(_lines(first, second), STATEMENTS, THEY, _root(city))

    first, second = map(json.loads, sign(city).splitlines())
    first["verificationMaterial"] = second["verificationMaterial"]
    with pytest.raises(ValueError, match="shows no signature of anybody"):
        signed_by(_lines(first, second), STATEMENTS, THEY, _root(city))


def test_two_certificates_are_no_one_signer(city: Instance, sign: Signer) -> None:
    """Each line may be right, and yet nobody has signed both."""
    one = sign(city).splitlines()[0]
    other = sign(city, identity="other@city.example").splitlines()[1]

    with pytest.raises(ValueError, match="more than one certificate"):
        signed_by(b"%b\n%b\n" % (one, other), STATEMENTS, ANYBODY, _root(city))
    with pytest.raises(ValueError, match=r"signed by other@city\.example"):
        signed_by(b"%b\n%b\n" % (one, other), STATEMENTS, THEY, _root(city))


def test_a_line_too_few_or_too_many_is_no_signature_of_both(city: Instance, sign: Signer) -> None:
    """Of two statements each needs its own, and there is nothing to say of a third."""
    one, other = sign(city).splitlines()

    for lines in ([one], [one, other, one], [one, other, b""]):
        with pytest.raises(ValueError, match="does not hold one signature for each"):
            signed_by(b"\n".join(lines) + b"\n", STATEMENTS, THEY, _root(city))
    with pytest.raises(ValueError, match="does not hold one signature for each"):
        signed_by(one + b"\n" + other, STATEMENTS, THEY, _root(city))


MATERIAL = ("verificationMaterial",)
ENTRY = (*MATERIAL, "tlogEntries", 0)
PROOF = (*ENTRY, "inclusionProof")
# Not here: the clock's stamp beside a log that tells the time itself, and the hint which key of a
# log to try, where it signed no promise with it. Sigstore does without them; our key signs them.
PARTS: dict[tuple[str | int, ...], tuple[int, ...]] = {
    (*MATERIAL, "certificate", "rawBytes"): (1, 2),
    (*MATERIAL, "timestampVerificationData", "rfc3161Timestamps", 0, "signedTimestamp"): (2,),
    (*ENTRY, "logId", "keyId"): (1,),
    (*ENTRY, "kindVersion", "kind"): (1, 2),
    (*ENTRY, "kindVersion", "version"): (1, 2),
    (*ENTRY, "integratedTime"): (1,),
    (*ENTRY, "inclusionPromise", "signedEntryTimestamp"): (1,),
    (*PROOF, "logIndex"): (1, 2),
    (*PROOF, "rootHash"): (1, 2),
    (*PROOF, "treeSize"): (1, 2),
    (*PROOF, "hashes", 0): (1, 2),
    (*PROOF, "checkpoint", "envelope"): (1, 2),
    (*ENTRY, "canonicalizedBody"): (1, 2),
    ("dsseEnvelope", "payload"): (1, 2),
    ("dsseEnvelope", "payloadType"): (1, 2),
    ("dsseEnvelope", "signatures", 0, "sig"): (1, 2),
}


@pytest.mark.parametrize("version", [1, 2])
def test_one_changed_letter_in_any_part_ends_it(city: Instance, sign: Signer, version: int) -> None:
    """In the certificate, the time, the log's entry, its proof, the statement and the signature."""
    text = sign(city, version)
    believed = []
    for place, versions in PARTS.items():
        if version in versions:
            first, second = map(json.loads, text.splitlines())
            _change(first, place)
            try:
                signed_by(_lines(first, second), STATEMENTS, THEY, _root(city))
            except ValueError:
                continue
            believed.append(place)

    assert not believed
    assert signed_by(text, STATEMENTS, THEY, _root(city))


@pytest.mark.parametrize(
    "rubbish", [b"", b"\n\n", b"{}\n{}\n", b"null\n1\n", b"\xff\n\xff\n", b"[" * 99_999 + b"\n\n"]
)
def test_rubbish_is_no_signature(city: Instance, rubbish: bytes) -> None:
    """Whoever sends a bundle chose what is parsed."""
    with pytest.raises(ValueError, match=r"shows no signature|does not hold one signature"):
        signed_by(rubbish, STATEMENTS, ANYBODY, _root(city))


def _change(node: Any, place: tuple[str | int, ...]) -> None:  # noqa: ANN401  JSON
    """Change one letter or digit, in the midst, for another of its kind."""
    *way, last = place
    for step in way:
        node = node[step]
    value = node[last]
    middle = len(value) // 2
    while not value[middle].isalnum():
        middle += 1
    letter = "2" if value[middle] == "1" else "1" if value[middle].isdigit() else "A"
    letter = "B" if letter == value[middle] else letter
    node[last] = value[:middle] + letter + value[middle + 1 :]


def _lines(*bundles: object) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in bundles)
