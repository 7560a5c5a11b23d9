"""
The manifest: the SHA-256 of every file, in the form ``sha256sum --check`` reads.

Whoever has no idaudit can still tell whether a file was changed.
"""

import hashlib
import re
from collections.abc import Mapping

MANIFEST = "SHA256SUMS"

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]*)")


def digest(data: bytes) -> str:
    """Return the SHA-256 of *data* in hex."""
    return hashlib.sha256(data).hexdigest()


def digests(texts: Mapping[str, bytes]) -> dict[str, str]:
    """Return the digest of each file, sorted by name."""
    return {name: digest(texts[name]) for name in sorted(texts)}


def manifest(named: Mapping[str, str]) -> bytes:
    """Return the manifest of files by digest; the same files, the same bytes."""
    return "".join(f"{named[name]}  {name}\n" for name in sorted(named)).encode()


def read_manifest(text: bytes) -> dict[str, str]:
    """Return the digest of each file; raise :class:`ValueError` where a line is not one."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.decode("ascii", "replace").splitlines(), 1):
        match = _LINE.fullmatch(line)
        if not match:
            raise ValueError(f"line {number} is no digest and name of a file")
        found[match[2]] = match[1]
    if manifest(found) != text:
        raise ValueError("is not sorted, or names a file twice")
    return found
