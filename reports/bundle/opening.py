"""
Opening a bundle: signature first, then what it names, then what follows from that.

A bundle opens whole or not at all, and the first thing wrong is named with its
file. Nothing here asks anybody but the bundle.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from idaudit.reports.audit import Audit
from idaudit.reports.bundle.basis import BASIS, Basis, model_of, read_basis
from idaudit.reports.bundle.dsse import opened
from idaudit.reports.bundle.keys import Verifier, read_verifier
from idaudit.reports.bundle.manifest import MANIFEST, digest, digests, read_manifest
from idaudit.reports.bundle.sealing import ATTESTATIONS, SIGNER
from idaudit.reports.bundle.statements import TEST_RESULT, VERDICTS, Circumstances, Node
from idaudit.reports.evidence import EvidenceError, parse_evidence
from idaudit.reports.judge import judge
from idaudit.reports.outputs import EVIDENCE
from idaudit.reports.record import RunRecord
from idaudit.reports.text import inert
from idaudit.threatmodel.errors import SetupError, SuiteError, UsageError
from idaudit.threatmodel.model import ThreatModel

_NEEDED = (ATTESTATIONS, SIGNER, MANIFEST, BASIS, EVIDENCE)
_MADE_BY = "a bundle is what 'idaudit run' leaves with --key, or at tier full or deep"


class BrokenBundle(SetupError):
    """A bundle is not as it was signed, or does not follow from its own evidence."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose signature and digests hold, and what its evidence comes to."""

    folder: Path
    texts: Mapping[str, bytes] = field(repr=False)
    signer: Verifier
    about: Circumstances
    signed: tuple[Node, ...] = field(repr=False)  # the two statements
    record: RunRecord = field(repr=False)
    basis: Basis = field(repr=False)
    audit: Audit = field(repr=False)

    @property
    def model(self) -> ThreatModel:
        """The promises it was judged by."""
        return model_of(self.basis)

    @property
    def digest(self) -> str:
        """What names this very bundle: the SHA-256 of its manifest."""
        return digest(self.texts[MANIFEST])


def broken(path: Path, what: str) -> BrokenBundle:
    """Return the error that names a file and what is wrong with it, harmless on a terminal."""
    return BrokenBundle(inert(f"{path}: {what}; get the bundle anew from whoever made it"))


def open_bundle(folder: Path) -> Bundle:
    """
    Return the bundle in *folder*, its signature and digests checked and its evidence judged.

    Raises:
        UsageError: there is no such folder.
        BrokenBundle: something in it is not as it was signed.

    """
    texts = _texts(folder)
    if ATTESTATIONS not in texts:
        raise broken(folder / ATTESTATIONS, f"is missing, so nothing is signed here; {_MADE_BY}")
    for name in _NEEDED:
        if name not in texts:
            raise broken(folder / name, "is missing")
    signer = _signer(folder, texts[SIGNER])
    signed = _statements(folder, texts[ATTESTATIONS], signer)
    for statement in signed:
        _compare(folder, texts, _subjects(folder, statement))
    _compare_manifest(folder, texts)
    try:
        about, basis = Circumstances.read(signed[0]), read_basis(texts[BASIS])
        record = parse_evidence(texts[EVIDENCE], folder / EVIDENCE)
        audit = judge(record, model_of(basis), basis.waivers)
    except EvidenceError as error:
        raise BrokenBundle(inert(str(error))) from error
    except (ValueError, RecursionError, SuiteError) as error:
        raise broken(folder / BASIS, f"cannot be judged by: {error}") from error
    return Bundle(folder, texts, signer, about, signed, record, basis, audit)


def _texts(folder: Path) -> dict[str, bytes]:
    """Return every file's content; a bundle has no folders and no links."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: is no folder; {_MADE_BY}")
    texts = {}
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink() or not entry.is_file():
            raise broken(entry, "is no plain file, and a bundle holds nothing else")
        try:
            texts[entry.name] = entry.read_bytes()
        except OSError as error:
            raise broken(entry, f"cannot be read ({error.strerror})") from error
    return texts


def _signer(folder: Path, pem: bytes) -> Verifier:
    try:
        return read_verifier(pem, SIGNER)
    except UsageError as error:
        raise broken(folder / SIGNER, str(error).removeprefix(f"{SIGNER}: ")) from error


def _statements(folder: Path, text: bytes, signer: Verifier) -> tuple[Node, ...]:
    """Return the signed statements, the verdicts before the test result."""
    lines = text.split(b"\n")
    if len(lines) != 3 or lines[-1]:  # noqa: PLR2004  two lines, each with its end
        raise broken(folder / ATTESTATIONS, "does not hold exactly two signed statements")
    try:
        signed = tuple(json.loads(opened(line, signer)) for line in lines[:2])
        kinds = [statement["predicateType"] for statement in signed]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise broken(folder / ATTESTATIONS, str(error)) from error
    if kinds != [VERDICTS, TEST_RESULT]:
        raise broken(folder / ATTESTATIONS, f"attests {kinds}; expected {VERDICTS}, {TEST_RESULT}")
    return signed


def _subjects(folder: Path, statement: Node) -> dict[str, str]:
    """Return the digest of each file a statement is about."""
    try:
        return {one["name"]: one["digest"]["sha256"] for one in statement["subject"]}
    except (KeyError, TypeError) as error:
        told = "does not say of every subject what it is called and digests to"
        raise broken(folder / ATTESTATIONS, told) from error


def _compare(folder: Path, texts: Mapping[str, bytes], named: Mapping[str, str]) -> None:
    """Raise where a file is missing, was added, or is not the one that was signed."""
    there = texts.keys() - {ATTESTATIONS}
    for name in sorted(named.keys() - there):
        raise broken(folder / name, "is missing")
    for name in sorted(there - named.keys()):
        raise broken(folder / name, "was added: no signature names it")
    for name, expected in sorted(named.items()):
        if (found := digest(texts[name])) != expected:
            raise broken(folder / name, f"was changed: SHA-256 {found}, signed as {expected}")


def _compare_manifest(folder: Path, texts: Mapping[str, bytes]) -> None:
    """Raise where the manifest, for people with other tools, says otherwise than the signature."""
    listed = {name: text for name, text in texts.items() if name not in {ATTESTATIONS, MANIFEST}}
    try:
        said = read_manifest(texts[MANIFEST])
    except ValueError as error:
        raise broken(folder / MANIFEST, str(error)) from error
    if said != digests(listed):
        raise broken(folder / MANIFEST, "does not list the files that were signed")
