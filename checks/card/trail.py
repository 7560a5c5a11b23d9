"""Showing a card leaves no trail: neither with the city, nor between its partners."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from urllib.parse import quote

from idaudit.checks.card.reading import PARTNER, issued, said_by
from idaudit.checks.case import Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.finding import Place
from idaudit.checks.probes.holdings import Thing, features, gained, holdings, prove_sight
from idaudit.checks.probes.twins import tells
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive

SHOWING = (*ENROLMENT, Operation.ISSUE_CARD, Operation.VERIFY_CARD)
PARTNER_2 = Actor(Role.PARTNER, 2)
SHOWS, MISSES = 10, 4
LONGER = 16
"""Digits that a long number has more than one on a card."""

SEALED = 28
"""Bytes that sealing alone adds to what is sealed: a nonce and a tag."""

LARGEST = 64 * 1024
"""Bytes of a row or file that can be what one use left: more is a whole database's file."""

_CHANCE = 1e-3
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{38,}")  # SEALED bytes in base64
_JOINT = 8  # letters two names share by chance once in a trillion times
Shown = list[Thing]


@check(
    guarantee="no-use-trail",
    counters=("city-learns-of-visits", "number-in-the-address-line"),
    needs=SHOWING,
    sees=True,
)
def showing_a_card_leaves_no_trace_of_which_it_was(case: Case) -> None:
    """
    Two cards are shown in turn, again and again: nothing that rests tells which it was.

    Neither the number, nor whatever else comes back with one card and not with the
    other, nor a piece of cipher that a good card leaves and a bad one does not. That
    a card was shown may be counted.
    """
    prove_sight(case.sight)
    cards = [issued(case, case.apply(case.applicant(size=4_000))) for _ in range(2)]
    numbers = [str(card.fields["number"]) for card in cards]
    shows = [_show(case, numbers[turn % 2], turn) for turn in range(2 * SHOWS)]
    short, long = (_missed(case, digits) for digits in ("40", "40" + "4" * LONGER))
    codes = [str(card.fields.get("barcode") or "") for card in cards]
    by_code = [_show_code(case, code) for code in codes if code]
    _expect_no_number(case, [*numbers, *filter(None, codes)], [*shows, *by_code])
    _expect_untold(case, shows)
    _expect_nothing_sealed(case, shows, short, long)
    case.bound(
        f"Of {2 * SHOWS} shows of two cards a number written down once is seen, and what stands "
        "for a card only where it is kept each time."
    )


def _expect_untold(case: Case, shows: Sequence[Shown]) -> None:
    """Expect that what the shows of one card left does not differ from what those of two did."""
    seen = [features(show) for show in shows]
    told = tells(seen[::2], seen[1::2], _CHANCE)
    place = Place(*told[0].feature.split(":", 1)) if told else None
    sentence = "What is kept after a card was shown tells which card it was."
    case.expect(not told, "use-recorded", sentence, place)


def _expect_nothing_sealed(
    case: Case, shows: Sequence[Shown], short: Sequence[Shown], long: Sequence[Shown]
) -> None:
    """Expect that good cards leave no more cipher than bad ones, and long numbers than short."""
    sealed = _Sealed([*shows, *short, *long])
    heavy = sealed.weight(shows) - sealed.weight(short) >= SEALED
    sentence = "Each time a good card is shown, something sealed is kept of it."
    case.expect(not heavy, "use-sealed", sentence)
    grows = sealed.weight(long) - sealed.weight(short) >= LONGER // 2
    sentence = "What is kept of each question grows with the number that is asked about."
    case.expect(not grows, "number-sealed", sentence)


def _show(case: Case, number: str, turn: int) -> Shown:
    """Show a card by its number; two partners see each card in turn."""
    partner = PARTNER_2 if turn // 2 % 2 else PARTNER
    before = holdings(case.sight)
    seen = case.must(case.target.verify_card(partner, number=number))
    if not seen.fields["valid"]:
        raise Inconclusive("a card that was just issued is not good")
    _expect_no_address(case, seen, number)
    return gained(before, holdings(case.sight))


def _show_code(case: Case, barcode: str) -> Shown:
    before = holdings(case.sight)
    seen = case.must(case.target.verify_card(PARTNER, barcode=barcode))
    _expect_no_address(case, seen, barcode)
    return gained(before, holdings(case.sight))


def _missed(case: Case, beginning: str) -> list[Shown]:
    """Ask about numbers of no card."""
    left = []
    for number in range(MISSES):
        before = holdings(case.sight)
        unknown = f"{beginning}{number:014}"
        case.answered(case.target.verify_card(PARTNER, number=unknown))
        left.append(gained(before, holdings(case.sight)))
    return left


def _expect_no_address(case: Case, seen: Outcome, shown: str) -> None:
    """Expect that no address of a request bears what was shown: hosts log those."""
    written = {shown, quote(shown, safe="")}
    paths = [exchange.path for exchange in seen.exchanges]
    told = "The address of a request bears the card's number, and whoever hosts it logs that."
    found = any(each in path for path in paths for each in written)
    case.expect(not found, "number-in-address", told)


def _expect_no_number(case: Case, shown: Sequence[str], shows: Iterable[Shown]) -> None:
    """Expect that nothing left by any show bears a number or a barcode as it is."""
    for show in shows:
        bearing = [thing for thing in show if any(each in thing.text for each in shown)]
        place = Place(bearing[0].surface, bearing[0].place) if bearing else None
        told = "A card was shown, and its number was written down."
        case.expect(not bearing, "number-logged", told, place)


class _Sealed:
    """How much cipher each show left: bytes that say nothing and never come back."""

    def __init__(self, shows: Iterable[Shown]) -> None:
        """Know what comes back from show to show: it is no cipher of one."""
        every = (piece for show in shows for piece in set(_pieces(show)))
        self._times = Counter(every)

    def weight(self, shows: Iterable[Shown]) -> float:
        """Return how many bytes of it the usual show left."""
        return median(
            sum(len(piece) for piece in _pieces(show) if self._times[piece] == 1) for show in shows
        )


def _pieces(show: Shown) -> list[str | bytes]:
    """Return the blobs and the long unreadable words that were left."""
    values = [v for thing in show for _, v in thing.cells if thing.weight <= LARGEST]
    blobs = [value for value in values if isinstance(value, bytes) and not value.isascii()]
    texts = [value for value in values if isinstance(value, str)]
    texts += [value.decode() for value in values if isinstance(value, bytes) and value.isascii()]
    return [*blobs, *(word for text in texts for word in _TOKEN.findall(text))]


@check(guarantee="no-use-trail", counters=("fixed-number-joins-visits",), needs=SHOWING)
def two_partners_cannot_join_what_they_are_told_of_one_card(case: Case) -> None:
    """What two partners get to know a card by is not the same, and has no part in common."""
    cards = [issued(case, case.apply(case.applicant(size=4_000))) for _ in range(3)]
    names = [[_names(case, partner, card) for card in cards] for partner in (PARTNER, PARTNER_2)]
    for place, (mine, theirs) in enumerate(zip(*names, strict=True)):
        others = [" ".join(n.values()) for who in names for p, n in enumerate(who) if p != place]
        case.expect(
            not _joined(mine, theirs, others),
            "partners-can-join",
            "Two partners are told something of one card by which they can join its uses.",
        )


def _names(case: Case, partner: Actor, card: Outcome) -> Mapping[str, str]:
    """Return what a partner is told of a card, beyond good: asked by number, for a name too."""
    number, barcode = (str(card.fields.get(name)) for name in ("number", "barcode"))
    told: dict[str, str] = {}
    for wants in (False, True):
        seen = case.answered(case.target.verify_card(partner, number=number, token=wants))
        said = said_by(seen, number, barcode) if seen.allowed else {}
        told |= {f"{name} {wants}": value for name, value in said.items()}
        for exchange in seen.exchanges:
            told |= {f"{k} {wants}": v for k, v in exchange.headers.items() if k == "etag"}
    return told


def _joined(mine: Mapping[str, str], theirs: Mapping[str, str], others: Sequence[str]) -> bool:
    """Whether any letters together stand in both and in nothing said of another card."""
    elsewhere, there = " ".join(others), " ".join(theirs.values())
    parts = (
        one[start : start + _JOINT]
        for one in mine.values()
        for start in range(max(1, len(one) - _JOINT + 1))
    )
    return any(len(part) > 1 and part in there and part not in elsewhere for part in parts)
