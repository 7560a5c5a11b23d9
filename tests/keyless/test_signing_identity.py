"""A run and a public variant signed by an identity: what goes out, what is said, what fails."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from audits import ASKED, describe, keyless, whose
from instance import AUDITOR, ISSUER, Instance, token

from idaudit.command.main import exit_code_of
from idaudit.reports.bundle.identity import KEYLESS
from idaudit.reports.bundle.keyless_signing import Signatory, read_instance
from idaudit.threatmodel.errors import SetupError

Caught = pytest.CaptureFixture[str]


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
    describe(tmp_path, instance, 1)

    assert exit_code_of([*ASKED, *keyless(tmp_path), "--out", str(tmp_path / "out")]) == 3

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
    describe(tmp_path, instance, version)

    assert exit_code_of(["publish", str(places / "one"), "--out", public, *keyless(tmp_path)]) == 0

    assert f"/api/v{version}/log/entries" in {path for path, _ in instance.seen}
    assert "The statements of this public bundle may be sent along" in capsys.readouterr().out
    words = [*whose(tmp_path), "--sealed", str(places / "one")]
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
    describe(tmp_path, instance, 2)

    assert exit_code_of([*ASKED, *keyless(tmp_path), "--out", str(tmp_path / "out")]) == 1

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
    describe(tmp_path, start(late=timedelta(hours=2)), 2)
    out = str(tmp_path / "out")

    assert exit_code_of([*ASKED, *keyless(tmp_path), "--out", out]) == 3
    error = capsys.readouterr().err
    assert f"{out}: holds the audit, whole and signed by its key, but by no identity" in error
    assert error.count("\n") == 1
    assert exit_code_of(["verify", out]) == 0

    config = json.loads((tmp_path / "trust_config.json").read_text())
    config["signingConfig"]["caUrls"][0]["url"] = "http://127.0.0.1:9"  # nobody is there
    (tmp_path / "trust_config.json").write_text(json.dumps(config))
    public = str(tmp_path / "public")
    assert exit_code_of(["publish", out, "--out", public, *keyless(tmp_path)]) == 3
    assert "--keyless: " in capsys.readouterr().err
    assert not Path(public).exists()


def test_a_service_that_never_answers_is_waited_for_so_long_and_no_longer(
    start: Callable[..., Instance], tmp_path: Path
) -> None:
    """The library itself would wait for ever, and a CI job with it."""
    stop = Event()
    describe(tmp_path, start(silent=stop), 2)
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
        exit_code_of(["verify", out, *whose(places, "https://forge.example/city//ci.yml@main")])
        == 0
    )


@pytest.mark.usefixtures("again")
def test_a_kept_key_and_an_identity_sign_side_by_side(places: Path, tmp_path: Path) -> None:
    """Either can be asked for, and both."""
    key, out = str(tmp_path / "audit.key"), str(tmp_path / "out")
    assert exit_code_of(["key", "new", key]) == 0

    assert exit_code_of([*ASKED, "--key", key, *keyless(places), "--out", out]) == 1

    assert exit_code_of(["verify", out, "--key", f"{key}.pub", *whose(places)]) == 0


def test_without_the_library_one_line_says_how_to_get_it(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Caught
) -> None:
    """To sign and to know a signer it is needed; all else is verified without it."""
    monkeypatch.setitem(sys.modules, "sigstore", None)
    mend = 'pip install "idaudit[keyless]"'
    out = str(tmp_path / "out")

    assert exit_code_of([*ASKED, *keyless(places), "--out", out]) == 64
    assert mend in capsys.readouterr().err
    assert exit_code_of(["publish", str(places / "one"), "--out", out, "--keyless"]) == 64
    assert mend in capsys.readouterr().err
    assert exit_code_of(["verify", str(places / "one"), *whose(places)]) == 64
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
    out = str(tmp_path / "out")
    assert exit_code_of([*ASKED, "--identity-token", "token", "--out", out]) == 64
    assert exit_code_of(["publish", one, "--out", "out", "--trust-config", "file"]) == 64


@pytest.mark.usefixtures("again")
def test_an_instance_can_be_set_for_every_run_and_signs_none_unasked(
    start: Callable[..., Instance], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``idaudit.toml`` says where; that anything goes out, only the command line can say."""
    instance = start()
    describe(tmp_path, instance, 2)
    monkeypatch.chdir(tmp_path)
    settings = '[run]\ntrust-config = "trust_config.json"\nidentity-token = "token"\n'
    (tmp_path / "idaudit.toml").write_text(settings)

    assert exit_code_of([*ASKED, "--out", "out"]) == 1
    assert not instance.seen
    assert exit_code_of([*ASKED, "--keyless", "--out", "out"]) == 1
    assert exit_code_of(["verify", "out", *whose(tmp_path)]) == 0
