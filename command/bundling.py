"""The commands of signed bundles: make a key, verify, publish."""

from datetime import UTC, date, datetime
from pathlib import Path

import click
from rich.console import Console

from idaudit.checks.guard import Guard
from idaudit.command.version import __version__, commit
from idaudit.command.vouching import keyless_of, with_keyless
from idaudit.fixtures.canaries import Mint
from idaudit.reports.bundle.identity import Expected
from idaudit.reports.bundle.keys import (
    PUBLIC_ENDING,
    Signer,
    key_id,
    new_key,
    one_run_signer,
    read_signer,
)
from idaudit.reports.bundle.opening import Bundle, open_bundle
from idaudit.reports.bundle.publishing import publish as public_variant
from idaudit.reports.bundle.statements import version
from idaudit.reports.bundle.suite import Suite
from idaudit.reports.bundle.verifying import PAST, Point, link
from idaudit.reports.bundle.verifying import verify as verified
from idaudit.reports.folder import replace_folder
from idaudit.reports.outputs import RUN, refuse_foreign
from idaudit.reports.text import inert
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.loader import load

VERIFIED, LAPSED = 0, 2
KEY_VARIABLE = "IDAUDIT_KEY"

with_key = click.option(
    "--key",
    type=click.Path(path_type=Path),
    envvar=KEY_VARIABLE,
    help=f"Sign with this private key; {KEY_VARIABLE} names one too.",
)


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--key", metavar="FILE|ID", help="The public key it must be signed with, or its id.")
@click.option("--identity", metavar="WHO", help="The address or URI that must have signed it.")
@click.option("--issuer", metavar="URL", help="Who must know that identity.")
@click.option(
    "--trust-root",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Of a Sigstore instance of one's own; the public one's ships with the library.",
)
@click.option(
    "--sealed",
    type=click.Path(path_type=Path),
    help="The sealed bundle that a public BUNDLE must have been made from.",
)
def verify(
    bundle: Path,
    key: str | None,
    identity: str | None,
    issuer: str | None,
    trust_root: Path | None,
    sealed: Path | None,
) -> int:
    """
    Check a bundle, and judge it again from its own evidence.

    Signatures, digests, verdicts, reports, and until when they may be relied on: a line for each.

    Leaves with 0 where all of it holds, 2 where the time it may be relied on
    is past, 3 where anything in it is not as it was signed.
    """
    console, today = Console(), _today()
    named = key_id(key) if key else None
    expected = _expected(identity, issuer, trust_root)
    opened = open_bundle(bundle)
    points = verified(opened, _suite(), today, named, expected)
    marks = [_tell(point, console) for point in points]
    if sealed:
        behind = _whole(sealed, today)
        _tell(link(opened, behind), console)
    return LAPSED if PAST in marks else VERIFIED


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Where the public one goes."
)
@with_key
@with_keyless
def publish(
    bundle: Path,
    out: Path,
    key: Path | None,
    identity_token: Path | None,
    trust_config: Path | None,
    *,
    keyless: bool,
) -> int:
    """
    Make the public variant of a sealed bundle.

    It has every verdict and story. Left out is what would help a thief: where in the system
    something lies, how to bring it about again, addresses and paths. It names the sealed one by
    its digest.
    """
    refuse_foreign(out)
    signer = signer_of(key)
    by = keyless_of(identity_token, trust_config, wanted=keyless)
    by.check()
    behind = _whole(bundle, _today())
    inspect = Guard(Mint(behind.record.header.seed)).inspect
    texts = public_variant(behind, signer, _suite())
    inspect(texts)  # before anything goes out
    if notary := by.notary(Console(), sealed=False):
        texts = public_variant(behind, signer, _suite(), notary)
        inspect(texts)
    replace_folder(out, texts, RUN)
    console = Console()
    console.print(f"Public bundle: {out}", markup=False, highlight=False, soft_wrap=True)
    tell_signer(signer, console)
    return 0


@click.group()
def key() -> None:
    """Make the key bundles are signed with, or show its id."""


@key.command()
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> int:
    """
    Write a new private key to FILE and its public half to FILE.pub.

    The private half is encrypted where IDAUDIT_KEY_PASSPHRASE is set.
    """
    signer = new_key(file)
    click.echo(f"{file}: keep it to yourself and offline; sign with idaudit run --key {file}")
    click.echo(f"{file}{PUBLIC_ENDING}: give it to everybody, with its id, {signer.public.id}")
    return 0


@key.command()
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> int:
    """Print the id of the public key in FILE."""
    click.echo(key_id(str(file)))
    return 0


def signer_of(path: Path | None) -> Signer:
    """
    Return the key at *path*, or one made for this once.

    Raises:
        UsageError: there is no such key, or it does not open.

    """
    return read_signer(path) if path else one_run_signer()


def tell_signer(signer: Signer, console: Console) -> None:
    """Say what the signature is good for."""
    told = f"Signed with the key {signer.public.id}"
    if not signer.kept:
        told += ", made for this once: it tells of changes, not of who signed (see --key)"
    console.print(told, markup=False, highlight=False, soft_wrap=True)


def _expected(identity: str | None, issuer: str | None, root: Path | None) -> Expected:
    """Return who must have signed: a name says nothing without whoever knows it by that name."""
    if bool(identity) is not bool(issuer):
        raise UsageError("--identity and --issuer go together: anybody may issue any name")
    return Expected(identity or "", issuer or "", root)


def _whole(folder: Path, today: date) -> Bundle:
    """Return the bundle in *folder*, every point of it checked, whoever signed it."""
    bundle = open_bundle(folder)
    tuple(verified(bundle, _suite(), today))
    return bundle


def _tell(point: Point, console: Console) -> str:
    """Print one thing that was checked, and return how it stands."""
    told = inert(f"{point.mark:<5} {point.about:<10} {point.told}")
    console.print(told, markup=False, highlight=False, soft_wrap=True)
    return point.mark


def _suite() -> Suite:
    return Suite(version(__version__, commit()), load())


def _today() -> date:
    return datetime.now(UTC).date()
