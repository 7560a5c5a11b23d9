"""A bundle that an identity signed, before the command that checks it."""

import base64
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from audits import describe, whose
from instance import AUDITOR, ISSUER, Instance

from idaudit.command.main import exit_code_of
from idaudit.reports.bundle.dsse import enveloped
from idaudit.reports.bundle.identity import KEYLESS
from idaudit.reports.bundle.keys import one_run_signer
from idaudit.reports.bundle.manifest import MANIFEST, digest, digests, manifest
from idaudit.reports.bundle.opening import open_bundle
from idaudit.reports.bundle.sealing import ATTESTATIONS, SIGNER
from idaudit.reports.bundle.statements import spelt

Caught = pytest.CaptureFixture[str]


def test_a_bundle_is_verified_by_identity_from_itself_and_a_root_of_trust(
    places: Path, city: Instance, capsys: Caught
) -> None:
    """Nobody is asked; a line says who signed and in which minutes, and the rest is as ever."""
    before = len(city.seen)

    assert exit_code_of(["verify", str(places / "one"), *whose(places)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == [
        "signature", "identity", "files", "evidence", "verdicts", "reports", "programme",
        "reliance",
    ]  # fmt: skip
    assert f"ok    identity   signed by the expected {AUDITOR} (issuer {ISSUER})" in lines[1]
    assert len(city.seen) == before


def test_the_manifest_lists_the_signature_and_the_key_signs_it(places: Path) -> None:
    """It is a file like any other to whoever has ``sha256sum`` and no library."""
    bundle = open_bundle(places / "one")

    assert f"  {KEYLESS}\n".encode() in bundle.texts[MANIFEST]
    for statement in bundle.signed:
        assert KEYLESS in {one["name"] for one in statement["subject"]}


def test_without_a_name_it_is_said_that_anybody_could_have_signed(
    places: Path, capsys: Caught
) -> None:
    """A certificate is to be had by everybody; the question is whose it is."""
    root = str(places / "trusted_root.json")

    assert exit_code_of(["verify", str(places / "one"), "--trust-root", root]) == 0

    (told,) = [line for line in capsys.readouterr().out.splitlines() if "identity " in line]
    assert told.startswith("note  identity")
    assert AUDITOR in told
    assert "anybody at all could have signed so" in told


@pytest.mark.parametrize(
    ("identity", "issuer"), [("mallory@city.example", ISSUER), (AUDITOR, "https://else.example")]
)
def test_another_signer_than_the_expected_ends_with_3(
    places: Path, identity: str, issuer: str, capsys: Caught
) -> None:
    """One line names the file, who signed, and who should have."""
    assert exit_code_of(["verify", str(places / "one"), *whose(places, identity, issuer)]) == 3

    error = capsys.readouterr().err
    assert f"/{KEYLESS}: signed by {AUDITOR} (issuer {ISSUER}); expected {identity}" in error
    assert error.count("\n") == 1


def test_a_bundle_of_another_instance_ends_with_3(
    places: Path, start: Callable[..., Instance], tmp_path: Path, capsys: Caught
) -> None:
    """By the root that ships with the library, and by one of somebody else."""
    assert exit_code_of(["verify", str(places / "one")]) == 3
    error = capsys.readouterr().err
    assert "shows no signature of anybody" in error
    assert "--trust-root" in error

    describe(tmp_path, start(), 2)
    assert exit_code_of(["verify", str(places / "one"), *whose(tmp_path)]) == 3
    assert "shows no signature of anybody" in capsys.readouterr().err


def test_a_whole_configuration_serves_as_root_of_trust(places: Path) -> None:
    """A city hands out one file."""
    words = whose(places)
    words[1] = str(places / "trust_config.json")

    assert exit_code_of(["verify", str(places / "one"), *words]) == 0


def test_no_byte_of_the_signature_changes_unseen(
    places: Path, sealed: Path, capsys: Caught
) -> None:
    """Not even one that Sigstore has no use for: the key signs the file as it is."""
    whole = (sealed / KEYLESS).read_bytes()
    dice = random.Random(5)  # noqa: S311  a repeatable choice
    for _ in range(40):
        data = bytearray(whole)
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        (sealed / KEYLESS).write_bytes(data)

        assert exit_code_of(["verify", str(sealed), *whose(places)]) == 3
        assert f"/{KEYLESS}: was changed" in capsys.readouterr().err
    (sealed / KEYLESS).unlink()
    assert exit_code_of(["verify", str(sealed)]) == 3
    assert f"/{KEYLESS}: is missing" in capsys.readouterr().err


def test_what_an_identity_signed_cannot_be_taken_for_something_else(
    places: Path, sealed: Path, capsys: Caught
) -> None:
    """Whoever changes a file, and signs all of it with a key of their own, lacks the identity."""
    _sign_anew(sealed)
    assert exit_code_of(["verify", str(sealed), "--trust-root", whose(places)[1]]) == 3
    assert "of something else than this bundle" in capsys.readouterr().err

    (sealed / KEYLESS).unlink()
    _sign_anew(sealed)
    assert exit_code_of(["verify", str(sealed)]) == 0
    capsys.readouterr()
    assert exit_code_of(["verify", str(sealed), *whose(places)]) == 3
    assert f"/{KEYLESS}: is missing: signed by no identity" in capsys.readouterr().err


def _sign_anew(folder: Path) -> None:
    """Sign everything in *folder* with another key made for once."""
    signer = one_run_signer()
    signed = open_bundle(folder).signed if (folder / KEYLESS).exists() else _last(folder)
    texts = {each.name: each.read_bytes() for each in folder.iterdir()} | {
        SIGNER: signer.public.pem
    }
    del texts[ATTESTATIONS], texts[MANIFEST]
    texts[MANIFEST] = manifest(digests(texts))
    subject = [{"name": name, "digest": {"sha256": digest(texts[name])}} for name in sorted(texts)]
    lines = [enveloped(spelt(each | {"subject": subject}), signer) + b"\n" for each in signed]
    for name, text in {**texts, ATTESTATIONS: b"".join(lines)}.items():
        (folder / name).write_bytes(text)


def _last(folder: Path) -> list[dict[str, object]]:
    """Return the statements that were signed before a file was taken."""
    lines = (folder / ATTESTATIONS).read_bytes().splitlines()
    return [json.loads(base64.b64decode(json.loads(line)["payload"])) for line in lines]
