"""The threats that ship: none lost, all told, each one tied to what it breaks."""

from collections import Counter

import pytest

from idaudit.threatmodel.attacks import Evidence, Severity
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import Threat
from idaudit.threatmodel.register import OURS, read_register

MODEL = load()
ATTACK = MODEL.attack

DRAFTS = {
    "apt": 1, "col": 8, "reg": 4, "ret": 6, "del": 9, "hld": 7, "dis": 11, "lnk": 3, "log": 3,
    "ana": 2, "ver": 6, "crd": 3, "foi": 2, "key": 3, "gov": 2,
}  # fmt: skip
"""How many threats the research notes drafted, by family."""

each_threat = pytest.mark.parametrize("threat", ATTACK.threats.values(), ids=lambda t: t.id)


def test_no_threat_was_lost_renamed_or_added_unnoticed() -> None:
    """A report of last year names a threat by its id, and must find it."""
    register = read_register()

    assert {t.id: t.draft or OURS for t in ATTACK.threats.values()} == dict(register.threats)
    assert not set(register.retired) & set(ATTACK.threats)


def test_all_seventy_drafts_are_there_once() -> None:
    """What the notes drafted is told in our own words, and none of it dropped."""
    drafts = [threat.draft for threat in ATTACK.threats.values() if threat.draft]

    assert sorted(drafts) == sorted(
        f"t-{family}-{number:02d}"
        for family, count in DRAFTS.items()
        for number in range(1, count + 1)
    )
    assert len(drafts) == 70


def test_the_drafts_keep_their_categories() -> None:
    """
    Counts of the drafted threats touching each type are those the notes give.

    Where the notes name no LINDDUN node, one was added, because every export
    needs a primary category: Nc.3 where the harm is plain security, and three
    others in t-del-03, t-del-09 and t-gov-01.
    """
    touched: Counter[str] = Counter()
    for threat in (t for t in ATTACK.threats.values() if t.draft):
        touched.update({node.partition(".")[0] for node in threat.linddun if node != "Nc.3"})
        touched.update(["STRIDE"] * bool(threat.stride) + ["x"] * bool(threat.extension))

    noted = {"L": 8, "I": 4, "Nr": 1, "D": 5, "DD": 31, "U": 5, "Nc": 7, "STRIDE": 21, "x": 15}
    added = {"DD": 2, "Nc": 1}
    assert touched == Counter(noted) + Counter(added)


def test_the_drafts_keep_their_ways_of_being_seen() -> None:
    """Sixty-nine by a check, five by reading a configuration, two by a signed record."""
    drafted = (t for t in ATTACK.threats.values() if t.draft)
    seen = Counter(kind for threat in drafted for kind in threat.observations)

    assert seen == {Evidence.AUTOMATED: 69, Evidence.MODEL: 5, Evidence.PROCEDURAL: 2}


def test_the_cast_is_counted() -> None:
    """A fall in any of these numbers is edited on purpose or not at all."""
    assert len(ATTACK.adversaries) == 11
    assert len(ATTACK.bearers) == 8
    assert len(ATTACK.elements) == 40
    assert len(ATTACK.flows) == 57
    assert len(ATTACK.data) == 24
    assert len(ATTACK.trust_boundaries) == 7
    assert len(ATTACK.authority_boundaries) == 14
    assert len(ATTACK.acceptances) == 0


def test_ten_adversaries_come_from_the_notes() -> None:
    """One was added: the person from whom a survivor hides."""
    assert [a.id for a in ATTACK.adversaries.values() if not a.draft] == ["abuser"]


def test_many_threats_need_no_malice() -> None:
    """Most privacy harm comes from systems that work as designed."""
    innocent = [t for t in ATTACK.threats.values() if not t.adversary.malicious]

    assert len(innocent) > 70


@each_threat
def test_an_id_names_the_attack_in_words(threat: Threat) -> None:
    """An advocate reads the id alone and knows what happened."""
    assert 2 <= len(threat.id.split("-")) <= 7
    assert not set(threat.id.split("-")) & {"prevent", "protect", "ensure", "must", "lack"}
    assert threat.title[0].isupper()
    assert "-" not in threat.title


@each_threat
def test_an_observation_tells_what_would_be_seen(threat: Threat) -> None:
    """A threat that nobody could see happening cannot be held off."""
    for sentence in threat.observations.values():
        assert sentence.endswith(".")
        assert len(sentence.split()) >= 6


def test_the_gravest_are_those_the_notes_put_first() -> None:
    """Irreversible, and reaching everyone: severity counts people, not the city's losses."""
    first = {"t-dis-03", "t-col-03", "t-reg-01", "t-del-01", "t-lnk-03"}
    grave = {t.draft for t in ATTACK.threats.values() if t.severity is Severity.GRAVE}

    assert first <= grave


def test_a_life_lost_to_one_address_is_never_a_small_matter() -> None:
    """What cannot be undone weighs, even where it reaches one person."""
    for threat in ATTACK.threats.values():
        if threat.undone == "never":
            assert threat.severity is not Severity.LOW, threat.id


def test_destroying_too_much_is_a_threat_as_well() -> None:
    """An auditor that rewards only deletion would be wrong in court."""
    threats = ATTACK.threats

    assert threats["hold-freezes-everyone"].opposes == ("held-records-destroyed",)
    assert "kill-switch-stolen" in threats["order-waits-for-a-signature"].opposes
    assert ATTACK.bearers["litigant"] in threats["held-records-destroyed"].harmed


def test_every_word_of_a_vocabulary_is_printed_with_its_edition() -> None:
    """An id without its edition means something else next year."""
    for vocabulary in ATTACK.vocabularies.values():
        assert vocabulary.edition
        assert vocabulary.source or vocabulary.id == "extension"
    for id_ in ("linddun", "stride"):
        assert "unverified" in ATTACK.vocabularies[id_].caution


def test_every_word_listed_is_used() -> None:
    """A vocabulary holds the words our threats use, and is no copy of somebody's catalogue."""
    threats = ATTACK.threats.values()
    linddun = {node for threat in threats for node in threat.linddun}

    assert linddun == set(ATTACK.vocabularies["linddun"].nodes)
    for id_ in ("stride", "panoptic", "extension"):
        used = {tag for threat in threats for tag in getattr(threat, id_)}
        assert used == set(ATTACK.vocabularies[id_].categories), id_


def test_seven_categories_go_by_their_new_and_old_names() -> None:
    """Some tools still read the old ones."""
    linddun = ATTACK.vocabularies["linddun"]

    assert list(linddun.categories) == ["L", "I", "Nr", "D", "DD", "U", "Nc"]
    assert all(category.old_name for category in linddun.categories.values())
    assert linddun.category("DD.3.4").old_name == "Disclosure of information"
    assert {threat.primary for threat in ATTACK.threats.values()} == set(linddun.categories)
