"""
Signing a bundle by an identity, over the network: an authority, a clock and a log.

Imported only where it is asked for, for the library is an extra. Of what is
signed, a log of version 2 is given a digest alone; one of version 1 is sent
the whole statement, and only promises to keep no more than its digest.
"""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sigstore.dsse import Statement
from sigstore.models import ClientTrustConfig
from sigstore.oidc import IdentityError, IdentityToken, detect_credential
from sigstore.sign import SigningContext

from idaudit.reports.bundle.identity import ANYBODY
from idaudit.reports.bundle.keyless_checking import signed_by
from idaudit.threatmodel.errors import SetupError, UsageError

PATIENCE = 180
"""Seconds for all services together; the library itself waits for ever."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Signatory:
    """An instance of Sigstore, and where the identity comes from that signs by it."""

    config: ClientTrustConfig
    token: Path | None = None
    patience: float = PATIENCE

    def __call__(self, bodies: Sequence[bytes]) -> bytes:
        """
        Return the signatures of the statements *bodies*, checked like anybody would.

        Raises:
            SetupError: a service did not answer, or not rightly.
            UsageError: the identity is none any more.

        """
        token = read_token(self.token)
        try:
            return _within(self.patience, lambda: self._signed(bodies, token))
        except Exception as error:  # the library raises kinds of its own insides
            raise SetupError(
                f"--keyless: {_told(error)}; try again, or sign with a key alone"
            ) from error

    def _signed(self, bodies: Sequence[bytes], token: IdentityToken) -> bytes:
        context = SigningContext.from_trust_config(self.config)
        with context.signer(token) as signer:
            lines = [signer.sign_dsse(Statement(body)).to_json().encode() for body in bodies]
        text = b"".join(line + b"\n" for line in lines)
        signed_by(text, [json.loads(body) for body in bodies], ANYBODY, self.config.trusted_root)
        return text


def read_instance(path: Path | None, *, sealed: bool) -> ClientTrustConfig:
    """
    Return the instance that *path* describes, or the public one, asked for its newest roots.

    Of a *sealed* bundle nobody is sent a statement: only a log that is content
    with digests will do.

    Raises:
        UsageError: the file is no client trust configuration.
        SetupError: the public instance cannot be asked, or none of its logs will do.

    """
    config = _config(path)
    if sealed:
        config.force_tlog_version = 2
    try:
        services = config.signing_config
        config.trusted_root  # noqa: B018  reads it, or raises
    except Exception as error:
        why = ", and a sealed bundle goes only to a log that takes digests (API version 2)"
        raise SetupError(
            f"{_name(path)}: {_told(error)}{why if sealed else ''}; name another instance with "
            "--trust-config, or sign the public bundle: idaudit publish --keyless"
        ) from error
    if sealed and not services.get_tsas():
        raise SetupError(
            f"{_name(path)}: names no timestamp authority, and a log of version 2 tells no time; "
            "name an instance that has one with --trust-config"
        )
    return config


def read_token(path: Path | None) -> IdentityToken:
    """
    Return the identity token in *path*, or the one that a CI job is lent; nobody is asked for one.

    Raises:
        UsageError: there is none, or it is not valid now.

    """
    try:
        raw = path.read_text(encoding="ascii").strip() if path else detect_credential()
        if raw:
            return IdentityToken(raw)
    except (OSError, ValueError, IdentityError) as error:
        where = path or "the token of this CI job"
        cause = f" ({error.__cause__})" if error.__cause__ else ""
        raise UsageError(
            f"{where}: is no identity to sign by: {error}{cause}; expected an OpenID Connect token "
            "for the audience 'sigstore' that is valid now"
        ) from error
    raise UsageError(
        "--keyless: nobody to sign as: this is no CI job that is lent an identity, or none is in "
        f"{path or 'its environment'}; name a file that holds a token with --identity-token"
    )


def _config(path: Path | None) -> ClientTrustConfig:
    try:
        if path is None:
            return ClientTrustConfig.production()
        return ClientTrustConfig.from_json(path.read_text(encoding="utf-8"))
    except Exception as error:
        if path is None:
            raise SetupError(f"--keyless: {_told(error)}; is there a network?") from error
        raise UsageError(
            f"{path}: cannot be read as a client trust configuration ({_told(error)})"
        ) from error


def _name(path: Path | None) -> str:
    return str(path or "the public instance")


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Return what *work* returns, or raise what it raises, unless it takes too long."""
    done: list[T] = []
    failed: list[Exception] = []

    def do() -> None:
        try:
            done.append(work())
        except Exception as error:  # noqa: BLE001  raised again below, in the thread that waits
            failed.append(error)

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise TimeoutError(f"no answer within {seconds:g} seconds")
    return done[0]


def _told(error: BaseException) -> str:
    """Return what went wrong in one line; where an error says nothing, what it came of does."""
    words = str(error) or str(error.__cause__ or "") or type(error).__name__
    return " ".join(words.split())[:300]
