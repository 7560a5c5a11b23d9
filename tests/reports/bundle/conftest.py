"""Small bundles, and the means to forge one."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from idaudit.reports.audit import Waiver
from idaudit.reports.bundle.dsse import enveloped
from idaudit.reports.bundle.keys import Signer, one_run_signer
from idaudit.reports.bundle.manifest import MANIFEST, digest, digests, manifest
from idaudit.reports.bundle.opening import Bundle, open_bundle
from idaudit.reports.bundle.sealing import ATTESTATIONS, Seal
from idaudit.reports.bundle.statements import spelt
from idaudit.reports.bundle.suite import Suite
from idaudit.reports.evidence import write_evidence
from idaudit.reports.judge import judge
from idaudit.reports.outputs import write_outputs
from idaudit.reports.record import RunRecord
from idaudit.threatmodel.model import ThreatModel

Sealer = Callable[..., Path]
Forger = Callable[..., Path]


@pytest.fixture(scope="session")
def signer() -> Signer:
    """A key its owner keeps."""
    return replace(one_run_signer(), kept=True)


@pytest.fixture
def suite(model: ThreatModel) -> Suite:
    """The version that made the runs of these tests."""
    return Suite("0.1.0 abc1234", model)


@pytest.fixture
def seal(tmp_path: Path, model: ThreatModel, signer: Signer) -> Sealer:
    """Judge a run and write it as a bundle."""

    def make(record: RunRecord, *waivers: Waiver, key: Signer = signer, name: str = "b") -> Path:
        evidence = tmp_path / f"{name}.jsonl"
        evidence.write_bytes(write_evidence(record))
        audit = judge(record, model, waivers)
        write_outputs(audit, model, tmp_path / name, evidence, Seal(key))
        return tmp_path / name

    return make


@pytest.fixture
def folder(seal: Sealer, broken: RunRecord) -> Path:
    """The bundle of a run in which one promise was broken."""
    return seal(broken)


@pytest.fixture
def bundle(folder: Path) -> Bundle:
    """The same, opened."""
    return open_bundle(folder)


@pytest.fixture
def forge(folder: Path, signer: Signer) -> Forger:
    """
    Change files of the bundle and sign them with the right key, as a lying auditor could.

    *edit* changes the two statements on the way; *listed* the manifest.
    """

    def make(
        changes: Mapping[str, bytes] | None = None,
        edit: Callable[[Any, Any], object] = lambda *_: None,
        listed: Callable[[dict[str, str]], object] = lambda _: None,
    ) -> Path:
        texts = {each.name: each.read_bytes() for each in folder.iterdir()} | dict(changes or {})
        lines = texts.pop(ATTESTATIONS).splitlines()
        signed = [json.loads(_body(line)) for line in lines]
        texts.pop(MANIFEST)
        named = digests(texts)
        listed(named)
        texts[MANIFEST] = manifest(named)
        for statement in signed:
            statement["subject"] = [
                {"name": name, "digest": {"sha256": digest(texts[name])}} for name in sorted(texts)
            ]
        edit(*signed)
        envelopes = [enveloped(spelt(statement), signer) + b"\n" for statement in signed]
        for name, text in {**texts, ATTESTATIONS: b"".join(envelopes)}.items():
            (folder / name).write_bytes(text)
        return folder

    return make


def _body(line: bytes) -> bytes:
    """Return the signed body of an envelope."""
    return base64.b64decode(json.loads(line)["payload"])
