"""A piece of a paper names its owner by its mark; a picture without one names nobody."""

import base64
import gzip
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from idaudit.checks.probes.sweep import Grade, Hit, Limits, Sweep, pictures
from idaudit.checks.probes.sweep.marks import READ, SEEN, mark_in
from idaudit.checks.probes.sweep.pictures import Gallery, Picture
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import APPLICANTS, Cohort, Field, Mint
from idaudit.fixtures.documents import DocumentKind, draw
from idaudit.fixtures.papers import drawing
from idaudit.fixtures.papers.photographs import photograph_of
from idaudit.fixtures.surfaces.folder import FolderSurface

MINT, ANOTHER = Mint(31), Mint(32)
SWEEP = Sweep(MINT)
PAPER = draw(DocumentKind.FOREIGN_PASSPORT, Applicants(MINT).next())
Change = Callable[[Image.Image], bytes]


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    """Return a paper as it was drawn."""
    return PAPER.picture


@pytest.fixture(scope="module")
def unmarked() -> Image.Image:
    """Return the same paper drawn without a mark: ground, mosaic, portrait and print alone."""
    tile = np.zeros((32, 32), np.int64)
    values, zone = PAPER._values(), PAPER._zone()  # noqa: SLF001  what the drawing is made from
    key = MINT.key(f"ground {PAPER.owner} {PAPER.kind}")
    return drawing.draw(PAPER.kind, values, "", zone, key, drawing.Woven(tile, tile))


def saved(image: Image.Image, kind: str, quality: int = 75) -> bytes:
    """Write *image* as a file."""
    out = io.BytesIO()
    image.save(out, kind, quality=quality)
    return out.getvalue()


def piece(
    image: Image.Image, left: float = 0.2, top: float = 0.1, part: float = 0.7
) -> Image.Image:
    """Cut out *part* of each side."""
    width, height = image.size
    begin = round(left * width), round(top * height)
    return image.crop((*begin, begin[0] + round(part * width), begin[1] + round(part * height)))


def narrow(image: Image.Image, width: int) -> Image.Image:
    """Shrink *image* to so many pixels across."""
    return image.resize((width, round(width * image.height / image.width)))


def portrait(image: Image.Image) -> Image.Image:
    """Cut out the portrait."""
    return image.crop(drawing.PORTRAIT)


PIECES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "crop": (lambda image: saved(piece(image), "PNG"), ("png", "crop", "mark")),
    "crop, poor jpeg": (
        lambda image: saved(piece(image, 0.3, 0.3), "JPEG", 30),
        ("jpeg", "crop", "mark"),
    ),
    "crop, webp": (lambda image: saved(piece(image), "WEBP", 60), ("webp", "crop", "mark")),
    "crop, grey": (
        lambda image: saved(piece(image).convert("L"), "JPEG"),
        ("jpeg", "crop", "mark"),
    ),
    "crop, small, jpeg": (
        lambda image: saved(narrow(piece(image), 160), "JPEG", 60),
        ("jpeg", "crop", "mark"),
    ),
    "crop, large": (
        lambda image: saved(narrow(piece(image), 1500), "JPEG"),
        ("jpeg", "crop", "mark"),
    ),
    "crop, palette": (
        lambda image: saved(narrow(piece(image), 200).quantize(64), "PNG"),
        ("png", "crop", "mark"),
    ),
    "upper half": (
        lambda image: saved(image.crop((0, 0, image.width, image.height // 2)), "JPEG"),
        ("jpeg", "crop", "mark"),
    ),
    "portrait": (lambda image: saved(portrait(image), "PNG"), ("png", "portrait", "mark")),
    "portrait, avatar": (
        lambda image: saved(narrow(portrait(image), 64), "JPEG"),
        ("jpeg", "portrait", "mark"),
    ),
    "portrait, refitted": (
        lambda image: saved(portrait(image).resize((300, 375)), "WEBP"),
        ("webp", "portrait", "mark"),
    ),
    "portrait, tight": (
        lambda image: saved(piece(portrait(image), 0.1, 0.1, 0.8), "JPEG"),
        ("jpeg", "portrait", "crop", "mark"),
    ),
}  # fmt: skip
TURNS = {f"crop, turned by {angle}": angle for angle in (90, 180, 270)}
PIECES |= {
    name: (
        lambda image, angle=angle: saved(piece(image).rotate(angle, expand=True), "JPEG"),  # type: ignore[misc]  # mypy takes no defaults in lambdas
        ("jpeg", "crop", "turned", "mark"),
    )
    for name, angle in TURNS.items()
}


def expected(form: tuple[str, ...], surface: str = "", location: str = "it", at: int = 0) -> Hit:
    """Return the hit that a piece of the paper is."""
    canary = f"a{PAPER.owner}.document_picture"
    whose = (canary, PAPER.owner, Field.DOCUMENT_PICTURE, Cohort.SUBJECT, Grade.LIKENESS)
    return Hit(surface, location, at, form, *whose)


@pytest.mark.parametrize("change", PIECES)
def test_a_piece_names_its_owner(change: str, picture: Image.Image) -> None:
    """Cut, shrunk, turned, greyed and packed anew, a piece says whose paper it was, and how."""
    cut, form = PIECES[change]

    assert SWEEP.bytes(cut(picture), "it") == [expected(form)]


@pytest.mark.parametrize("change", PIECES)
def test_without_its_mark_a_piece_names_nobody(change: str, unmarked: Image.Image) -> None:
    """The same piece of the same paper, drawn without the mark, is nobody's."""
    cut, _ = PIECES[change]

    assert SWEEP.bytes(cut(unmarked), "it") == []


@pytest.mark.parametrize("change", PIECES)
def test_another_run_reads_nothing(change: str, picture: Image.Image) -> None:
    """A mark speaks to the run that drew it."""
    cut, _ = PIECES[change]

    assert Sweep(ANOTHER).bytes(cut(picture), "it") == []


def test_a_piece_is_told_with_its_place(picture: Image.Image, tmp_path: Path) -> None:
    """In a blob, a stream and a page, the hit says on what surface, where and through what."""
    data = PIECES["crop"][0](picture)
    (tmp_path / "blob").write_bytes(b"\0row" * 300 + data + b"\xff" * 99)
    (tmp_path / "page").write_bytes(b'<img src="data:x;base64,' + base64.b64encode(data) + b'">')
    (tmp_path / "tape").write_bytes(b"12345" + gzip.compress(data))

    hits = SWEEP.surface(FolderSurface("cache", tmp_path))
    found = {hit.location: hit for hit in hits}

    form = ("png", "crop", "mark")
    assert len(hits) == 3
    assert found["blob"] == expected(form, "cache", "blob", 1200)
    assert found["tape"] == expected(("gzip", *form), "cache", "tape", 5)
    assert found["page"].form[-3:] == form


def test_a_whole_paper_is_known_by_its_look_first(picture: Image.Image) -> None:
    """Of a paper among those planted the look is told, of any other of the run the mark."""
    data = saved(picture, "JPEG")
    listed = Sweep(MINT, pictures=[Picture.of(PAPER)])

    assert listed.bytes(data, "it") == [expected(("picture",))]
    assert SWEEP.bytes(data, "it") == [expected(("jpeg", "mark"))]


def test_the_last_applicant_of_a_run_is_named() -> None:
    """No list of marks is kept: the four-millionth applicant's is read like the first's."""
    far = replace(PAPER, owner=APPLICANTS - 1)

    hits = SWEEP.bytes(saved(piece(far.picture), "JPEG"), "it")

    assert [hit.applicant for hit in hits] == [APPLICANTS - 1]


def _chaff() -> list[Image.Image]:
    """Return pictures like those that systems hold, and none of this run's papers."""
    dice = np.random.default_rng(6)
    others = Applicants(ANOTHER)
    papers = [piece(paper.picture) for _ in range(8) for paper in others.next().documents]
    faces = [Image.open(io.BytesIO(photograph_of(others.next()).data)) for _ in range(8)]
    noise = [Image.effect_noise((300, 200), sigma) for sigma in (5, 40)]
    tile = dice.integers(0, 256, (32, 32)).astype(np.uint8)
    woven = [Image.fromarray(np.tile(tile, (3, 3))).resize((384, 384), 0)]
    flat = [Image.new("L", (600, 400), 255), Image.linear_gradient("L"), Image.radial_gradient("L")]
    return [*papers, *faces, *noise, *woven, *flat]


def test_no_picture_without_the_mark_is_taken_for_one() -> None:
    """Another run's papers, photographs, noise, textures and flat ground carry no mark of this."""
    read = [mark_in(each.convert("L"), MINT) for each in _chaff()]

    assert read == [None] * len(read)


def test_a_mark_is_read_far_above_the_bounds(picture: Image.Image) -> None:
    """A clear piece scores half as much again as it must."""
    mark = mark_in(piece(picture).convert("L"), MINT)

    assert mark is not None
    assert mark.seen > 1.5 * SEEN
    assert mark.read > 1.3 * READ


def test_icons_and_giants_are_not_looked_into(picture: Image.Image) -> None:
    """What is too small to carry a mark names nobody, and what is too large is refused."""
    gallery = Gallery([], 25_000_000, MINT)
    sweep = Sweep(MINT, limits=Limits(pixels=1000))

    assert gallery.like(saved(narrow(picture, 48), "PNG")) is None
    assert sweep.bytes(saved(picture, "JPEG"), "it") == []
    assert [refusal.form for refusal in sweep.refused] == [("picture",)]


def test_a_file_is_looked_at_once(picture: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file in a second place costs no second look, and names its owner there too."""
    opened: list[bytes] = []
    really = pictures.grey_of
    monkeypatch.setattr(
        pictures, "grey_of", lambda data, *rest: opened.append(data) or really(data, *rest)
    )
    data, sweep = saved(piece(picture), "JPEG"), Sweep(MINT)

    hits = [*sweep.bytes(data, "it"), *sweep.bytes(b"row" * 5 + data, "it")]

    assert [(hit.applicant, hit.offset) for hit in hits] == [(PAPER.owner, 0), (PAPER.owner, 15)]
    assert opened == [data]


def test_an_unfinished_webp_is_survived(picture: Image.Image) -> None:
    """A WebP file cut short anywhere, or with a lying length, never stops a sweep."""
    data = saved(piece(picture), "WEBP", 60)
    liar = data[:4] + b"\xff\xff\xff\x7f" + data[8:]
    for torn in (data[:11], data[:12], data[:30], data[:-7], liar, b"RIFF\x02\0\0\0WEBP" + data):
        assert {hit.applicant for hit in SWEEP.bytes(torn, "it")} <= {PAPER.owner}
