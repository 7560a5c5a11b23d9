"""The residue probe by itself: what it mints, finds, says and leaves unsaid."""

import gzip
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from idaudit.command.main import exit_code_of
from idaudit.fixtures.canaries import Field


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with canaries of twelve applicants and their papers."""
    folder = tmp_path_factory.mktemp("minted")
    words = ["canaries", "--count", "12", "--seed", "77", "--out", str(folder / "canaries.json")]
    assert exit_code_of([*words, "--documents", str(folder / "papers")]) == 0
    return folder


def rows(home: Path) -> list[dict[str, object]]:
    """Return what was minted."""
    read: list[dict[str, object]] = json.loads((home / "canaries.json").read_text())
    return read


def text(home: Path, applicant: int, field: str) -> str:
    """Return one minted value."""
    wanted = (
        each for each in rows(home) if (each["applicant"], each["field"]) == (applicant, field)
    )
    return str(next(wanted)["text"])


def swept(home: Path, *places: Path | str, jobs: int = 1) -> tuple[int, list[dict[str, object]]]:
    """Return the exit code and the hits of a sweep."""
    out = home / "hits.json"
    words = ["sweep", "--canaries", str(home / "canaries.json"), "--json", str(out)]
    code = exit_code_of([*words, "--jobs", str(jobs), *map(str, places)])
    return code, json.loads(out.read_text()) if out.exists() else []


def test_each_row_has_what_scripts_rely_on(home: Path) -> None:
    """Every applicant has every field once, under an id of its own, and a paper on disk."""
    minted = rows(home)
    fields = {"given_name", "surname", "street", "email", "phone", "document_number"}

    assert all(set(row) == {"id", "applicant", "field", "text", "document"} for row in minted)
    assert len({row["id"] for row in minted}) == len(minted)
    for applicant in range(1, 13):
        assert fields <= {row["field"] for row in minted if row["applicant"] == applicant}
    assert len({row["document"] for row in minted} - {None}) == 12
    assert all(Path(str(row["document"])).is_file() for row in minted if row["document"])


def test_the_same_seed_mints_the_same(home: Path, tmp_path: Path) -> None:
    """A later process can be told the seed instead of the file."""
    words = ["canaries", "--count", "3", "--seed", "77", "--out", str(tmp_path / "again.json")]
    assert exit_code_of(words) == 0

    again = {row["id"]: row["text"] for row in json.loads((tmp_path / "again.json").read_text())}
    first = {row["id"]: row["text"] for row in rows(home)}

    assert again.items() <= first.items()


def test_an_empty_place_is_clean(home: Path, tmp_path: Path) -> None:
    """Nothing found, nothing left unread: 0."""
    (tmp_path / "log").write_bytes(os.urandom(5000))

    assert swept(home, tmp_path) == (0, [])


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("field", ["given_name", "surname", "street", "email", "document_number"])
def test_what_was_minted_is_found_by_its_id(
    home: Path, tmp_path: Path, field: str, jobs: int
) -> None:
    """Another process that has the file finds each value, and calls it as the file does."""
    value = text(home, 7, field).encode()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "row.gz").write_bytes(gzip.compress(b"<" + value + b">" + bytes(40)))

    code, hits = swept(home, tmp_path, jobs=jobs)

    assert code == 1
    assert hits == [
        {
            "canary": f"77.a7.{field}",
            "surface": str(tmp_path),
            "location": "deep/row.gz",
            "offset": 0,
            "form": ["gzip", "verbatim"],
        }
    ]


def test_a_telephone_number_counts_beside_a_name(home: Path, tmp_path: Path) -> None:
    """Digits alone are counted, not called residue; beside another trace they are."""
    phone = text(home, 3, "phone")
    (tmp_path / "alone").write_text(phone)

    assert swept(home, tmp_path) == (0, [])

    (tmp_path / "both").write_text(f"{text(home, 3, 'street')}, {phone}")
    code, hits = swept(home, tmp_path)

    assert code == 1
    assert {hit["canary"] for hit in hits} == {"77.a3.street", "77.a3.phone"}
    assert {hit["location"] for hit in hits} == {"both"}


def test_a_paper_is_found_by_its_look(home: Path, tmp_path: Path) -> None:
    """A thumbnail of a paper names whose it is."""
    paper = next(p for p in sorted((home / "papers").iterdir()) if p.suffix in {".jpg", ".png"})
    with Image.open(paper) as image:
        image.convert("L").resize((200, 200 * image.height // image.width)).save(tmp_path / "t.jpg")

    code, hits = swept(home, tmp_path / "t.jpg")

    owner = paper.name.partition("-")[0]
    assert code == 1
    assert f"77.{owner}.{Field.DOCUMENT_PICTURE}" in {hit["canary"] for hit in hits}
    assert {str(hit["canary"]).split(".")[1] for hit in hits} == {owner}


def test_a_database_is_read_by_cell_too(home: Path, tmp_path: Path) -> None:
    """What the page format splits is whole in its cell."""
    path = tmp_path / "city.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE people (name TEXT)")
        db.execute("INSERT INTO people VALUES (?)", (text(home, 2, "surname"),))

    code, hits = swept(home, path)

    assert code == 1
    assert "city.sqlite:people.name#1" in {hit["location"] for hit in hits}
    assert {hit["canary"] for hit in hits} == {"77.a2.surname"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Yield the address of a server of *tmp_path*."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_address_is_fetched_and_swept(home: Path, tmp_path: Path, served: str) -> None:
    """What a server answers is a place like any other."""
    (tmp_path / "page").write_text(text(home, 5, "email"))

    code, hits = swept(home, f"{served}/page")

    assert code == 1
    assert {hit["canary"] for hit in hits} == {"77.a5.email"}


def test_what_cannot_be_read_is_no_clean_place(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An archive nobody can open leaves 3 and says where it lies; with a find it is 1."""
    (tmp_path / "scans.rar").write_bytes(b"Rar!\x1a\x07\x01\x00" + os.urandom(400))

    assert swept(home, tmp_path) == (3, [])
    assert "scans.rar" in capsys.readouterr().out

    (tmp_path / "row").write_text(text(home, 5, "email"))
    assert swept(home, tmp_path)[0] == 1


def test_no_value_is_ever_printed(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither what was found nor a file named after somebody is said aloud."""
    token = text(home, 4, "email").partition("@")[0]
    (tmp_path / f"{token}.txt").write_text(" ".join(str(row["text"]) for row in rows(home)))

    code, hits = swept(home, tmp_path)

    told = capsys.readouterr()
    everything = told.out + told.err + json.dumps(hits)
    assert code == 1
    assert {hit["canary"] for hit in hits} == {
        row["id"] for row in rows(home) if row["field"] in {*Field} and row["id"] in everything
    }
    for row in rows(home):
        assert str(row["text"]) not in everything
        assert str(row["text"]).split()[-1] not in everything
    assert token not in everything.lower()


WRONG: dict[str, str] = {
    "no file": "",
    "no json": "{",
    "another list": '[{"id": "1"}]',
    "two seeds": json.dumps(
        [
            {"id": f"{n}.a1.phone", "applicant": 1, "field": "phone", "text": "x", "document": None}
            for n in (1, 2)
        ]
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_canaries_file_is_a_usage_error(fault: str, tmp_path: Path) -> None:
    """Whoever names the wrong file learns it before anything is swept."""
    if WRONG[fault]:
        (tmp_path / "canaries.json").write_text(WRONG[fault])

    assert (
        exit_code_of(["sweep", "--canaries", str(tmp_path / "canaries.json"), str(tmp_path)]) == 64
    )


@pytest.mark.parametrize("place", ["/nowhere/at/all", "gopher://files.example.org/x", "http://["])
def test_a_place_that_is_none_is_a_usage_error(home: Path, place: str) -> None:
    """A slip in a path must not read as clean."""
    assert exit_code_of(["sweep", "--canaries", str(home / "canaries.json"), place]) == 64
