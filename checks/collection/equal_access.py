"""Whoever proves who they are and where they live gets the card, whatever their name or paper."""

from dataclasses import replace
from datetime import date, timedelta

from idaudit.checks.case import Case
from idaudit.checks.catalogue import check
from idaudit.checks.collection.entitled import GOING, Sister, went
from idaudit.checks.collection.kinds import LIVING, to_the_card
from idaudit.checks.collection.traces import expect_alike, told_apart
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.documents import DocumentKind
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive

NAMES = {
    "in Cyrillic": ("Святослав", "Ющенко-Примерный"),
    "in Han script": ("小明", "欧阳"),
    "in Arabic script": ("عبد الرحمن", "المثال"),
    "in Devanagari": ("क्षितिज", "श्रेष्ठ"),
    "with accents": ("Zoë Ñusta", "Őrsi-Đặng"),
    "with an apostrophe": ("D'Angelo", "O'Exámple"),
    "of one word": ("Fnu", "Suharso"),
    "of one letter": ("Q", "O"),
    "of great length": (
        "Maximiliana Esperanza de los Ángeles",
        "Wolfeschlegelsteinhausen-Papadimitropoulos y Echeverría",
    ),
}
"""Names that residents bear, and that a form made for others does not expect."""

SMALL = Differences(size=8_000, media_type="image/jpeg")
PRINTED = Differences(size=40_000, media_type="application/pdf")
"""Papers with a text layer, which says when a paper ends."""

KINDS = (DocumentKind.CONSULAR_ID, DocumentKind.DHS_NOTICE, DocumentKind.FOREIGN_PASSPORT)
TERM_DAYS = 60
"""LL35 d(2): how old a proof of residency may be on the day it is presented."""

_EXPIRED = "whose passport has expired"
_LONG_GONE, _FAR_OFF = timedelta(days=400), timedelta(days=800)
_ADULT, _ANCIENT = 18, 104
_LOST = frozenset("?\ufffd")


@check(
    guarantee="equal-access",
    counters=("newcomer-turned-away",),
    needs=(*GOING, Operation.READ_RECORD),
)
def no_name_is_turned_away(case: Case) -> None:
    """A name of any script, with accents, of one word or very long is taken as it is written."""
    plain = Differences(given_name="Anna", surname="Example", **SMALL)
    sister = Sister(case, plain)
    for what, (given, surname) in NAMES.items():
        name = Differences(given_name=given, surname=surname)
        _expect_equal(case, sister, name, f"whose name is {what}")
        _expect_taken_online(case, what, case.applicant(given_name=given, surname=surname))


@check(guarantee="equal-access", counters=("newcomer-turned-away",), needs=GOING)
def neither_age_nor_gender_makes_the_way_longer(case: Case) -> None:
    """Whoever is just of age, over a hundred, or of another or no gender fares like others."""
    today = case.today
    sister = Sister(case, Differences(born=_years_before(today, 40), gender="F", **SMALL))
    others: dict[str, Differences] = {
        "who came of age today": {"born": _years_before(today, _ADULT)},
        "who is over a hundred years old": {"born": _years_before(today, _ANCIENT)},
        "of a gender other than woman or man": {"gender": "X"},
        "who states no gender": {"gender": None},
    }
    for what, member in others.items():
        _expect_equal(case, sister, member, what)


@check(guarantee="equal-access", counters=("expired-passport-flagged",), needs=GOING)
def nobody_goes_a_longer_way_for_their_kind_of_paper(case: Case) -> None:
    """
    Whoever shows a consular card, an immigration notice or a passport fares like a licence holder.

    A kind that is taken from nobody is not judged: which papers prove who somebody
    is, a programme's rules may say. A second look or a mark for one kind is judged.
    """
    sister = Sister(case, Differences(identity=DocumentKind.US_LICENCE, **SMALL))
    not_taken = []
    for kind in KINDS:
        what = f"who shows a {kind.value.replace('-', ' ')}"
        member = Differences(identity=kind, **SMALL)
        if _expect_equal(case, sister, member, what, rules_may_refuse=True):
            not_taken.append(kind.value)
    if not_taken:
        raise Inconclusive(f"not taken as proof from anybody: {', '.join(not_taken)}")


@check(
    guarantee="equal-access",
    counters=("expired-passport-flagged",),
    needs=LIVING,
    sees=True,
)
def an_expired_passport_is_looked_at_like_any_other(case: Case) -> None:
    """
    Whoever shows an expired foreign passport is answered, and filed, like one whose runs on.

    A system that takes no expired paper from anybody, a licence neither, goes by a
    rule; one that minds it of foreigners alone does not.
    """
    runs_on, expired = (case.today + _FAR_OFF, case.today - _LONG_GONE)
    passport = Differences(identity=DocumentKind.FOREIGN_PASSPORT, **PRINTED)
    plain, old = (Differences(expires=day, **passport) for day in (runs_on, expired))
    _must_mind_no_expiry(case, expired)
    _expect_equal(case, Sister(case, plain), Differences(expires=expired), _EXPIRED)
    told = told_apart(case, to_the_card, plain, old)

    expect_alike(
        case,
        told,
        ("expiry-flagged", "What is kept tells whose passport had expired."),
        ("expiry-flagged", "Somebody whose passport has expired is answered differently."),
    )


@check(guarantee="equal-access", counters=("newcomer-turned-away",), needs=GOING)
def a_bill_of_the_last_day_is_taken(case: Case) -> None:
    """
    A proof of residency dated sixty days back is taken like one of fifty-nine.

    That is judged where the programme's rules on proof are those of LL35. Whatever
    the term is, it ends on the same day for a name in another script.
    """
    usual = Differences(identity=DocumentKind.US_LICENCE, **PRINTED)
    given, surname = NAMES["in Cyrillic"]
    for days in (TERM_DAYS, TERM_DAYS + 1):
        person = case.people.next(**usual)
        twin = case.people.twin(person, apart=True, given_name=given, surname=surname)
        ways = [went(case, _with_bill_of(each, days)) for each in (person, twin)]
        told = "A bill is too old for one name, and not for another."
        case.expect(ways[0].through == ways[1].through, "term-differs", told)
    source = case.programme.clauses["equal-access"].source
    if source is None or source.source.id != "ll35-2014":
        return
    how, _ = Sister(case, usual, _in_time).harder(Differences(), _on_the_last_day)

    told = "A bill of sixty days is not taken, though the term is sixty and not fifty-nine."
    case.expect(not how, "term-miscounted", told)


def _in_time(person: Applicant) -> Applicant:
    return _with_bill_of(person, TERM_DAYS - 1)


def _on_the_last_day(person: Applicant) -> Applicant:
    return _with_bill_of(person, TERM_DAYS)


def _with_bill_of(person: Applicant, days: int) -> Applicant:
    """Return *person* with a bill that is so many *days* old."""
    paper, bill = person.documents
    issued = person.today - timedelta(days=days)
    aged = replace(bill, issued=issued, media_type=str(PRINTED["media_type"]))
    return replace(person, documents=(paper, aged))


def _must_mind_no_expiry(case: Case, expired: date) -> None:
    """
    Show that expired papers are not refused to everybody alike.

    Raises:
        Inconclusive: a licence is refused like a passport would be.

    """
    licence = Differences(identity=DocumentKind.US_LICENCE, expires=expired, **PRINTED)
    if not went(case, case.people.next(**licence)).through:
        raise Inconclusive("no expired paper is taken here, whose ever it is")


def _expect_equal(
    case: Case, sister: Sister, member: Differences, who: str, *, rules_may_refuse: bool = False
) -> bool:
    """Expect that a *member* has it no harder; return whether rules refuse them, if they may."""
    how, way = sister.harder(member, but_at="papers" if rules_may_refuse else "")
    if how == "refused" and rules_may_refuse and way.refused_at in {"papers", "decision"}:
        return True
    told = {
        "refused": f"Somebody {who} is refused where a sister is not.",
        "longer": f"Somebody {who} has to be decided on twice where a sister has not.",
        "marked": f"The answers mark somebody {who}.",
    }
    case.expect(not how, f"{how}-for-class", told.get(how, ""))
    return False


def _expect_taken_online(case: Case, what: str, person: Applicant) -> None:
    """Expect that the web form takes the name as well, and that no letter of it is lost."""
    own = Actor(Role.APPLICANT, person.index)
    opened = case.answered(case.target.open_application(person, own, channel="web"))
    told = f"The web form does not take a name {what} that the counter takes."
    case.expect(opened.allowed, "refused-for-class", told)
    shown = case.must(case.target.read_record(str(opened.fields["record"]), own)).fields["record"]
    names = [str(shown.get(name) or "") for name in ("given_name", "surname")]
    told = f"A name {what} is put on record with letters lost."
    case.expect(not any(map(_LOST.intersection, names)), "name-mangled", told)


def _years_before(day: date, years: int) -> date:
    """Return when somebody was born who is *years* old on *day*, by some days at most."""
    return day.replace(year=day.year - years, day=min(day.day, 28))
