"""What lies in a data store is swept through its address, whose password nobody gets to see."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import fsspec
import psycopg
import pytest

from idaudit.command.addresses import combed, shown, store_at
from idaudit.command.main import exit_code_of
from idaudit.fixtures.surfaces.postgres_files import PostgresFiles
from idaudit.fixtures.targets.postgres_databases import PostgresDatabases
from idaudit.threatmodel.errors import UsageError

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))
from test_surfaces_mariadb import Server as Mariadb
from test_surfaces_mariadb import running, server  # noqa: F401  fixtures
from test_surfaces_redis import Server as Redis
from test_surfaces_redis import server as redis_server  # noqa: F401  a fixture

PASSWORD = "open-sesame"  # noqa: S105  of servers that live as long as a test
SECRET = "h/un?t#er@2"  # noqa: S105  of nobody
WRITTEN = "h%2Fun%3Ft%23er%402"


@pytest.fixture(scope="module")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the canaries of three applicants."""
    path = tmp_path_factory.mktemp("minted") / "canaries.json"
    assert exit_code_of(["canaries", "--count", "3", "--seed", "78", "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Lend the address of an empty PostgreSQL database, for its owner."""
    lent = PostgresDatabases(None, tmp_path_factory.mktemp("postgres"))
    files = lent.new(tmp_path_factory.mktemp("city")).surfaces[2]
    assert isinstance(files, PostgresFiles)
    yield files.owner
    lent.close()


def text(canaries: Path, applicant: int, field: str) -> str:
    """Return one minted value."""
    rows = json.loads(canaries.read_text())
    return next(r["text"] for r in rows if (r["applicant"], r["field"]) == (applicant, field))


def swept(canaries: Path, place: str) -> tuple[int, set[tuple[str, str]]]:
    """Return the exit code of a sweep, and each hit's canary and location."""
    out = canaries.with_name("hits.json")
    out.unlink(missing_ok=True)
    words = ["sweep", "--canaries", str(canaries), "--json", str(out), "--jobs", "1", place]
    code = exit_code_of(words)
    hits = json.loads(out.read_text()) if out.exists() else []
    return code, {(hit["canary"], hit["location"]) for hit in hits}


def test_a_row_in_postgresql_is_found_by_table_and_column(canaries: Path, postgres: str) -> None:
    """The login may write; the session of the sweep may not, and finds the cell."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (id int, mail text)")
        row = (7, text(canaries, 2, "email"))
        connection.execute("INSERT INTO people VALUES (%s, %s)", row)

    assert swept(canaries, postgres) == (1, {("78.a2.email", "people.mail#(0,1)")})

    store = store_at(postgres)
    assert store
    with pytest.raises(Exception, match="read-only"):
        store.plant(b"control")


def test_a_value_in_redis_is_found_by_its_key(canaries: Path, redis_server: Redis) -> None:  # noqa: F811  the fixture
    """A session that was never closed is residue, under database and key."""
    redis_server.client(3).set("session:1", text(canaries, 1, "surname"))

    assert swept(canaries, redis_server.url) == (1, {("78.a1.surname", "3:session:1")})


def test_a_row_in_mariadb_is_found_by_table_and_column(canaries: Path, server: Mariadb) -> None:  # noqa: F811  the fixture
    """Its address may begin with mysql: as well, and the sweep's session cannot write."""
    server.ask("CREATE TABLE people (id int, street text)")
    server.ask("INSERT INTO people VALUES (1, %(street)s)", street=text(canaries, 3, "street"))
    place = server.url(f"auditor:{PASSWORD}").replace("mariadb:", "mysql:")

    code, found = swept(canaries, place)

    assert code == 1
    assert ("78.a3.street", f"{server.database}.people.street#1") in found
    assert {canary for canary, _ in found} == {"78.a3.street"}
    store = store_at(server.url("root"))
    assert store
    with pytest.raises(Exception, match="READ ONLY"):
        store.plant(b"control")


def test_objects_behind_any_address_of_fsspec_are_found(canaries: Path) -> None:
    """An object, and one inside an archive in a store."""
    store = fsspec.filesystem("memory")
    store.pipe_file("/kept/papers/1.txt", text(canaries, 1, "email").encode())
    with store.open("/kept-too/all.zip", "wb") as file, ZipFile(file, "w") as archive:
        archive.writestr("rows.csv", text(canaries, 2, "surname"))

    assert swept(canaries, "memory://kept") == (1, {("78.a1.email", "papers/1.txt")})
    assert swept(canaries, "zip://::memory://kept-too/all.zip") == (
        1,
        {("78.a2.surname", "rows.csv")},
    )


def test_an_empty_store_is_clean(canaries: Path, redis_server: Redis) -> None:  # noqa: F811  the fixture
    """Nothing found and all of it read: 0; not with the wrong password."""
    wrong = redis_server.url.replace(PASSWORD, WRITTEN)

    assert swept(canaries, redis_server.url) == (0, set())
    assert swept(canaries, wrong) == (3, set())


@pytest.mark.parametrize("query", ["", "?sslpassword="])
@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "redis", "ftp"])
def test_no_password_is_ever_printed(
    canaries: Path, scheme: str, query: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever goes wrong: neither as it stands in the address nor as it is meant."""
    login = f"clerk:{WRITTEN}" if not query else "clerk"
    place = f"{scheme}://{login}@127.0.0.1:1/city{query}{WRITTEN if query else ''}"

    code, found = swept(canaries, place)

    told = capsys.readouterr()
    assert (code, found) == (3, set())
    assert "127.0.0.1" in told.out + told.err
    assert SECRET not in told.out + told.err
    assert WRITTEN not in told.out + told.err


@pytest.mark.parametrize("secret", [*(f"{a}{b}zzword" for a in ("12", "open") for b in "/?#")])
@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "redis"])
def test_a_password_written_as_it_is_meant_is_not_repeated(
    canaries: Path, scheme: str, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sign too few is escaped, and the address falls apart in the midst of the password."""
    code, found = swept(canaries, f"{scheme}://clerk:{secret}@127.0.0.1:1/city")

    told = capsys.readouterr()
    assert (code, found) == (64, set())
    assert "zzword" not in told.out + told.err
    assert "open" not in told.out + told.err


def test_a_sign_that_stands_for_none_is_not_repeated(
    canaries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL's own complaint of a wrong %XX quotes the password, and so is left unsaid."""
    code, _ = swept(canaries, "postgresql://clerk:open%zzword@127.0.0.1:1/city")

    told = capsys.readouterr()
    assert code == 64
    assert "zzword" not in told.out + told.err


def test_a_place_is_called_by_scheme_host_and_path() -> None:
    """What is left of an address in a report is what tells which place it was."""
    place = "redis://clerk:hunter2@[::1]:6379/0?password=hunter3"

    assert shown(place) == "redis://[::1]:6379/0"
    assert combed("no hunter2, no hunter3", [place]) == "no ***, no ***"
    assert shown("a folder/with::signs@x") == "a folder/with::signs@x"


@pytest.mark.parametrize("place", ["gopher://x", "redis://clerk:a/b@host", "mysql://c:1#2@host"])
def test_an_address_of_no_kind_is_a_usage_error(place: str) -> None:
    """A slip must not read as clean."""
    with pytest.raises(UsageError):
        store_at(place)
