"""Threats, elements, flows, papers and people are read as strictly as promises."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from idaudit.threatmodel.attacks import Acceptance
from idaudit.threatmodel.errors import ModelError
from idaudit.threatmodel.loader import load_from
from idaudit.threatmodel.story import control_talk, is_told, names_one

Refusal = Callable[[str, str, str], str]

HOLDS = "threats/holds.toml"
KEYS = "threats/keys.toml"
LINDDUN = "vocabularies/linddun.toml"
NAME = "[one-custodian-opens-all]"

SLIPS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "unknown key": (
        KEYS, '\nreach = "all"', '\nreaches = "all"',
        (NAME, "'reaches'", "unknown key", "did you mean 'reach'?"),
    ),
    "missing key": (
        KEYS, '\nundone = "never"', "", (NAME, "'undone'", "found nothing", "add 'undone'"),
    ),
    "unknown adversary": (
        KEYS, 'adversary = "insider"', 'adversary = "insidre"',
        (NAME, "'adversary'", "did you mean 'insider'?"),
    ),
    "unknown element": (
        KEYS, 'element = "kms"', 'element = "kns"', (NAME, "'element'", "did you mean 'kms'?"),
    ),
    "unknown flow": (
        KEYS, 'flow = "keys-lent"', 'flow = "keys-lend"',
        (NAME, "'flow'", "did you mean 'keys-lent'?"),
    ),
    "unknown bearer": (
        KEYS, 'harmed = ["cardholder"]', 'harmed = ["card-holder"]',
        (NAME, "'harmed'", "did you mean 'cardholder'?"),
    ),
    "nobody harmed": (
        KEYS, 'harmed = ["cardholder"]', "harmed = []", (NAME, "'harmed'", "an empty list"),
    ),
    "unknown guarantee": (
        KEYS, "least-access = [5]", "last-access = [5]",
        ("[one-custodian-opens-all.breaks]", "did you mean 'least-access'?"),
    ),
    "no guarantee": (
        KEYS, "breaks = { encrypted = [5], least-access = [5] }", "breaks = {}",
        ("[one-custodian-opens-all.breaks]", "no promise", "at least one"),
    ),
    "a way that is not numbered": (
        KEYS, "encrypted = [5]", "encrypted = [6]",
        ("[one-custodian-opens-all.breaks]", "found 6", "one of its 5 ways"),
    ),
    "a way below one": (
        KEYS, "encrypted = [5]", "encrypted = [0]", ("'encrypted'", "number 0", "count from 1"),
    ),
    "a way twice": (
        KEYS, "encrypted = [5]", "encrypted = [5, 5]", ("'encrypted'", "5 twice"),
    ),
    "unknown node": (
        KEYS, 'linddun = ["Nc.3"]', 'linddun = ["Nc.9"]', (NAME, "'linddun'", "'Nc.9'"),
    ),
    "a node twice": (
        KEYS, 'linddun = ["Nc.3"]', 'linddun = ["Nc.3", "Nc.3"]', (NAME, "'Nc.3' twice"),
    ),
    "no node": (KEYS, 'linddun = ["Nc.3"]', "linddun = []", (NAME, "'linddun'", "empty list")),
    "unknown letter": (KEYS, 'stride = ["E"]', 'stride = ["X"]', (NAME, "'stride'", "'X'")),
    "unknown reach": (
        KEYS, 'reach = "all"', 'reach = "al"', (NAME, "'reach'", "did you mean 'all'?"),
    ),
    "nothing to observe": (
        KEYS, 'observe.A = "Recover a record with one share, or one login."', "observe = {}",
        ("[one-custodian-opens-all.observe]", "nothing to observe"),
    ),
    "unknown observation": (
        KEYS, "observe.A =", "observe.B =", ("[one-custodian-opens-all.observe]", "'B'"),
    ),
    "malformed draft": (
        KEYS, 'draft = "t-key-01"', 'draft = "key-01"', (NAME, "'draft'", "'t-ret-01'"),
    ),
    "draft told twice": (
        KEYS, 'draft = "t-key-01"', 'draft = "t-hld-01"',
        (NAME, "'t-hld-01', which 'hold-freezes-everyone' has", "copy a table?"),
    ),
    "id in two families": (
        KEYS, NAME, "[hold-never-ends]", ("the id 'hold-never-ends' again", HOLDS),
    ),
    "unknown opposite": (
        HOLDS, 'opposes = ["held-records-destroyed"]', 'opposes = ["held-record-destroyed"]',
        ("'opposes'", "did you mean 'held-records-destroyed'?"),
    ),
    "its own opposite": (
        HOLDS, 'opposes = ["held-records-destroyed"]', 'opposes = ["hold-freezes-everyone"]',
        ("[hold-freezes-everyone]", "'opposes'", "'hold-freezes-everyone'"),
    ),
    "a story of a control": (
        KEYS, "One custodian, alone, can", "One custodian, for lack of control, can",
        (NAME, "'story'", "'lack of'", "tell the attack, not a cure"),
    ),
    "a story without its adversary": (
        KEYS, "One custodian, alone,", "Someone, alone,",
        (NAME, "'story'", "no 'insider'", "'custodian'", "name who it is"),
    ),
    "a story without its harmed": (
        KEYS, "the records of all cardholders", "all of the records there are",
        (NAME, "'story'", "no 'cardholder'"),
    ),
    "a title for a story": (
        KEYS, "alone, can decrypt the records of all cardholders with a key that never changes.",
        "decrypts all cardholders.",
        (NAME, "'story'", "5 words", "12 to 50"),
    ),
    "data nobody knows": (
        "flows.toml", 'data = ["booking"]', 'data = ["bookings"]',
        ("[booking]", "'data'", "did you mean 'booking'?"),
    ),
    "flow from nowhere": (
        "flows.toml", 'source = "applicant"', 'source = "applicants"',
        ("[booking]", "'source'", "did you mean 'applicant'?"),
    ),
    "unknown kind of element": (
        "elements.toml", 'kind = "store"', 'kind = "shop"', ("[elements.calendar]", "'shop'"),
    ),
    "unknown boundary": (
        "elements.toml", 'boundary = "vault"', 'boundary = "vaults"', ("mean 'vault'?",),
    ),
    "unknown headline": (
        "elements.toml", 'subject = "documents"', 'subject = "document"',
        ("[data.papers]", "'subject'", "did you mean 'documents'?"),
    ),
    "something rests in a process": (
        "elements.toml", 'boundary = "counter"\n\n[elements.scanner]',
        'boundary = "counter"\nholds.papers = "ever"\n\n[elements.scanner]',
        ("[elements.enrol-api]", "'holds'", "nothing rests elsewhere"),
    ),
    "unknown data at rest": (
        "elements.toml", "holds.photo =", "holds.foto =", ("'foto'", "did you mean 'photo'?"),
    ),
    "unknown power": (
        "boundaries.toml", 'power = "freeze"', 'power = "freezes"',
        ("[authority.court-freezes]", "'power'", "did you mean 'freeze'?"),
    ),
    "unknown instrument": (
        "boundaries.toml", '"judges-warrant"', '"judge-warrant"', ("mean 'judges-warrant'?",),
    ),
    "unknown party": (
        "boundaries.toml", 'holder = "court"', 'holder = "courts"', ("did you mean 'court'?",),
    ),
    "a gap in the numbers": (
        "instruments.toml", "number = 2\n", "number = 3\n",
        ("[court-arrest-warrant]", "'number'", "found 3, expected 2"),
    ),
    "unknown outcome": (
        "instruments.toml", 'outcomes = ["release"]', 'outcomes = ["releases"]',
        ("[judges-warrant]", "'outcomes'", "did you mean 'release'?"),
    ),
    "unknown source of an instrument": (
        "instruments.toml", 'id = "ll35-2014"', 'id = "ll53-2014"',
        ("[judges-warrant.sources[1]]", "did you mean 'll35-2014'?"),
    ),
    "node of no category": (
        LINDDUN, '"D.1" =', '"X.1" =', ("[nodes]", "'X.1'", "found 'X'"),
    ),
    "malformed node": (LINDDUN, '"D.1" =', '"D 1" =', ("[nodes]", "'D 1'", "copy it exactly")),
    "vocabulary from nowhere": (
        LINDDUN, 'source = "linddun"', 'source = "lindun"', ("'source'", "mean 'linddun'?"),
    ),
    "no edition": (LINDDUN, 'edition = "v241203"\n', "", ("'edition'", "found nothing")),
    "reason for no category": (
        "segments.toml", "[L.linked-on-purpose]", "[Ld.linked-on-purpose]", ("'Ld'",),
    ),
    "reason for no flow": (
        "segments.toml", '"papers-shown", "scan-in-tray"', '"paper-shown", "scan-in-tray"',
        ("[L.linked-on-purpose]", "did you mean 'papers-shown'?"),
    ),
    "two reasons for one blank": (
        "segments.toml", 'flows = ["verification-answered"]', 'flows = ["papers-shown"]',
        ("[L.answer-without-number]", "'papers-shown' again", "keep the better one"),
    ),
    "acceptance of no threat": (
        "acceptances.toml", "# Threats that", "[no-such-threat]\n# Threats that",
        ("'no-such-threat'", "expected one of"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_the_attack_model_is_refused_by_name(name: str, refusal: Refusal) -> None:
    """A threat that points at nothing, or tells nothing, is refused where it stands."""
    file, was, becomes, says = SLIPS[name]
    message = refusal(file, was, becomes)

    assert message.startswith(file), message
    assert [part for part in says if part not in message] == [], message


ACCEPTED = """
[database-stolen]
reason = "The old registry is replaced in spring."
owner = "Commissioner"
harm_borne_by = ["cardholder"]
accepted_on = 2026-01-31
review_by = 2026-07-31
"""


def accepting(copy: Path, text: str) -> tuple[Acceptance, ...]:
    """Return the acceptances read from a model that holds *text*."""
    (copy / "acceptances.toml").write_text(text, encoding="utf-8")
    return load_from(copy).attack.acceptances


def test_an_acceptance_says_who_bears_the_harm(copy: Path) -> None:
    """Whoever decides to live with a threat writes down who will."""
    (accepted,) = accepting(copy, ACCEPTED)

    assert accepted.threat == "database-stolen"
    assert [bearer.id for bearer in accepted.harm_borne_by] == ["cardholder"]
    assert accepted.owner == "Commissioner"


def test_an_acceptance_counts_until_its_day(copy: Path) -> None:
    """An acceptance that never expires is a threat forgotten."""
    (accepted,) = accepting(copy, ACCEPTED)

    assert not accepted.expired(date(2026, 7, 31))
    assert accepted.expired(date(2026, 8, 1))


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('harm_borne_by = ["cardholder"]\n', "", "'harm_borne_by': found nothing"),
        ('harm_borne_by = ["cardholder"]', "harm_borne_by = []", "empty list"),
        ('["cardholder"]', '["city"]', "'harm_borne_by': found 'city'"),
        ("2026-07-31", "2027-07-31", "no later than 2027-02-01"),
        ("2026-07-31", "2026-01-31", "a day after 2026-01-31"),
        ("2026-07-31", '"2026-07-31"', "expected a date"),
        ("[database-stolen]", "[database-stole]", "did you mean 'database-stolen'?"),
    ],
)
def test_a_loose_acceptance_is_refused(copy: Path, was: str, becomes: str, says: str) -> None:
    """Nobody accepts a threat on behalf of nobody, for ever, or for the city alone."""
    with pytest.raises(ModelError) as caught:
        accepting(copy, ACCEPTED.replace(was, becomes))
    assert says in str(caught.value)


def test_a_year_is_the_longest(copy: Path) -> None:
    """A leap year included."""
    (accepted,) = accepting(copy, ACCEPTED.replace("2026-07-31", "2027-02-01"))

    assert accepted.review_by - accepted.accepted_on == timedelta(days=366)


@pytest.mark.parametrize(
    "talk",
    ["Ensure that", "a lack of keys", "Lacking", "insufficient", "failure to", "should", "must"],
)
def test_talk_of_controls_is_heard(talk: str) -> None:
    """A threat written as a missing control names nobody and happens to nobody."""
    assert control_talk(f"The clerk {talk} encrypts the record of a cardholder.")


def test_a_name_counts_only_as_a_whole_word() -> None:
    """A party is not named by a department, nor a bank by an embankment."""
    assert names_one("A bank asks.", ["bank"])
    assert names_one("The Bank's reader.", ["bank"])
    assert not names_one("An embankment.", ["bank"])


def test_a_story_is_told_in_whole_sentences() -> None:
    """Neither a headline nor a heap of clauses."""
    told = "A clerk copies the calendar of a card office and sells it to whoever pays."

    assert is_told(told)
    assert not is_told(told.removesuffix("."))
    assert not is_told("A clerk sells it.")
    assert not is_told(" ".join([told] * 4))
