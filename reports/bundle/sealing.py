"""
Sealing: a finished run's files made into a bundle that can be checked without anybody's word.

What seals it lies beside the files: the basis they were judged by, the public
half of the key, the manifest, and the signed statements over all of these.
Where an identity signs as well, its signature is one more file under the key's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from idaudit.reports.audit import Audit
from idaudit.reports.bundle.basis import (
    BASIS,
    RELIED_ON_DAYS,
    Basis,
    basis_of,
    model_of,
    write_basis,
)
from idaudit.reports.bundle.dsse import enveloped
from idaudit.reports.bundle.identity import KEYLESS, Notary
from idaudit.reports.bundle.keys import Signer
from idaudit.reports.bundle.manifest import MANIFEST, digest, digests, manifest
from idaudit.reports.bundle.statements import (
    Circumstances,
    result_statement,
    spelt,
    verdict_statement,
    version,
)
from idaudit.reports.renderers import render
from idaudit.threatmodel.model import ThreatModel

ATTESTATIONS = "audit.intoto.jsonl"
SIGNER = "signer.pub"
OSCAL = {"oscal-plan.json": "oscal-plan", "oscal-results.json": "oscal"}
NAMES = frozenset({ATTESTATIONS, BASIS, MANIFEST, SIGNER, *OSCAL})
"""Every file that a bundle has and an unsigned run has not."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Who signs, and for how long what they sign may be relied on."""

    signer: Signer
    days: int = RELIED_ON_DAYS
    notary: Notary | None = None


def sealed(
    texts: Mapping[str, bytes], audit: Audit, model: ThreatModel, seal: Seal
) -> dict[str, bytes]:
    """Return the bundle that *texts*, a run's files by name, make."""
    basis = basis_of(audit, model, seal.days)
    about = Circumstances(
        basis.relied_on_until,
        key_word(kept=seal.signer.kept),
        version(audit.header.suite_version, audit.header.suite_commit),
    )
    return attested(texts, audit, basis, about, seal.signer, seal.notary)


def attested(
    texts: Mapping[str, bytes],
    audit: Audit,
    basis: Basis,
    about: Circumstances,
    signer: Signer,
    notary: Notary | None = None,
) -> dict[str, bytes]:
    """Return *texts* with the basis, the key, the manifest and the signed statements beside."""
    model = model_of(basis)
    whole = {**texts, **oscal(audit, model), BASIS: write_basis(basis), SIGNER: signer.public.pem}
    if notary:
        whole[KEYLESS] = notary(statements(audit, model, whole, about))
    whole[MANIFEST] = manifest(digests(whole))
    lines = [enveloped(body, signer) for body in statements(audit, model, whole, about)]
    return whole | {ATTESTATIONS: b"".join(line + b"\n" for line in lines)}


def oscal(audit: Audit, model: ThreatModel) -> dict[str, bytes]:
    """Return the two files for tools that read OSCAL; they name one another."""
    return {name: render(form, audit, model).encode() for name, form in OSCAL.items()}


def statements(
    audit: Audit, model: ThreatModel, texts: Mapping[str, bytes], about: Circumstances
) -> tuple[bytes, bytes]:
    """Return what is signed about *texts*: the verdicts, and the standard test result."""
    files = {name: digest(text) for name, text in texts.items() if name != ATTESTATIONS}
    verdicts = verdict_statement(audit, model, files, about)
    return spelt(verdicts), spelt(result_statement(audit, files))


def key_word(*, kept: bool) -> str:
    """Return what a statement says of the key that signed it."""
    return "kept" if kept else "one-run"
