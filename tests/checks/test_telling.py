"""Telling order, templates and marks from luck, each on values made for it."""

import base64
import itertools
import math
import random
import secrets
from collections.abc import Callable

import pytest

from idaudit.checks.access.templates import alike, apart, codes
from idaudit.checks.card.features import dates_in, number_features
from idaudit.checks.probes.holdings import Holdings, Thing, features, gained
from idaudit.checks.probes.order import chance, in_order, ordered
from idaudit.checks.probes.stump import Question, confirmed, learn, least_seen
from idaudit.checks.probes.twins import Features
from idaudit.threatmodel.errors import Inconclusive

PEOPLE = 12
CHANCE = random.Random(7)  # noqa: S311  no secret depends on it


# -- order ------------------------------------------------------------------------------------


def counted(write: Callable[[int], str]) -> list[str]:
    """Return the names of photographs that are numbered one after the other."""
    return [write(number) for number in range(995, 995 + PEOPLE)]


@pytest.mark.parametrize(
    "write",
    [
        lambda n: f"{n:08}",
        str,
        lambda n: f"{secrets.token_hex(4).translate(LETTERS)}-{n}.jpg",
        lambda n: f"img{n:x}{'z' * 5}",
        lambda n: f"2017-02-01T10:{n // 60:02}:{n % 60:02}",
        lambda n: f"{n:06}{secrets.token_hex(8).translate(LETTERS)}",
    ],
)
def test_a_count_is_seen_however_it_is_written(write: Callable[[int], str]) -> None:
    """Padded or not, in front of noise or behind it."""
    assert ordered({"name": counted(write)}) == ["name"]


LETTERS = str.maketrans("0123456789", "ghijklmnop")


def test_names_drawn_by_lot_have_no_order() -> None:
    """A thousand stores of random names, and none is said to be in order."""
    columns = {str(n): [secrets.token_urlsafe(16) for _ in range(PEOPLE)] for n in range(200)}

    assert ordered(columns) == []


def test_few_values_in_order_may_be_luck() -> None:
    """Five in order prove nothing; a column that says one thing of all says nothing."""
    assert ordered({"name": [f"{n}" for n in range(5)], "state": ["2"] * 5}) == []


def test_the_chance_of_an_order_is_counted() -> None:
    """Against all orders of six, one by one."""
    orders = list(itertools.permutations(range(6)))
    for most in range(8):
        few = sum(_disorders(each) <= most or 15 - _disorders(each) <= most for each in orders)
        assert chance(most, 6) == pytest.approx(min(1, few / len(orders)))
    assert in_order(list(range(9)), 1e-5)


def _disorders(order: tuple[int, ...]) -> int:
    return sum(one > other for one, other in itertools.combinations(order, 2))


# -- templates --------------------------------------------------------------------------------


def left(value: object) -> list[Thing]:
    """Return one row that holds a value."""
    return [Thing("db", "faces", (("code", value),))]


def noisy(template: int) -> int:
    """Return the template of another picture of the same face."""
    return template ^ (1 << CHANCE.randrange(63)) ^ (1 << CHANCE.randrange(63))


@pytest.mark.parametrize(
    "write",
    [
        lambda t: t,
        lambda t: t.to_bytes(8),
        lambda t: f"{t:016x}",
        lambda t: base64.b64encode(t.to_bytes(8)).decode(),
        lambda t: f'{{"template": "{t:016x}"}}',
    ],
)
def test_an_open_template_is_seen_however_it_is_written(write: Callable[[int], object]) -> None:
    """As bytes, as a number, in hex, in base64, in the middle of a text."""
    face, *others = (CHANCE.getrandbits(62) | 1 << 62 for _ in range(3))
    there = [codes(left(write(each))) for each in (face, noisy(face), *others)]

    assert alike(there[0], there[1], there[2:])


def test_what_is_noise_or_the_same_for_all_is_no_template() -> None:
    """Cipher is near to nothing, and a version number to everybody's."""
    noise = [codes(left(secrets.token_bytes(36))) for _ in range(4)]
    fixed = [codes(left("deadbeefdeadbeef")) for _ in range(4)]

    assert not alike(noise[0], noise[1], noise[2:])
    assert not alike(fixed[0], fixed[1], fixed[2:])
    assert apart(b"\x00", b"\xff") == 1


# -- the distinguisher --------------------------------------------------------------------------


def cohort(mark: Callable[[bool], str]) -> tuple[list[Features], list[bool]]:
    """Return 24 numbers, half of them of one class, made by *mark*."""
    first = [True, False] * 12
    CHANCE.shuffle(first)
    return [dict(number_features(mark(each))) for each in first], first


def plain(_: bool = False) -> str:  # noqa: FBT001, FBT002  a label
    """Return a random number."""
    return "".join(CHANCE.choice("0123456789") for _ in range(16))


MARKS: dict[str, Callable[[bool], str]] = {
    "a prefix": lambda one: ("7" if one else "3") + plain()[1:],
    "parity": lambda one: plain()[:-1] + CHANCE.choice("02468" if one else "13579"),
    "a remainder": lambda one: f"{int(plain()) // 97 * 97 + (5 if one else 6):016}",
    "a length": lambda one: plain() + ("0" if one else ""),
}


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_a_mark_is_learnt_and_found_again(mark: Callable[[bool], str]) -> None:
    """Where a number is marked, a rule from some people holds for others."""
    found = learn(*cohort(mark), seed=1)

    assert found.probability <= 0.01
    assert confirmed(found.questions, *cohort(mark))[1] <= 1e-3


def test_a_rule_learnt_from_luck_does_not_hold() -> None:
    """Of twenty honest systems few give rise to a rule, and none to one that holds."""
    for seed in range(20):
        found = learn(*cohort(plain), seed=seed)
        assert confirmed(found.questions, *cohort(plain))[1] > 1e-3


def test_luck_is_measured_and_not_assumed() -> None:
    """With hundreds of questions an advantage of a half is nothing: dealing again shows it."""
    found = learn(*cohort(plain), seed=1)

    assert found.asked > 100
    assert 0.4 < found.luck < 1


def test_nothing_to_ask_is_nothing_to_learn() -> None:
    """People who are all alike, and people who are too few."""
    alike: list[Features] = [{"a": 1}] * 12
    assert learn(alike, [True, False] * 6, seed=1).probability == 1
    with pytest.raises(Inconclusive, match="fewer than six"):
        learn(alike, [True] + [False] * 11, seed=1)


def test_a_guess_is_worth_what_is_counted() -> None:
    """Six of six against none of six is two deals in 924."""
    told: list[Features] = [{"a": 1}] * 6 + [{"a": 2}] * 6
    one, other = Question("a", 1, over=False), Question("a", 2, over=False)
    right = confirmed([one, other], told, [True] * 6 + [False] * 6)[1]

    assert right == pytest.approx(2 / math.comb(12, 6))


def test_a_question_that_luck_made_as_good_does_not_hide_the_right_one() -> None:
    """Two that did equally well are both put to others, and the chance of each is counted."""
    first = [True, False] * 12
    people: list[Features] = [{"a luck": one, "mark": one} for one in first]
    others: list[Features] = [{"a luck": n % 3 > 0, "mark": one} for n, one in enumerate(first)]

    found = learn(people, first, seed=1)
    best, luck = confirmed(found.questions, others, first)

    assert {each.feature for each in found.questions} == {"a luck", "mark"}
    assert best.feature == "mark"
    assert luck == pytest.approx(2 * 2 / math.comb(24, 12))


def test_the_least_mark_that_is_seen_follows_from_luck() -> None:
    """Of twelve, a mark that luck stays below is missed once in twenty, and one on all never."""
    share = least_seen(12, 0.5)
    missed = sum(math.comb(12, k) * share**k * (1 - share) ** (12 - k) for k in range(7))

    assert missed == pytest.approx(0.05, abs=1e-6)
    assert least_seen(12, 1.0) == 1.0


def test_the_dates_of_a_card_are_read() -> None:
    """What only looks like a date is none."""
    assert [f"{each}" for each in dates_in("good until 2027-02-28 (2027-13-01)")] == ["2027-02-28"]
    assert dates_in("2015-03-31 2016-02-29")[0].day == 31


# -- what an act leaves -------------------------------------------------------------------------


def test_of_a_file_that_grew_only_the_new_part_counts() -> None:
    """A log that is no log to its owner is read as one; a file written anew counts whole."""
    before = Holdings([_file("uses", b"one\n"), _file("kept", b"same"), _file("new", b"old")])
    after = Holdings([_file("uses", b"one\ntwo\n"), _file("kept", b"same"), _file("new", b"x")])

    left = {dict(each.cells)["name"]: dict(each.cells)["content"] for each in gained(before, after)}
    assert left == {"uses": b"two\n", "new": b"x"}


def test_words_and_short_values_describe_a_row() -> None:
    """Of a blob only its length is told, of a text its words too."""
    found = features([Thing("db", "uses", (("blob", b"\xff" * 40), ("who", "partner 2")))])

    told = " ".join(found)
    assert "('length', 40)" in told
    assert "('word', 'partner')" in told
    assert "\\xff" not in told


def _file(name: str, content: bytes) -> Thing:
    return Thing("scratch", "", (("content", content), ("name", name)))
