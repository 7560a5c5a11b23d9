"""What to try where a value begins: formats that nothing announces."""

from collections.abc import Iterator

from idaudit.checks.probes.sweep.containers import (
    ANY_ZLIB,
    ASCII85_RUN,
    BARE,
    BASE64_RUN,
    BLOCK,
    BROTLI,
    DUMP,
    HEX_RUN,
    SIZED,
    Container,
)
from idaudit.checks.probes.sweep.dumps import line
from idaudit.checks.probes.sweep.runs import all_85, all_letters, is_hex
from idaudit.checks.probes.sweep.smallpack import is_sized
from idaudit.checks.probes.sweep.snappy import is_block

HEAD = 64
"""What a value begins with tells what it may be."""
TEXT = bytes(range(0x20, 0x7F)) + b"\t\n\r"


def headless(data: bytes, *, whole: bool) -> Iterator[Container]:
    """Yield the formats to try at the beginning of *data*, which may be the *whole* value."""
    head = data[:HEAD]
    if all_letters(head):
        yield HEX_RUN if is_hex(head) else BASE64_RUN
    elif head.isascii():
        if all_85(head):
            yield ASCII85_RUN
        elif line(data[:160].partition(b"\n")[0]) is not None:
            yield DUMP
    elif head[0] & 15 == 8 and int.from_bytes(head[:2]) % 31 == 0:  # noqa: PLR2004  RFC 1950
        yield ANY_ZLIB
    else:
        yield BARE
    if head.translate(None, TEXT):
        yield BROTLI
    if whole and is_block(data):
        yield BLOCK
    if whole and is_sized(data):
        yield SIZED
