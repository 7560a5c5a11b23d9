"""Signing by an identity, as a command offers it: when asked, and saying first what it tells."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.console import Console

from idaudit.reports.bundle.identity import Notary, need_library
from idaudit.reports.text import inert
from idaudit.threatmodel.errors import SetupError, SuiteError, UsageError

_OPTIONS = (
    click.option(
        "--keyless",
        is_flag=True,
        help="Sign by an identity too, over the network; says first what that makes public.",
    ),
    click.option(
        "--identity-token",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="An OpenID Connect token to sign as; what a CI job is lent, if left out.",
    ),
    click.option(
        "--trust-config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Services and roots of a Sigstore instance of one's own.",
    ),
)


@dataclass(frozen=True, slots=True)
class Keyless:
    """Whether an identity signs, whose, and by which instance."""

    wanted: bool = False
    token: Path | None = None
    config: Path | None = None

    def check(self) -> None:
        """Raise :class:`UsageError` where it is wanted and cannot be done."""
        if self.wanted:
            need_library("--keyless")

    def notary(self, console: Console, *, sealed: bool) -> Notary | None:
        """
        Return who signs by the identity, having said what that makes public; None if nobody does.

        Raises:
            UsageError: there is no identity, or the instance's file is none.
            SetupError: the public instance does not answer, or would be sent what it must not be.

        """
        if not self.wanted:
            return None
        self.check()
        _tell(console, self._notice(sealed=sealed))
        signing = importlib.import_module("idaudit.reports.bundle.keyless_signing")
        config = signing.read_instance(self.config, sealed=sealed)
        token = signing.read_token(self.token)
        _tell(console, f"Signs as {token.identity} (issuer {token.issuer})")
        notary: Notary = signing.Signatory(config, self.token)
        return notary

    def _notice(self, *, sealed: bool) -> str:
        where = f"the services in {self.config}" if self.config else "the public Sigstore instance"
        stays = (
            "The statements themselves are not sent, nor any other file."
            if sealed
            else "The statements of this public bundle may be sent along; no other file is."
        )
        return (
            f"--keyless goes out to the network, to {where}. It makes public for good, in logs "
            "that everybody can read: the identity and its issuer, with all else its certificate "
            "says (of a CI job its repository, workflow, commit and run), when it signed, and "
            f"digest and signature of both statements. {stays}"
        )


def keyless_of(token: Path | None, config: Path | None, *, wanted: bool) -> Keyless:
    """
    Return what the command line asks for.

    Raises:
        UsageError: it names for signing what it does not ask to sign with; ``idaudit.toml`` may.

    """
    source = click.get_current_context().get_parameter_source
    named = {source("identity_token"), source("trust_config")}
    if not wanted and ParameterSource.COMMANDLINE in named:
        raise UsageError("--identity-token and --trust-config are for --keyless; add it")
    return Keyless(wanted, token, config)


def with_keyless(function: Any) -> Any:  # noqa: ANN401  click's decorators are untyped here
    """Add the options of signing by an identity."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def vouch(sign: Callable[[], None], out: Path) -> None:
    """Call *sign*; where it fails, say that the audit in *out*, signed by its key, is not lost."""
    try:
        sign()
    except SuiteError as error:
        raise SetupError(
            f"{out}: holds the audit, whole and signed by its key, but by no identity: {error}"
        ) from error


def _tell(console: Console, told: str) -> None:
    console.print(inert(told), markup=False, highlight=False, soft_wrap=True)
