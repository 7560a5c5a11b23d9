"""Whatever does not fit the model's schema is refused, by name and with advice."""

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from idaudit.threatmodel.errors import ModelError
from idaudit.threatmodel.loader import load, load_from

RETENTION = "guarantees/retention.toml"
CARD = "guarantees/card.toml"
SOURCES = "sources.toml"
LIMITS = "limits.toml"
IDNYC = "programmes/idnyc-2017.toml"


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake in one real file, and what the refusal must say."""

    file: str
    was: str
    becomes: str
    says: tuple[str, ...]


SLIPS = {
    "unknown key": Slip(
        RETENTION, "\nbecause =", "\nbecuase =",
        (RETENTION, "[no-scan-kept]", "'becuase'", "unknown key", "did you mean 'because'?"),
    ),
    "missing key": Slip(
        RETENTION, 'code = "R1"\n', "",
        (RETENTION, "[no-scan-kept]", "'code'", "found nothing", "add 'code'"),
    ),
    "number for text": Slip(
        RETENTION, 'code = "R1"', "code = 1",
        (RETENTION, "[no-scan-kept]", "'code'", "number 1", "expected text", 'did you mean "1"?'),
    ),
    "text for number": Slip(
        IDNYC, "[terms.pending_days]\nvalue = 90", '[terms.pending_days]\nvalue = "90"',
        (IDNYC, "[terms.pending_days]", "'value'", "whole number", "mean 90 without quotes?"),
    ),
    "flag for number": Slip(
        IDNYC, "[terms.card_years]\nvalue = 5", "[terms.card_years]\nvalue = true",
        (IDNYC, "[terms.card_years]", "'value'", "flag True", "expected a whole number"),
    ),
    "negative number": Slip(
        IDNYC, "[terms.card_years]\nvalue = 5", "[terms.card_years]\nvalue = -5",
        (IDNYC, "[terms.card_years]", "'value'", "found -5", "did you mean 5?"),
    ),
    "text for flag": Slip(
        IDNYC, "[clauses.own-gender]\napplies = true", '[clauses.own-gender]\napplies = "true"',
        (IDNYC, "[clauses.own-gender]", "'applies'", "mean true without quotes?"),
    ),
    "time for date": Slip(
        "programmes/idnyc-2015.toml", "value = 2016-12-31", "value = 2016-12-31T00:00:00",
        ("idnyc-2015.toml", "[terms.kill_fires_on]", "'value'", "expected a date"),
    ),
    "text for list": Slip(
        RETENTION, 'subjects = ["documents"]', 'subjects = "documents"',
        (RETENTION, "[no-scan-kept]", "'subjects'", "expected a list", "mean ['documents']?"),
    ),
    "number in a list": Slip(
        RETENTION, '"The job fails in silence, or stops after its first page."', "3",
        (RETENTION, "[retention-term]", "'violations'", "text as item 3", 'did you mean "3"?'),
    ),
    "text for table": Slip(
        RETENTION,
        '{ id = "vice-2016", quote = "destroyed two years from the application date" }',
        '"vice-2016"',
        (RETENTION, "[retention-term]", "'sources[2]'", "'vice-2016'", "expected a table"),
    ),
    "empty text": Slip(
        CARD, 'plain = "We do not track where you show your card."', 'plain = "  "',
        (CARD, "[no-use-trail]", "'plain'", "empty text", "write them"),
    ),
    "empty list": Slip(
        RETENTION, 'subjects = ["documents"]', "subjects = []",
        (RETENTION, "[no-scan-kept]", "'subjects'", "empty list", "at least one text"),
    ),
    "no citation": Slip(
        RETENTION, '[\n  { id = "nist-sp-800-53r5", place = "SI-12(2), PM-25" },\n]', "[]",
        (RETENTION, "[synthetic-only]", "'sources'", "at least one citation"),
    ),
    "unknown source": Slip(
        RETENTION, 'id = "vice-2016"', 'id = "vise-2016"',
        (RETENTION, "[retention-term.sources[2]]", "'id'", "did you mean 'vice-2016'?"),
    ),
    "unknown standard": Slip(
        RETENTION, "owasp-asvs-5-0-0", "owasp-asvs-5-0",
        (RETENTION, "[no-scan-kept.standards]", "did you mean 'owasp-asvs-5-0-0'?"),
    ),
    "a law among the standards": Slip(
        RETENTION, "owasp-asvs-5-0-0 =", "ll35-2014 =",
        (RETENTION, "[no-scan-kept.standards]", "'ll35-2014'", "expected one of"),
    ),
    "unknown standard, unverified": Slip(
        RETENTION, "iso-iec-27701-2019", "iso-iec-27701-2025",
        (RETENTION, "[no-scan-kept.standards.unverified]", "mean 'iso-iec-27701-2019'?"),
    ),
    "unknown source of a clause": Slip(
        IDNYC, 'source = { id = "vice-2016"', 'source = { id = "vice-2061"',
        (IDNYC, "[clauses.photo-apart.source]", "'id'", "did you mean 'vice-2016'?"),
    ),
    "unknown source of a limit": Slip(
        LIMITS, 'id = "nist-sp-800-88r2"', 'id = "nist-sp-800-88r1"',
        (LIMITS, "[physical-media.sources[1]]", "did you mean 'nist-sp-800-88r2'?"),
    ),
    "unknown source of a programme": Slip(
        IDNYC, 'id = "daily-news-2017"', 'id = "daily-news"',
        (IDNYC, "[sources[3]]", "'id'", "did you mean 'daily-news-2017'?"),
    ),
    "unknown guarantee": Slip(
        IDNYC, "[clauses.kill-switch]", "[clauses.kill-swich]",
        (IDNYC, "[clauses]", "'kill-swich'", "did you mean 'kill-switch'?"),
    ),
    "unknown obligation": Slip(
        RETENTION, 'obligation = "law"', 'obligation = "lwa"',
        (RETENTION, "[no-scan-kept]", "'obligation'", "'lwa'", "did you mean 'law'?"),
    ),
    "unknown obligation of a clause": Slip(
        IDNYC, 'obligation = "pledge"', 'obligation = "plegde"',
        (IDNYC, "[clauses.no-status-asked]", "'obligation'", "did you mean 'pledge'?"),
    ),
    "unknown subject": Slip(
        RETENTION, 'subjects = ["documents"]', 'subjects = ["papers"]',
        (RETENTION, "[no-scan-kept]", "'subjects'", "'papers'", "'documents'"),
    ),
    "unknown kind of source": Slip(
        SOURCES, 'kind = "law"', 'kind = "lawn"',
        (SOURCES, "[ll35-2014]", "'kind'", "did you mean 'law'?"),
    ),
    "unknown rule of a term": Slip(
        IDNYC, 'value = "decision"', 'value = "decisions"',
        (IDNYC, "[terms.purge_every]", "'value'", "did you mean 'decision'?"),
    ),
    "unknown term": Slip(
        IDNYC, "[terms.grace_hours]", "[terms.grace_hour]",
        (IDNYC, "[terms]", "'grace_hour'", "did you mean 'grace_hours'?"),
    ),
    "id twice in a file": Slip(
        CARD, "[nothing-hidden]\n", "[card-face-only]\n",
        (CARD, "card-face-only", "stands twice"),
    ),
    "code twice in the model": Slip(
        CARD, 'code = "K2"', 'code = "R4"',
        (CARD, "[nothing-hidden]", "'code'", "the code of 'kill-switch'", "copy a table?"),
    ),
    "guarantee not in kebab-case": Slip(
        CARD, "[no-stigma]", "[No_Stigma]",
        (CARD, "'No_Stigma'", "kebab-case", "did you mean 'no-stigma'?"),
    ),
    "source not in kebab-case": Slip(
        SOURCES, "[ll35-2014]", "[LL35_2014]",
        (SOURCES, "'LL35_2014'", "kebab-case", "did you mean 'll35-2014'?"),
    ),
    "limit not in kebab-case": Slip(
        LIMITS, "[vendors-obey]", "[vendors--obey]",
        (LIMITS, "'vendors--obey'", "kebab-case", "did you mean 'vendors-obey'?"),
    ),
    "quotation too long": Slip(
        RETENTION, 'quote = "originals or copies"', f'quote = "{"or copies " * 11}"',
        (RETENTION, "[nothing-derived.sources[1]]", "'quote'", "22 words", "20 at most"),
    ),
    "broken TOML": Slip(
        RETENTION, "[no-scan-kept]", "[no-scan-kept",
        (RETENTION, "line", "mend the place named"),
    ),
}  # fmt: skip


def test_the_copy_loads_before_it_is_spoiled(copy: Path) -> None:
    """A refusal proves a slip only if the same files without it are accepted."""
    assert load_from(copy) == load()
    assert load_from(copy).attack == load().attack


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_refused_by_name(slip: Slip, refusal: Callable[[str, str, str], str]) -> None:
    """A file that says what the schema does not is refused where it says it."""
    message = refusal(slip.file, slip.was, slip.becomes)

    assert [part for part in slip.says if part not in message] == [], message


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("guarantees/card.toml", "guarantees/cards.toml", "did you mean 'card'?"),
        ("guarantees/card.toml", "elsewhere.toml", "guarantees/card.toml: found no such file"),
        ("guarantees", "guarantee", "guarantees: found no such folder"),
        ("sources.toml", "source.toml", "sources.toml: found no such file"),
        (IDNYC, "programmes/IDNYC_2017.toml", "did you mean 'idnyc-2017'?"),
    ],
)
def test_a_misnamed_file_is_refused(copy: Path, was: str, becomes: str, says: str) -> None:
    """A file under a name nobody reads is not passed over in silence."""
    (copy / was).rename(copy / becomes)

    with pytest.raises(ModelError) as caught:
        load_from(copy)
    assert says in str(caught.value)


def test_an_id_used_in_two_areas_is_refused(copy: Path) -> None:
    """TOML itself notices a table that stands twice in one file, and never one in another."""
    file = copy / CARD
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[no-use-trail", "[closed-list"), encoding="utf-8")

    with pytest.raises(ModelError) as caught:
        load_from(copy)
    assert "guarantees/disclosure.toml, [closed-list]: found the id" in str(caught.value)
    assert "an id not yet in guarantees/card.toml; did you mean" in str(caught.value)


def test_a_clause_left_out_is_refused(copy: Path) -> None:
    """A programme that says nothing about a guarantee has not said that it does not apply."""
    file = copy / IDNYC
    head, _, tail = file.read_text(encoding="utf-8").partition("[clauses.no-bypass]")
    file.write_text(head + tail[tail.index("[clauses.") :], encoding="utf-8")

    with pytest.raises(ModelError, match=r"\[clauses\], key 'no-bypass': found nothing"):
        load_from(copy)


def test_a_term_left_out_is_refused(copy: Path) -> None:
    """A term that does not exist is written "none"; a forgotten one is an error."""
    file = copy / IDNYC
    head, _, tail = file.read_text(encoding="utf-8").partition("[terms.notice_days]")
    file.write_text(head + tail[tail.index("# -- Clauses") :], encoding="utf-8")

    with pytest.raises(ModelError, match=r"\[terms\], key 'notice_days': found nothing"):
        load_from(copy)


def test_a_model_error_is_the_callers_to_mend(copy: Path) -> None:
    """A broken model ends in the exit code for wrong use, not in an internal error."""
    (copy / LIMITS).write_text("", encoding="utf-8")
    (copy / SOURCES).write_bytes(b"\xff")

    with pytest.raises(ModelError, match="UTF-8") as caught:
        load_from(copy)
    assert caught.value.exit_code == 64


def test_the_model_loads_from_an_archive(copy: Path, tmp_path: Path) -> None:
    """A wheel may be imported without being unpacked, so no file is opened by path."""
    archive = shutil.make_archive(str(tmp_path / "model"), "zip", copy)

    assert load_from(zipfile.Path(archive)) == load()
    assert load_from(zipfile.Path(archive)).threats == load().threats


def test_the_shipped_model_is_read_once() -> None:
    """Everyone in a run judges by the same model."""
    assert load() is load()
    assert load().attack is load().attack


def test_prose_is_read_onto_one_line() -> None:
    """How a file wraps its lines is nobody's business but the file's."""
    statement = load().guarantees["no-scan-kept"].statement

    assert "\n" not in statement
    assert statement == " ".join(statement.split())
