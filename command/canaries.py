"""``idaudit canaries``: what a run would plant, and reading it again in another process."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypedDict, cast

from rich.console import Console

from idaudit.checks.probes.sweep import Limits, Picture, Sweep
from idaudit.checks.probes.sweep.distributed import Recipe
from idaudit.checks.probes.sweep.pictures import look_of
from idaudit.command.progress import Steps
from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Field, KnownValue, Mint
from idaudit.fixtures.documents import Document
from idaudit.threatmodel.errors import SetupError, UsageError

RECORD = (Field.GIVEN_NAME, Field.SURNAME, Field.STREET, Field.EMAIL, Field.PHONE)
DIGESTED = 5000
"""In a file of up to so many rows, digests of names and addresses are searched for as well."""

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
_SHORT = frozenset({Field.PHONE, Field.DOCUMENT_NUMBER})
_STEP = 1000
_CHUNK = 1 << 20
_BETWEEN = ", \t\r\n"
_DECODER = json.JSONDecoder()
_KEYS = frozenset({"id", "applicant", "field", "text", "document"})


class Row(TypedDict):
    """One canary as the file holds it."""

    id: str  # "42.a7.surname": the seed, the applicant, the field
    applicant: int
    field: str
    text: str
    document: str | None  # the file it is in


@dataclass(frozen=True, slots=True)
class Planted:
    """What a canaries file says was planted; it holds synthetic values only."""

    path: Path
    seed: int
    count: int
    """How many rows the file has: millions, so they stay in it."""
    papers: Mapping[str, int]
    """Whose each paper is, by the file it lies in."""

    def named(self, canary: str | None) -> str | None:
        """Return what the file calls a hit's *canary*."""
        return canary and f"{self.seed}.{canary}"

    def sweep(self, limits: Limits) -> Sweep:
        """Return a sweep that finds everything in the file."""
        return Sweep(Mint(self.seed), self._known(), self._pictures(), limits)

    def recipe(self, limits: Limits) -> Recipe:
        """Return what another machine needs to make that sweep."""
        return Recipe.of(self.seed, self._known(), self._pictures(), limits)

    def missing(self) -> list[str]:
        """Return the papers that no longer lie where the file says."""
        return [path for path in self.papers if not Path(path).is_file()]

    def _known(self) -> Iterator[KnownValue]:
        digested = self.count <= DIGESTED
        for row in _rows_in(self.path):
            what = Field(row["field"])
            if what in _SHORT or (digested and what in RECORD):
                yield KnownValue(row["text"], row["applicant"], what)

    def _pictures(self) -> Iterator[Picture]:
        for path, applicant in self.papers.items():
            if Path(path).is_file():
                data = Path(path).read_bytes()
                yield Picture(applicant, data, look_of(data))


def mint_canaries(
    count: int, seed: int, out: Path, documents: Path | None, console: Console
) -> int:
    """
    Write the canaries of the first *count* applicants of *seed* to *out*, their papers beside.

    Raises:
        SetupError: something cannot be written.

    """
    draft = out.with_name(f".{out.name}.part")
    with Steps(console, "minting", -(-count // _STEP)) as steps:
        try:
            with draft.open("w", encoding="utf-8") as file:
                written = _write(_minted(count, seed, documents, steps), file)
            draft.replace(out)
        except OSError as error:
            raise SetupError(
                f"{out}: cannot be written ({error.strerror}); name a file in a writable folder"
            ) from error
        finally:
            with suppress(OSError):
                draft.unlink()
    console.print(f"{written} canaries of {count} applicants, seed {seed}: {out}", highlight=False)
    return 0


def _minted(count: int, seed: int, documents: Path | None, steps: Steps) -> Iterator[Row]:
    """Yield the rows of the first *count* applicants, their papers written on the way."""
    people = Applicants(Mint(seed))
    for number in range(1, count + 1):
        person = people.next()
        yield from _rows(person, seed, _written(person, documents) if documents else {})
        if number % _STEP == 0 or number == count:
            steps.step(f"{number} applicants", "minted")


def _write(rows: Iterator[Row], file: TextIO) -> int:
    """Write *rows* as one JSON list, row by row; return how many there were."""
    count = 0
    for count, row in enumerate(rows, start=1):
        file.write("[" if count == 1 else ",")
        file.write(json.dumps([row], indent=1, ensure_ascii=False)[1:-2])
    file.write("\n]\n")
    return count


def read_canaries(path: Path) -> Planted:
    """
    Return what the canaries file at *path* says.

    Raises:
        UsageError: it is not one, or mixes the canaries of several seeds.

    """
    seeds: set[str] = set()
    papers: dict[str, int] = {}
    count = 0
    try:
        for count, row in enumerate(_rows_in(path), start=1):  # noqa: B007  used below
            seeds.add(row["id"].partition(".")[0])
            if row["document"]:
                papers[row["document"]] = row["applicant"]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as JSON ({error}); {_WANTED}") from error
    if len(seeds) != 1 or not next(iter(seeds)).isdigit():
        found = ", ".join(sorted(seeds)[:3]) or "nothing"
        raise UsageError(f"{path}: its ids name the seeds {found}; expected one seed; {_WANTED}")
    return Planted(path, int(seeds.pop()), count, papers)


_WANTED = "name a file that idaudit canaries --out wrote"


def _rows_in(path: Path) -> Iterator[Row]:
    """Yield the rows of a canaries file one by one."""
    with path.open(encoding="utf-8") as file:
        for row in _items(file):
            if not _is_row(row):
                raise UsageError(f"{path}: is no canaries file; {_WANTED}")
            yield cast("Row", row)


def _items(file: TextIO) -> Iterator[object]:
    """Yield what is in a JSON list without reading all of it at one go."""
    text, at = file.read(_CHUNK).lstrip(), 1
    if not text.startswith("["):
        raise ValueError("it holds no list")
    while True:
        while text[at : at + 1] in _BETWEEN and at < len(text):
            at += 1
        if text[at : at + 1] == "]":
            return
        try:
            item, at = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError:
            more = file.read(_CHUNK)
            if not more:
                raise
            text, at = text[at:] + more, 0
        else:
            yield item


def _is_row(row: object) -> bool:
    if not isinstance(row, dict) or not row.keys() >= _KEYS or row["field"] not in set(Field):
        return False
    texts = all(isinstance(row[key], str) for key in ("id", "text"))
    return texts and isinstance(row["applicant"], int)


def _rows(person: Applicant, seed: int, papers: dict[Document, str]) -> Iterator[Row]:
    """Yield a row for each field of *person*, and for each of the first paper's."""

    def row(what: Field, text: str, document: str | None = None) -> Row:
        name = f"{seed}.a{person.index}.{what}"
        return Row(id=name, applicant=person.index, field=what, text=text, document=document)

    for what in RECORD:
        yield row(what, str(person.record()[what]))
    for paper in person.documents[:1]:
        where = papers.get(paper)
        yield row(Field.DOCUMENT_NUMBER, paper.number, where)
        for canary in paper.canaries[:3]:
            yield row(canary.field, canary.text, where)


def _written(person: Applicant, folder: Path) -> dict[Document, str]:
    """Write the first paper of *person* into *folder*, and return where it lies."""
    written = {}
    for paper in person.documents[:1]:
        path = folder / f"a{person.index}-{paper.kind}.{_ENDINGS[paper.media_type]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(paper.data)
        except OSError as error:
            raise SetupError(
                f"{path}: cannot be written ({error.strerror}); name a writable folder"
            ) from error
        written[paper] = str(path.absolute())
    return written
