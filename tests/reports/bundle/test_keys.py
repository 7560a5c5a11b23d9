"""Keys are made safely, read strictly, and sign what the standard says is signed."""

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from idaudit.reports.bundle.dsse import enveloped, opened, pae
from idaudit.reports.bundle.keys import PASSPHRASE, key_id, new_key, one_run_signer, read_signer
from idaudit.threatmodel.errors import SetupError, UsageError

# The example of DSSE 1.0.0: a body, its type, what is signed, and a signature by this P-256 key.
BODY, KIND = b"hello world", "http://example.com/HelloWorld"
X = 46950820868899156662930047687818585632848591499744589407958293238635476079160
Y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
SIGNATURE = (
    "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="
)


def test_what_is_signed_is_what_the_standard_signs() -> None:
    """The standard's own example verifies over our encoding."""
    raw = base64.b64decode(SIGNATURE)
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    key = ec.EllipticCurvePublicNumbers(X, Y, ec.SECP256R1()).public_key()

    key.verify(encode_dss_signature(r, s), pae(KIND, BODY), ec.ECDSA(SHA256()))
    assert pae(KIND, BODY) == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_an_envelope_opens_with_the_key_that_closed_it_alone() -> None:
    """Another key, and the same envelope under another name, are refused."""
    signer, other = one_run_signer(), one_run_signer()
    line = enveloped(b'{"a": 1}', signer)

    assert opened(line, signer.public) == b'{"a": 1}'
    with pytest.raises(ValueError, match="not that of the key"):
        opened(line, other.public)
    renamed = line.replace(signer.public.id.encode(), other.public.id.encode())
    with pytest.raises(ValueError, match="not that of the key"):
        opened(renamed, signer.public)


@pytest.mark.parametrize("line", [b"", b"{}", b"[1]", b'{"signatures": []}', b"\xff", b"null"])
def test_what_is_no_envelope_is_refused(line: bytes) -> None:
    """One error, whatever the rubbish."""
    with pytest.raises(ValueError, match="no envelope"):
        opened(line, one_run_signer().public)


def test_a_new_key_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else can read the private half, and the public half names the same key."""
    made = new_key(tmp_path / "audit.key")

    assert stat.S_IMODE((tmp_path / "audit.key").stat().st_mode) == 0o600
    assert read_signer(tmp_path / "audit.key").public.id == made.public.id
    assert key_id(str(tmp_path / "audit.key.pub")) == made.public.id
    assert key_id(made.public.id) == made.public.id


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    """A lost key cannot be had again."""
    new_key(tmp_path / "audit.key")
    before = (tmp_path / "audit.key").read_bytes()

    with pytest.raises(SetupError, match=r"audit\.key\.pub: cannot be written"):
        new_key(tmp_path / "audit.key")
    (tmp_path / "audit.key.pub").unlink()
    with pytest.raises(SetupError, match=r"audit\.key: cannot be written"):
        new_key(tmp_path / "audit.key")
    assert (tmp_path / "audit.key").read_bytes() == before


def test_a_passphrase_closes_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the key does not open, and with it it does."""
    monkeypatch.setenv(PASSPHRASE, "correct horse")
    made = new_key(tmp_path / "audit.key")

    assert read_signer(tmp_path / "audit.key").public.id == made.public.id
    for wrong in ("", "battery staple"):
        monkeypatch.setenv(PASSPHRASE, wrong)
        with pytest.raises(UsageError, match=PASSPHRASE):
            read_signer(tmp_path / "audit.key")


def test_a_key_of_another_kind_is_named(tmp_path: Path) -> None:
    """Bundles are signed with Ed25519 and nothing else."""
    other = ec.generate_private_key(ec.SECP256R1())
    private = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "ec").write_bytes(private)
    (tmp_path / "ec.pub").write_bytes(public)

    with pytest.raises(UsageError, match="expected Ed25519"):
        read_signer(tmp_path / "ec")
    with pytest.raises(UsageError, match="expected Ed25519"):
        key_id(str(tmp_path / "ec.pub"))


@pytest.mark.parametrize("text", [b"", b"no key", b"-----BEGIN PUBLIC KEY-----\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, text: bytes) -> None:
    """A file that is something else is named with what was expected."""
    (tmp_path / "file").write_bytes(text)

    with pytest.raises(UsageError, match="idaudit key new"):
        read_signer(tmp_path / "file")
    with pytest.raises(UsageError, match="no public key"):
        key_id(str(tmp_path / "file"))
    with pytest.raises(UsageError, match="cannot be read"):
        read_signer(tmp_path / "missing")
