"""
The small compressors of databases, decoded step by step in Python.

Their libraries want the whole value and give nothing of a torn one; these give
everything up to the tear. What they cost is bounded by what they may yield.
"""

from collections.abc import Callable

Undo = Callable[[bytes, int], bytes]
"""Takes what was packed and the most it may yield; returns what it yields, torn or whole."""


def pglz(data: bytes, most: int) -> bytes:
    """Undo PostgreSQL's own compression: a control byte, then eight literals or references."""
    out = bytearray()
    at = 0
    while at < len(data) and len(out) < most:
        control = data[at]
        at += 1
        if not control and len(out) + 8 <= most:
            out += data[at : at + 8]
            at += 8
            continue
        for bit in range(8):
            if at >= len(data) or len(out) >= most:
                break
            if not control >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            if at + 1 >= len(data):
                return bytes(out)
            length, back = (data[at] & 15) + 3, (data[at] & 0xF0) << 4 | data[at + 1]
            at += 2
            if length == 18:  # noqa: PLR2004  the longest a nibble says; a byte follows
                if at >= len(data):
                    return bytes(out)
                length += data[at]
                at += 1
            if not _repeat(out, back, min(length, most - len(out))):
                return bytes(out)
    return bytes(out)


def lzf(data: bytes, most: int) -> bytes:
    """Undo LZF, with which Redis packs strings."""
    out = bytearray()
    at = 0
    while at < len(data) and len(out) < most:
        control = data[at]
        at += 1
        if control < 32:  # noqa: PLR2004  a run of literals
            out += data[at : at + control + 1]
            at += control + 1
            continue
        length = control >> 5
        if length == 7:  # noqa: PLR2004  the longest three bits say; a byte follows
            length += data[at] if at < len(data) else 0
            at += 1
        if at >= len(data):
            break
        back = ((control & 31) << 8 | data[at]) + 1
        at += 1
        if not _repeat(out, back, min(length + 2, most - len(out))):
            break
    return bytes(out[:most])


def lz4_block(data: bytes, most: int) -> bytes:
    """Undo a block of lz4."""
    out = bytearray()
    at = 0
    while at < len(data) and len(out) < most:
        token = data[at]
        count, at = _extended(data, at + 1, token >> 4)
        out += data[at : at + count]
        at += count
        if at + 2 > len(data):
            break
        back = int.from_bytes(data[at : at + 2], "little")
        length, at = _extended(data, at + 2, token & 15)
        if not _repeat(out, back, min(length + 4, most - len(out))):
            break
    return bytes(out[:most])


def lzw(data: bytes, most: int) -> bytes:
    """Undo LZW as PDF and TIFF write it: codes of nine to twelve bits, widened one early."""
    out = bytearray()
    table: list[bytes] = []
    width, held, bits, last = 9, 0, 0, b""
    for byte in data:
        held, bits = held << 8 | byte, bits + 8
        if bits < width:
            continue
        bits -= width
        code, held = held >> bits, held & (1 << bits) - 1
        if code == _CLEAR:
            table, width, last = [], 9, b""
            continue
        known = bytes([code]) if code < _CLEAR else _at(table, code - _FIRST, last)
        if code == _END or not known or len(out) >= most:
            break
        out += known
        if last and len(table) < 4096 - _FIRST:
            table.append(last + known[:1])
        last = known
        width = min(12, max(9, (len(table) + 1 + _FIRST).bit_length()))
    return bytes(out[:most])


_CLEAR, _END, _FIRST = 256, 257, 258


def _at(table: list[bytes], place: int, last: bytes) -> bytes:
    """Return an entry of the table, the one being made included; nothing where there is none."""
    if 0 <= place < len(table):
        return table[place]
    return last + last[:1] if place == len(table) else b""


def _extended(data: bytes, at: int, count: int) -> tuple[int, int]:
    """Return a length that goes on in further bytes, and where those end."""
    if count == 15:  # noqa: PLR2004  all a nibble says
        while at < len(data):
            count += data[at]
            at += 1
            if data[at - 1] != 0xFF:  # noqa: PLR2004  all a byte says
                break
    return count, at


def _repeat(out: bytearray, back: int, length: int) -> bool:
    """Append *length* bytes that stand *back* bytes before the end, if there are any."""
    if not 0 < back <= len(out):
        return False
    piece = bytes(out[-back:][:length])
    out += (piece * -(-length // len(piece)))[:length] if piece else b""
    return True


def is_sized(value: bytes) -> bool:
    """Whether the whole *value* may be a block of lz4 behind its size in four bytes."""
    size, packed = int.from_bytes(value[:4], "little"), len(value) - 4
    return packed > 0 and packed - packed // 250 - 16 <= size <= packed * 255 and size < 1 << 24
