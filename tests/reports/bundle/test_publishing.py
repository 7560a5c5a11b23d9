"""The public variant tells all that was found, and nothing that helps a thief."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from idaudit.reports.bundle.keys import Signer, one_run_signer
from idaudit.reports.bundle.opening import BrokenBundle, Bundle, open_bundle
from idaudit.reports.bundle.publishing import WITHHELD, publish, published, scrubbed
from idaudit.reports.bundle.suite import Suite
from idaudit.reports.bundle.verifying import link, verify
from idaudit.reports.folder import replace_folder
from idaudit.reports.outputs import RUN
from idaudit.reports.record import CheckRecord, Finding, OperationRecord, RunRecord, SurfaceRecord
from idaudit.threatmodel.errors import UsageError

TODAY = date(2026, 3, 2)
INSIDE = "/srv/id/app.py: https://db.internal.example/x?k=1 and 10.1.2.3:5432 refused"


@pytest.fixture
def telling(broken: RunRecord, finding: Finding) -> RunRecord:
    """A run whose target told of its insides wherever it could."""
    first, *rest = broken.checks
    found = replace(
        finding,
        story=(*finding.story, f"It said {INSIDE}."),
        location="secret_table.rows#4",
        reproduce="idaudit run --target secret.py",
    )
    return replace(
        broken,
        checks=(replace(first, reason=INSIDE, bounds=(INSIDE,), findings=(found,)), *rest),
        operations=(OperationRecord("decide", offered=True, works=False, detail=INSIDE),),
        surfaces=tuple(replace(each, note=INSIDE) for each in broken.surfaces),
    )


@pytest.fixture
def sealed(seal: Callable[..., Path], telling: RunRecord) -> Bundle:
    """Its bundle."""
    return open_bundle(seal(telling))


@pytest.fixture
def public(sealed: Bundle, signer: Signer, suite: Suite, tmp_path: Path) -> Bundle:
    """The public variant of it."""
    replace_folder(tmp_path / "public", publish(sealed, signer, suite), RUN)
    return open_bundle(tmp_path / "public")


def test_nothing_of_the_insides_is_in_any_public_file(sealed: Bundle, public: Bundle) -> None:
    """Neither addresses nor places nor the way to bring it about again."""
    for inside in (b"internal", b"/srv/id", b"10.1.2.3", b"secret_table", b"secret.py"):
        assert [name for name, text in sealed.texts.items() if inside in text]
        assert not [name for name, text in public.texts.items() if inside in text]


def test_what_was_found_is_in_it_and_judged_to_the_same_verdicts(
    sealed: Bundle, public: Bundle, suite: Suite
) -> None:
    """A reader sees what happened and that it was broken."""
    told = {each.about: each.mark for each in verify(public, suite, TODAY)}

    assert set(told.values()) == {"ok"}
    assert b"A clerk opened an application." in public.texts["report.html"]
    assert [(one.guarantee, one.verdict) for one in public.audit.guarantees] == [
        (one.guarantee, one.verdict) for one in sealed.audit.guarantees
    ]
    assert public.basis == sealed.basis


def test_the_public_one_names_the_sealed_one_and_no_other(
    sealed: Bundle, public: Bundle, seal: Callable[..., Path], broken: RunRecord
) -> None:
    """Whoever holds the sealed one can show that nothing else was published."""
    assert link(public, sealed).mark == "ok"

    other = open_bundle(seal(broken, name="other"))
    with pytest.raises(BrokenBundle, match=f"names a sealed bundle {sealed.digest}"):
        link(public, other)
    with pytest.raises(BrokenBundle, match="names a sealed bundle"):
        link(sealed, sealed)


def test_a_public_one_that_names_the_right_one_and_tells_another_story_is_refused(
    sealed: Bundle, public: Bundle, broken: RunRecord, signer: Signer, suite: Suite, tmp_path: Path
) -> None:
    """What is published is the sealed evidence, less what is withheld, byte for byte."""
    tame = replace(sealed, record=replace(sealed.record, checks=broken.checks))
    replace_folder(tmp_path / "tame", publish(tame, signer, suite), RUN)

    with pytest.raises(BrokenBundle, match=r"evidence\.jsonl: is not what may be published"):
        link(open_bundle(tmp_path / "tame"), sealed)
    assert link(public, sealed)


def test_a_public_one_is_not_published_again(public: Bundle, suite: Suite) -> None:
    """It would name a public one as the sealed one behind it."""
    with pytest.raises(UsageError, match="is a public bundle"):
        publish(public, one_run_signer(), suite.version)


def test_publishing_twice_withholds_no_more(telling: RunRecord) -> None:
    """What may be published stays what it is."""
    assert published(published(telling)) == published(telling)


def test_each_field_of_the_evidence_was_thought_about() -> None:
    """A field that is added to the evidence must be published on purpose."""
    told = {kind: {field.name for field in fields(kind)} for kind in (Finding, CheckRecord)}
    told |= {kind: {f.name for f in fields(kind)} for kind in (SurfaceRecord, OperationRecord)}

    assert told == {
        Finding: {
            "reason", "story", "surface", "location", "canary", "form", "reproduce",
        },
        CheckRecord: {
            "id", "guarantee", "outcome", "reason", "trials", "seconds", "positive_controls",
            "people", "bounds", "findings",
        },
        SurfaceRecord: {
            "id", "kind", "bytes", "declared", "probed", "control_found", "note",
        },
        OperationRecord: {"id", "offered", "works", "detail"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://audit@db.internal/x",
        "http://127.0.0.1:8000/a",
        "192.0.2.7",
        "192.0.2.7:5432",
        "/var/lib/city/photos",
    ],
)
def test_an_address_is_taken_out_of_a_sentence(text: str) -> None:
    """The sentence around it stays."""
    assert scrubbed(f"asked {text} and got nothing") == f"asked [{WITHHELD}] and got nothing"


@pytest.mark.parametrize(
    "text",
    ["yes/no", "§ 3-115 e(3)", "12.5 of 100", "and/or", "POST /applications answered 503", "1.2.3"],
)
def test_plain_words_stay(text: str) -> None:
    """Not every stroke is a path."""
    assert scrubbed(text) == text
