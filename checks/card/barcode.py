"""Nothing is hidden in the barcode or the number: neither carries what the face does not show."""

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from idaudit.checks.card.features import number_features
from idaudit.checks.card.reading import barcode_of, further, issued, parts_of, words_of
from idaudit.checks.case import Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.probes.order import ordered
from idaudit.checks.probes.twins import tells
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

CARDED = (*ENROLMENT, Operation.ISSUE_CARD)
CARDS, NUMBERS = 6, 20
A_YEAR_ON = timedelta(days=400)
LONGEST_SIGNATURE = 512
"""Bytes of a signature: RSA of 4096 bits; no other in use is longer."""

_SIGNATURE = re.compile(r"sig(nature)?|mac|proof|seal", re.IGNORECASE)
_OPAQUE = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s#]*", re.IGNORECASE)
_CHANCE = 3e-4
_TELLING = 6  # letters that do not stand in cipher by chance


@check(
    guarantee="nothing-hidden",
    counters=("barcode-tells-more", "printed-code-tracks", "fixed-number-joins-visits"),
    needs=CARDED,
)
def the_barcode_carries_what_is_printed_and_nothing_else(case: Case) -> None:
    """
    Taken apart, the barcode says what the face says; beyond that it bears one signature at most.

    What is the same on every card is of the format. What differs from card to card
    and is not printed is hidden, be it a number, a place or a piece of cipher.
    """
    cards = [issued(case, case.apply(case.applicant(size=4_000)), 1 + n % 3) for n in range(CARDS)]
    printed = [_printed(card) for card in cards]
    carried = [_carried(card) for card in cards]
    _expect_no_address(case, [barcode_of(card) for card in cards], carried)
    for name in sorted({name for one in carried for name in one}):
        values = [one.get(name, "") for one in carried]
        fine = not further(values, printed) or _is_signature(name, values)
        told = f"The barcode carries under {name!r} what the card does not show."
        case.expect(fine, "carries-more", told)
    blobs = [_unsaid(card, one) for card, one in zip(cards, carried, strict=True)]
    told = "The barcode bears cipher beside what it says and one signature."
    case.expect(_one_signature(blobs), "carries-a-blob", told)


def _printed(card: Outcome) -> frozenset[str]:
    """Return the words that a person can read on the card."""
    face = [text for _, text in parts_of(card.fields["face"])]
    return words_of(*face, card.fields["number"])


def _carried(card: Outcome) -> dict[str, str]:
    """
    Return what the barcode was taken apart into.

    Raises:
        Inconclusive: nothing, and it says nothing printed either; what it
            carries is then not known.

    """
    carried = dict(parts_of(card.fields.get("carried") or {}))
    pieces = _OPAQUE.findall(barcode_of(card))
    if not carried and pieces and len(_unsaid(card, carried)) == len(pieces):
        raise Inconclusive("nothing in the barcode could be read; let the adapter take it apart")
    return carried


def _expect_no_address(
    case: Case, barcodes: Sequence[str], carried: Sequence[dict[str, str]]
) -> None:
    """Expect that no code leads a reader to an address of the card's own."""
    shown = [
        [code, *one.values(), *map(_text, _OPAQUE.findall(code))]
        for code, one in zip(barcodes, carried, strict=True)
    ]
    addresses = [{found for text in one for found in _ADDRESS.findall(text)} for one in shown]
    told = "The printed code leads to an address of its own for each card, which counts who comes."
    case.expect(all(one == addresses[0] for one in addresses), "code-leads-elsewhere", told)


def _is_signature(name: str, values: Sequence[str]) -> bool:
    """Whether a part is called a signature, and is no longer than one."""
    last = name.rpartition(".")[2]
    return bool(_SIGNATURE.fullmatch(last)) and all(_size(v) <= LONGEST_SIGNATURE for v in values)


def _unsaid(card: Outcome, carried: dict[str, str]) -> list[str]:
    """Return the pieces of a barcode that say nothing of what is printed or was taken out of it."""
    printed = [text for _, text in parts_of(card.fields["face"])] + [str(card.fields["number"])]
    said = [text for text in (*carried.values(), *printed) if len(text) >= _TELLING]
    said += [json.dumps(text)[1:-1] for text in said]  # as other letters than Latin are written
    pieces = {piece: piece + _text(piece) for piece in _OPAQUE.findall(barcode_of(card))}
    return [piece for piece, text in pieces.items() if not any(each in text for each in said)]


def _one_signature(blobs: Sequence[Sequence[str]]) -> bool:
    """Whether at most one piece differs from card to card, and is no longer than a signature."""
    same = Counter(piece for one in blobs for piece in set(one))
    own = [[piece for piece in one if same[piece] < len(blobs)] for one in blobs]
    return all(len(one) <= 1 and all(_size(p) <= LONGEST_SIGNATURE for p in one) for one in own)


def _bytes(piece: str) -> bytes:
    bare = piece.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4))
    except (ValueError, binascii.Error):
        return b""


def _text(piece: str) -> str:
    """Return what a piece says in base64, if that is text."""
    return _bytes(piece).decode("utf-8", "replace")


def _size(piece: str) -> int:
    return len(_bytes(piece))


@check(
    guarantee="nothing-hidden",
    counters=("card-marks-its-holder",),
    needs=(*CARDED, Operation.ADVANCE_CLOCK),
)
def the_number_tells_neither_order_nor_date_nor_place(case: Case) -> None:
    """Numbers issued one after the other, by two clerks, in two years, have none of it in them."""
    numbers = [_issue(case, n % 2) for n in range(NUMBERS // 2)]
    case.must(case.target.advance_clock(A_YEAR_ON))
    numbers += [_issue(case, n % 2) for n in range(NUMBERS // 2)]
    if len(set(numbers)) < NUMBERS:
        raise Inconclusive("two cards bear one number")

    told = "The numbers of cards follow one another in the order in which they were issued."
    in_order = ordered(dict(_columns(numbers))) or _steps_repeat(numbers)
    case.expect(not in_order, "number-in-order", told)
    said = [dict(number_features(number)) for number in numbers]
    half = NUMBERS // 2
    told = "The number of a card tells when it was issued."
    case.expect(not tells(said[:half], said[half:], _CHANCE), "number-tells-date", told)
    told = "The number of a card tells who issued it, and so where."
    case.expect(not tells(said[::2], said[1::2], _CHANCE), "number-tells-place", told)
    case.bound(f"{NUMBERS} numbers were compared; a sequence under a good cipher shows in none.")


def _issue(case: Case, clerk: int) -> str:
    card = issued(case, case.apply(case.applicant(size=4_000)), clerk + 1)
    return str(card.fields["number"])


def _columns(numbers: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the whole numbers, and every four letters of them that stand together."""
    yield "all", numbers
    for start in range(min(map(len, numbers)) - 3):
        yield f"from {start}", [number[start : start + 4] for number in numbers]


def _steps_repeat(numbers: Iterable[str]) -> bool:
    """Whether the steps from one number to the next recur, but for letters at either end."""
    bare = ["".join(filter(str.isdecimal, number)) for number in numbers]
    shortest = min(map(len, bare))
    cuts = [(head, tail) for head in range(shortest) for tail in range(3)]
    return any(
        _recurs([each[head : len(each) - tail] for each in bare])
        for head, tail in cuts
        if shortest - head - tail >= 6  # noqa: PLR2004  with fewer digits, steps recur by chance
    )


def _recurs(digits: Sequence[str]) -> bool:
    values = list(map(int, digits))
    modulus = 10 ** max(map(len, digits))
    steps = Counter((b - a) % modulus for a, b in pairwise(values))
    return max(steps.values()) >= 3  # noqa: PLR2004  once in a thousand million runs, of random ones
