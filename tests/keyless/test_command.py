"""A bundle signed by an identity, from the command that makes it to those that check it."""

import base64
import json
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from instance import AUDITOR, ISSUER, Instance, served, token

from idaudit.command import run
from idaudit.command.main import exit_code_of
from idaudit.reports.bundle.dsse import enveloped
from idaudit.reports.bundle.identity import KEYLESS
from idaudit.reports.bundle.keyless_signing import Signatory, read_instance
from idaudit.reports.bundle.keys import one_run_signer
from idaudit.reports.bundle.manifest import MANIFEST, digest, digests, manifest
from idaudit.reports.bundle.opening import open_bundle
from idaudit.reports.bundle.sealing import ATTESTATIONS, SIGNER
from idaudit.reports.bundle.statements import spelt
from idaudit.threatmodel.errors import SetupError

ASKED = ("run", "--only", "nothing-hidden", "--defect", "carries-a-fixed-number", "--seed", "5")
Caught = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def city() -> Iterator[Instance]:
    """The instance that the city runs; its log takes digests alone."""
    with served(Instance()) as instance:
        yield instance


@pytest.fixture(scope="module")
def places(city: Instance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an audit signed by an identity left, and the files it was made with."""
    folder = tmp_path_factory.mktemp("keyless")
    _describe(folder, city, 2)
    code = exit_code_of([*ASKED, "--jobs", "1", *_keyless(folder), "--out", str(folder / "one")])
    assert code == 1
    (folder / "seen.json").write_text(json.dumps([path for path, _ in city.seen]))
    return folder


@pytest.fixture
def sealed(places: Path, tmp_path: Path) -> Path:
    """A copy of that bundle, to do with as a test likes."""
    return Path(shutil.copytree(places / "one", tmp_path / "sealed"))


@pytest.fixture
def again(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that observes what the first one did, without driving a city again."""

    def observe(_options: object, _plan: object, evidence: Path, *_: object) -> None:
        shutil.copyfile(places / "one" / "evidence.jsonl", evidence)

    monkeypatch.setattr(run, "gather", observe)


def _describe(folder: Path, instance: Instance, *versions: int) -> None:
    """Write down an instance, and lend an identity."""
    (folder / "trust_config.json").write_text(json.dumps(instance.trust_config(*versions)))
    (folder / "trusted_root.json").write_text(json.dumps(instance.trusted_root()))
    (folder / "token").write_text(token())


def _keyless(folder: Path) -> list[str]:
    config, lent = str(folder / "trust_config.json"), str(folder / "token")
    return ["--keyless", "--trust-config", config, "--identity-token", lent]


def _whose(folder: Path, identity: str = AUDITOR, issuer: str = ISSUER) -> list[str]:
    root = str(folder / "trusted_root.json")
    return ["--trust-root", root, "--identity", identity, "--issuer", issuer]


def test_a_bundle_is_verified_by_identity_from_itself_and_a_root_of_trust(
    places: Path, city: Instance, capsys: Caught
) -> None:
    """Nobody is asked; a line says who signed and in which minutes, and the rest is as ever."""
    before = len(city.seen)

    assert exit_code_of(["verify", str(places / "one"), *_whose(places)]) == 0

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
    assert exit_code_of(["verify", str(places / "one"), *_whose(places, identity, issuer)]) == 3

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

    _describe(tmp_path, start(), 2)
    assert exit_code_of(["verify", str(places / "one"), *_whose(tmp_path)]) == 3
    assert "shows no signature of anybody" in capsys.readouterr().err


def test_a_whole_configuration_serves_as_root_of_trust(places: Path) -> None:
    """A city hands out one file."""
    words = _whose(places)
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

        assert exit_code_of(["verify", str(sealed), *_whose(places)]) == 3
        assert f"/{KEYLESS}: was changed" in capsys.readouterr().err
    (sealed / KEYLESS).unlink()
    assert exit_code_of(["verify", str(sealed)]) == 3
    assert f"/{KEYLESS}: is missing" in capsys.readouterr().err


def test_what_an_identity_signed_cannot_be_taken_for_something_else(
    places: Path, sealed: Path, capsys: Caught
) -> None:
    """Whoever changes a file, and signs all of it with a key of their own, lacks the identity."""
    _sign_anew(sealed)
    assert exit_code_of(["verify", str(sealed), "--trust-root", _whose(places)[1]]) == 3
    assert "of something else than this bundle" in capsys.readouterr().err

    (sealed / KEYLESS).unlink()
    _sign_anew(sealed)
    assert exit_code_of(["verify", str(sealed)]) == 0
    capsys.readouterr()
    assert exit_code_of(["verify", str(sealed), *_whose(places)]) == 3
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


def test_a_sealed_bundles_statements_leave_the_machine_as_digests_alone(
    places: Path, city: Instance
) -> None:
    """What was sent to each service is looked at: no letter of a verdict is in it."""
    assert json.loads((places / "seen.json").read_text()) == [
        "/api/v2/signingCert",
        *["/timestamp", "/api/v2/log/entries"] * 2,
    ]
    lines = (places / "one" / KEYLESS).read_bytes().splitlines()
    for line in lines:
        payload = json.loads(line)["dsseEnvelope"]["payload"]
        pieces = [payload[place : place + 40] for place in range(0, len(payload) - 40, 40)]
        for path, body in city.seen:
            assert not any(piece.encode() in body for piece in pieces), path
    assert not any(
        word in body for word in (b"nothing-hidden", b"guarantees") for _, body in city.seen
    )


@pytest.mark.usefixtures("again")
def test_a_log_that_is_sent_statements_gets_none_of_a_sealed_bundle(
    start: Callable[..., Instance], tmp_path: Path, capsys: Caught
) -> None:
    """Said before anything is driven or sent, with what to do instead."""
    instance = start()
    _describe(tmp_path, instance, 1)

    assert exit_code_of([*ASKED, *_keyless(tmp_path), "--out", str(tmp_path / "out")]) == 3

    error = capsys.readouterr().err
    assert "only to a log that takes digests" in error
    assert "idaudit publish --keyless" in error
    assert not instance.seen
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("version", [1, 2])
def test_a_public_variant_is_signed_by_either_kind_of_log(
    places: Path, start: Callable[..., Instance], tmp_path: Path, version: int, capsys: Caught
) -> None:
    """It is for everybody anyhow, and may be signed by another instance than the sealed one."""
    instance, public = start(), str(tmp_path / "public")
    _describe(tmp_path, instance, version)

    assert exit_code_of(["publish", str(places / "one"), "--out", public, *_keyless(tmp_path)]) == 0

    assert f"/api/v{version}/log/entries" in {path for path, _ in instance.seen}
    assert "The statements of this public bundle may be sent along" in capsys.readouterr().out
    words = [*_whose(tmp_path), "--sealed", str(places / "one")]
    assert exit_code_of(["verify", public, *words]) == 0


@pytest.mark.usefixtures("again")
def test_what_becomes_public_is_said_before_anything_is_sent(
    start: Callable[..., Instance], tmp_path: Path, capsys: Caught
) -> None:
    """Whoever reads the first line can still stop."""
    instance, told = start(), []
    answer = instance.answer

    def listening(*words: object) -> bytes:
        told.append(capsys.readouterr().out)
        return bytes(answer(*words))

    instance.answer = listening
    _describe(tmp_path, instance, 2)

    assert exit_code_of([*ASKED, *_keyless(tmp_path), "--out", str(tmp_path / "out")]) == 1

    first, second, *_ = told[0].splitlines()
    assert first.startswith(f"--keyless goes out to the network, to the services in {tmp_path}")
    assert "It makes public for good" in first
    assert "The statements themselves are not sent" in first
    assert second == f"Signs as {AUDITOR} (issuer {ISSUER})"


@pytest.mark.usefixtures("again")
def test_a_service_that_fails_costs_no_audit(
    start: Callable[..., Instance], tmp_path: Path, capsys: Caught
) -> None:
    """The bundle lies there, signed by its key; the code says that it is not what was asked for."""
    _describe(tmp_path, start(late=timedelta(hours=2)), 2)
    out = str(tmp_path / "out")

    assert exit_code_of([*ASKED, *_keyless(tmp_path), "--out", out]) == 3
    error = capsys.readouterr().err
    assert f"{out}: holds the audit, whole and signed by its key, but by no identity" in error
    assert error.count("\n") == 1
    assert exit_code_of(["verify", out]) == 0

    config = json.loads((tmp_path / "trust_config.json").read_text())
    config["signingConfig"]["caUrls"][0]["url"] = "http://127.0.0.1:9"  # nobody is there
    (tmp_path / "trust_config.json").write_text(json.dumps(config))
    public = str(tmp_path / "public")
    assert exit_code_of(["publish", out, "--out", public, *_keyless(tmp_path)]) == 3
    assert "--keyless: " in capsys.readouterr().err
    assert not Path(public).exists()


def test_a_service_that_never_answers_is_waited_for_so_long_and_no_longer(
    start: Callable[..., Instance], tmp_path: Path
) -> None:
    """The library itself would wait for ever, and a CI job with it."""
    stop = Event()
    _describe(tmp_path, start(silent=stop), 2)
    config = read_instance(tmp_path / "trust_config.json", sealed=True)

    with pytest.raises(SetupError, match=r"no answer within 0\.3 seconds"):
        Signatory(config, tmp_path / "token", patience=0.3)([b"{}"])
    stop.set()


def test_an_identity_that_is_none_is_said_at_once(
    places: Path, tmp_path: Path, capsys: Caught
) -> None:
    """No file, no token, one whose time is over, or none at all: nothing is driven."""
    config, out = str(places / "trust_config.json"), str(tmp_path / "out")
    for number, text in enumerate(["", "no token", token(minutes=-5)]):
        (tmp_path / f"{number}").write_text(text)
    for name in ("none", "0", "1", "2"):
        words = ["--keyless", "--trust-config", config, "--identity-token", str(tmp_path / name)]
        assert exit_code_of([*ASKED, *words, "--out", out]) == 64
        assert str(tmp_path / name) in capsys.readouterr().err

    assert exit_code_of([*ASKED, "--keyless", "--trust-config", config, "--out", out]) == 64
    error = capsys.readouterr().err
    assert "this is no CI job that is lent an identity" in error
    assert "--identity-token" in error
    assert not Path(out).exists()


@pytest.mark.usefixtures("again")
def test_a_ci_job_signs_by_the_identity_it_is_lent(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Caught
) -> None:
    """No file and no browser: the job's own environment names it."""
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("SIGSTORE_ID_TOKEN", token("https://forge.example/city//ci.yml@main"))
    config, out = str(places / "trust_config.json"), str(tmp_path / "out")

    assert exit_code_of([*ASKED, "--keyless", "--trust-config", config, "--out", out]) == 1

    assert "Signs as https://forge.example/city//ci.yml@main" in capsys.readouterr().out
    assert (
        exit_code_of(["verify", out, *_whose(places, "https://forge.example/city//ci.yml@main")])
        == 0
    )


@pytest.mark.usefixtures("again")
def test_a_kept_key_and_an_identity_sign_side_by_side(places: Path, tmp_path: Path) -> None:
    """Either can be asked for, and both."""
    key, out = str(tmp_path / "audit.key"), str(tmp_path / "out")
    assert exit_code_of(["key", "new", key]) == 0

    assert exit_code_of([*ASKED, "--key", key, *_keyless(places), "--out", out]) == 1

    assert exit_code_of(["verify", out, "--key", f"{key}.pub", *_whose(places)]) == 0


def test_without_the_library_one_line_says_how_to_get_it(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Caught
) -> None:
    """To sign and to know a signer it is needed; all else is verified without it."""
    monkeypatch.setitem(sys.modules, "sigstore", None)
    mend = 'pip install "idaudit[keyless]"'
    out = str(tmp_path / "out")

    assert exit_code_of([*ASKED, *_keyless(places), "--out", out]) == 64
    assert mend in capsys.readouterr().err
    assert exit_code_of(["publish", str(places / "one"), "--out", out, "--keyless"]) == 64
    assert mend in capsys.readouterr().err
    assert exit_code_of(["verify", str(places / "one"), *_whose(places)]) == 64
    assert mend in capsys.readouterr().err
    assert exit_code_of(["verify", str(places / "one")]) == 0
    told = capsys.readouterr().out
    assert "note  identity" in told
    assert mend in told


def test_words_that_mean_nothing_get_their_usual_code(
    places: Path, tmp_path: Path, capsys: Caught
) -> None:
    """A name without whoever gives it, a file that is none, an option without its reason."""
    one, rubbish = str(places / "one"), tmp_path / "rubbish.json"
    for text in ("", "[]", "{}", '{"mediaType": 1}', "\x00"):
        rubbish.write_text(text)
        assert exit_code_of(["verify", one, "--trust-root", str(rubbish)]) == 64
        assert str(rubbish) in capsys.readouterr().err
        words = ["--keyless", "--trust-config", str(rubbish)]
        assert exit_code_of([*ASKED, *words, "--out", str(tmp_path / "out")]) == 64
    assert exit_code_of(["verify", one, "--trust-root", str(tmp_path / "none")]) == 64
    assert exit_code_of(["verify", one, "--identity", AUDITOR]) == 64
    assert exit_code_of(["verify", one, "--issuer", ISSUER]) == 64
    assert exit_code_of([*ASKED, "--identity-token", "token"]) == 64
    assert exit_code_of(["publish", one, "--out", "out", "--trust-config", "file"]) == 64
