"""How the checks of notices, bookings and refusals read what they are shown."""

import random
from collections.abc import Callable, Sequence

import pytest

from idaudit.checks.accountability import booking
from idaudit.checks.disclosure import telling
from idaudit.checks.disclosure.confirmation import like
from idaudit.checks.disclosure.telling import names_request
from idaudit.fixtures.targets.message import Message
from idaudit.fixtures.targets.reference import ReferenceTarget
from idaudit.fixtures.targets.target import Exchange, Target

Judge = Callable[..., tuple[str, str]]


def page(body: str, **headers: str) -> Exchange:
    """A page that was answered by city.example."""
    return Exchange("GET", "/hours", 200, {"host": "city.example"}, b"", headers, body.encode())


@pytest.mark.parametrize(
    ("exchange", "others"),
    [
        (page('<script src="https://count.example/t.js"></script>'), {"count.example"}),
        (page("<img width=1 src=//count.example/p.gif>"), {"count.example"}),
        (page('<script src="/own.js"></script><img src="https://city.example/a.png">'), set()),
        (page('<a href="https://library.example/">the library</a>'), set()),
        (page("{}", link="<https://count.example/a>; rel=preload"), {"count.example"}),
        (page("{}"), set()),
    ],
)
def test_what_a_browser_loads_by_itself_is_seen(exchange: Exchange, others: set[str]) -> None:
    """A link that somebody may follow loads nothing."""
    assert booking.loaded_from_elsewhere(exchange) == others


@pytest.mark.parametrize(
    "text",
    [
        "Your municipal ID card",
        "bring it for your City ID",
        "IDNYC",
        "ID-card office",
        "cardholders",
    ],
)
def test_words_of_a_card_are_known(text: str) -> None:
    """However the programme is called in passing."""
    assert telling.OF_A_CARD.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "You asked to be reminded of Monday, 6 February at 3:00 PM.",
        "A postcard from the city library",
        "Your library card is ready",
        "There is something new for you. Sign in where you always do to read it.",
    ],
)
def test_words_of_anything_else_are_left_alone(text: str) -> None:
    """A message has to be able to say something."""
    assert not telling.OF_A_CARD.search(text)
    assert not names_request(text)


def test_an_authority_that_asked_is_recognised() -> None:
    """By who it is, or by what it came with."""
    assert names_request("Immigration has asked for your record")
    assert names_request("A subpoena came")


def test_what_is_made_up_is_written_as_what_is_known() -> None:
    """Digits stay digits, letters letters, and what joins them stays."""
    made = like("Ab-12_z", random.Random(1))  # noqa: S311  a name

    assert made != "Ab-12_z"
    assert [c.isdigit() for c in made] == [c.isdigit() for c in "Ab-12_z"]
    assert (made[2], made[5]) == ("-", "_")


def test_a_target_that_shows_no_messages_is_not_called_clean(judge: Judge) -> None:
    """What nobody can read was not read."""
    check = booking.no_message_about_an_hour_names_the_programme
    told, why = judge(check, messages=lambda _: None)

    assert (told, "does not show" in why) == ("inconclusive", True)


def named(target: Target) -> Sequence[Message]:
    """Add the programme's own name to every message."""
    return [Message(m.to, m.outside, f"{m.inside} Example Pass") for m in target.messages() or ()]


def test_a_programmes_own_name_is_known(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """The target says by what names people know it; nobody else's is held against it."""
    check = booking.no_message_about_an_hour_names_the_programme
    assert judge(check, messages=named) == ("pass", "")

    monkeypatch.setattr(ReferenceTarget, "known_as", ("Example Pass",))
    assert judge(check, messages=named) == ("broken", "message-names-programme")
