"""A system that is lent again and again is not accused of what others left in it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.surfaces.folder import FolderSurface
from idaudit.fixtures.surfaces.surface import Surface
from idaudit.fixtures.targets.target import Target
from idaudit.threatmodel.errors import Inconclusive


class Lasting(Target):
    """A system that cannot be had anew."""

    disposable = True

    def __init__(self, folder: Path) -> None:
        """Everything rests in *folder*."""
        self.folder = folder

    def surfaces(self) -> Sequence[Surface]:
        """One place."""
        return (FolderSurface("files", self.folder),)


class Renewed(Lasting):
    """One that can."""

    @contextmanager
    def unused(self) -> Iterator[Target]:
        """Lend another."""
        yield Renewed(self.folder)


@pytest.fixture
def mint() -> Mint:
    """Lend what canaries are made from."""
    return Mint(6)


def left(folder: Path, person: Applicant) -> None:
    """Let *person* leave a record in *folder*."""
    (folder / f"{person.index}.txt").write_text(" ".join(map(str, person.record().values())))


def test_what_others_left_is_left_out_and_ones_own_is_found(tmp_path: Path, mint: Mint) -> None:
    """An earlier check enrolled somebody, and had no reason to end them."""
    people = Applicants(mint)
    earlier, own = people.next(), people.next()
    left(tmp_path, earlier)
    system = Lasting(tmp_path)

    assert system.shared
    assert not Sight(system, mint).look([own])
    left(tmp_path, own)
    assert {hit.applicant for hit in Sight(system, mint).look([own])} == {own.index}


def test_of_a_new_system_everything_counts(tmp_path: Path, mint: Mint) -> None:
    """Nobody was there before, so whatever is found is this check's."""
    people = Applicants(mint)
    earlier, own = people.next(), people.next()
    left(tmp_path, earlier)
    system = Renewed(tmp_path)

    assert not system.shared
    assert {hit.applicant for hit in Sight(system, mint).look([own])} == {earlier.index}


def test_a_canary_of_nobody_in_particular_shows_nothing(tmp_path: Path, mint: Mint) -> None:
    """It may be anybody's who came before: neither found nor clean."""
    people = Applicants(mint)
    person = people.next()
    word = person.email.partition("@")[0]
    (tmp_path / "cut.txt").write_text(f"a {word[: len(word) // 2 + 1]} b")
    unowned = Sight(Renewed(tmp_path), mint).look([person])

    assert unowned
    assert all(hit.applicant is None for hit in unowned)
    with pytest.raises(Inconclusive, match="whose owner cannot be read, and this system was used"):
        Sight(Lasting(tmp_path), mint).look([person])
