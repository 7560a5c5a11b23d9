"""What faulty cities write down, they write in words that either database understands."""

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from idaudit.fixtures.defects.reading import count_up, write_down

if TYPE_CHECKING:
    from tests.conftest import Housing


def test_a_table_some_later_version_added_takes_words_numbers_and_bytes(
    housing: "Housing", tmp_path: Path
) -> None:
    """And a counter counts, on SQLite as on PostgreSQL."""
    url = housing.new()
    where = make_url(url or f"sqlite:///{tmp_path / 'city.sqlite'}")
    engine = create_engine(where.set(drivername="postgresql+psycopg") if url else where)
    with Session(engine) as session:
        city = cast("Any", SimpleNamespace(store=SimpleNamespace(session=session)))
        for _ in range(2):
            write_down(city, "kept", word="a", number=2**62, picture=b"\x00\xff")
            count_up(city, "counted", word="a", hour=7)
        kept = session.execute(text("SELECT word, picture FROM kept")).all()
        counted = session.execute(text("SELECT word, times FROM counted")).all()
    engine.dispose()
    housing.forget({"database": url})

    assert [tuple(row) for row in kept] == [("a", b"\x00\xff")] * 2
    assert [tuple(row) for row in counted] == [("a", 2)]
