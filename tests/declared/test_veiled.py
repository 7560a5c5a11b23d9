"""The doctor says where nobody on file can be seen, of any system that a target file declares."""

import json
import sys
from hashlib import shake_256
from pathlib import Path

import pytest

from idaudit.checks.doctor import Examination, examine
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.declared.system import open_declared

sys.path.insert(0, str(Path(__file__).parent))
from people_register import SECRET, Register
from serving import serving


class Sealed(Register):
    """A register that keeps its files in cipher, all under one key that stays."""

    def write(self, number: str) -> None:
        """Keep a file."""
        words = json.dumps(self.people[number].record).encode()
        pad = shake_256(SECRET.encode()).digest(len(words))
        sealed = bytes(a ^ b for a, b in zip(words, pad, strict=True))
        (self.folder / f"{number}.bin").write_bytes(sealed)


def examined(kind: type[Register], folder: Path) -> Examination:
    """Return what the doctor finds."""
    with serving(kind, folder) as (file, _):
        target = open_declared(file)
        try:
            return examine(target, Mint(5), Applicants(Mint(5)))
        finally:
            target.close()


@pytest.mark.parametrize(("kind", "told"), [(Register, ""), (Sealed, "it is encrypted")])
def test_cipher_is_told_from_the_clear(
    kind: type[Register], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both its control is seen in the folder; in one of them the applicant is not."""
    monkeypatch.setenv("TOWN_SECRET", SECRET)
    found = examined(kind, tmp_path)

    assert not found.blind()
    assert told in found.veiled
    assert bool(found.veiled) is bool(told)
