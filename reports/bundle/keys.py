"""
The keys bundles are signed with: Ed25519, in the PEM files every tool knows.

A key that is kept tells who made a bundle, to whoever knows its id. A key made
for one run and forgotten tells only that nothing was changed since.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from idaudit.threatmodel.errors import SetupError, UsageError

PUBLIC_ENDING = ".pub"
PASSPHRASE = "IDAUDIT_KEY_PASSPHRASE"  # noqa: S105  the name of a variable, not a passphrase
_ID = re.compile(r"[0-9a-f]{64}")
_MAKE_ONE = "name a key that 'idaudit key new' wrote, or any Ed25519 key in PEM"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key."""

    key: Ed25519PublicKey

    @property
    def pem(self) -> bytes:
        """The key as a PEM file holds it."""
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def id(self) -> str:
        """The SHA-256 of the key's DER form: what a signer publishes to be known by."""
        der = self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Whether *signature* is this key's for *message*."""
        try:
            self.key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, and whether anybody keeps it after this run."""

    key: Ed25519PrivateKey
    kept: bool

    @property
    def public(self) -> Verifier:
        """The key others check with."""
        return Verifier(self.key.public_key())

    def sign(self, message: bytes) -> bytes:
        """Return the signature for *message*; the same message, the same signature."""
        return self.key.sign(message)


def one_run_signer() -> Signer:
    """Return a new key that nobody will keep."""
    return Signer(Ed25519PrivateKey.generate(), kept=False)


def read_signer(path: Path) -> Signer:
    """
    Return the private key in *path*, opened with ``IDAUDIT_KEY_PASSPHRASE`` where that is set.

    Raises:
        UsageError: there is none, it does not open, or it is of another kind.

    """
    try:
        key = load_pem_private_key(_read(path), _passphrase())
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"{path}: cannot be opened as a private key ({error}); {_MAKE_ONE}, and set "
            f"{PASSPHRASE} where it has a passphrase, and only there"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path}: is a {type(key).__name__}, expected Ed25519; {_MAKE_ONE}")
    return Signer(key, kept=True)


def read_verifier(pem: bytes, name: object) -> Verifier:
    """
    Return the public key in *pem*.

    Raises:
        UsageError: it is none, or of another kind.

    """
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise UsageError(f"{name}: is no public key in PEM ({error})") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{name}: is a {type(key).__name__}; expected Ed25519")
    return Verifier(key)


def key_id(named: str) -> str:
    """
    Return the id of the key that *named* gives: the id itself, or a file with the public key.

    Raises:
        UsageError: it is neither.

    """
    if _ID.fullmatch(named):
        return named
    return read_verifier(_read(Path(named)), named).id


def new_key(path: Path) -> Signer:
    """
    Make a key, and write it to *path* and its public half beside it.

    The private half can be read by its owner alone, and is encrypted where
    ``IDAUDIT_KEY_PASSPHRASE`` is set. Nothing is written over.

    Raises:
        SetupError: a file is there already, or cannot be written.

    """
    signer = Signer(Ed25519PrivateKey.generate(), kept=True)
    secret = _passphrase()
    lock = BestAvailableEncryption(secret) if secret else NoEncryption()
    private = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)
    beside = path.with_name(path.name + PUBLIC_ENDING)
    if beside.exists():
        raise _no_place(beside, "File exists")
    _write_new(path, private, 0o600)
    _write_new(beside, signer.public.pem, 0o644)
    return signer


def _passphrase() -> bytes | None:
    """Return what opens a private key: never on a command line, where others could read it."""
    return os.environ.get(PASSPHRASE, "").encode() or None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); {_MAKE_ONE}") from error


def _write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that is nobody else's for even a moment."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise _no_place(path, str(error.strerror)) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _no_place(path: Path, why: str) -> SetupError:
    return SetupError(
        f"{path}: cannot be written ({why}); expected a name in a writable folder that no file has "
        "yet"
    )
