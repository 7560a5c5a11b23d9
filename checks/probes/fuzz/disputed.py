"""
Requests that two servers may end in different places, each with another hidden in it.

Kettle, "HTTP Desync Attacks" (2019), names the pairs: the one that stands before goes
by a length and the one behind by chunks, the other way about, or both by one of two
that are alike. What is allowed to say so, and what is not, is RFC 9112, 6.1 to 6.3.
"""

from collections.abc import Iterator, Mapping

_EMPTY = b"0\r\n\r\n"

CHUNKED: Mapping[str, str] = {
    "said plainly": "Transfer-Encoding: chunked",
    "before a space": "Transfer-Encoding : chunked",
    "behind a tab": "Transfer-Encoding:\tchunked",
    "on a folded line": "Transfer-Encoding:\r\n chunked",
    "in odd letters": "tRANSFER-eNCODING: CHUNKED",
    "of an unknown kind": "Transfer-Encoding: xchunked",
    "of no kind besides": "Transfer-Encoding: identity, chunked",
    "named twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "in quotes": 'Transfer-Encoding: "chunked"',
    "behind a bare line feed": "X-Note: a\nTransfer-Encoding: chunked",
    "behind an odd blank": "Transfer-Encoding: \x0bchunked",
}
"""How a request may say that its body comes in chunks, so that not everybody hears it."""


def disputed(first: bytes, hidden: bytes) -> Iterator[tuple[str, bytes]]:
    """
    Yield requests that begin with *first*, a head without its end, and have *hidden* in them.

    Each comes with what makes it doubtful. Whoever goes by the one word takes *hidden*
    for a body or a part of one; whoever goes by the other, for a request.
    """
    for how, said in CHUNKED.items():
        behind = _EMPTY + hidden
        yield f"a length, and chunks {how}", _made(first, _length(behind), said, behind)
        chunk = b"%x\r\n%s\r\n%s" % (len(hidden), hidden, _EMPTY)
        yield f"chunks {how}, and no length", _made(first, "Content-Length: 0", said, chunk)
        size = f"Content-Length: {chunk.index(hidden)}"
        yield f"chunks {how}, and a short length", _made(first, size, said, chunk)
    none, all_of_it = "Content-Length: 0", _length(hidden)
    yield "two lengths, the first of nothing", _made(first, none, all_of_it, hidden)
    yield "two lengths, the second of nothing", _made(first, all_of_it, none, hidden)
    behind_a_feed = all_of_it.replace("Content", "X-Note: a\nContent")
    yield "a length behind a bare line feed", _made(first, none, behind_a_feed, hidden)
    yield "two lengths in one", _made(first, f"Content-Length: 0, {len(hidden)}", "", hidden)
    signed = all_of_it.replace(": ", ": +")
    yield "a length with a sign", _made(first, none, signed, hidden)


def _length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def _made(first: bytes, one: str, other: str, body: bytes) -> bytes:
    said = "".join(f"{each}\r\n" for each in (one, other) if each)
    return first + said.encode("latin-1") + b"\r\n" + body
