"""A paper is found by its look, whatever became of its file."""

import base64
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from idaudit.checks.probes.sweep import Grade, Picture, Sweep
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Field, Mint
from idaudit.fixtures.documents import Document
from idaudit.fixtures.surfaces.folder import FolderSurface

MINT = Mint(31)
PEOPLE = Applicants(MINT)
PAPERS = [paper for _ in range(4) for paper in PEOPLE.next().documents]
PICTURES = [Picture.of(paper) for paper in PAPERS]
KEPT = PAPERS[2]
SWEEP = Sweep(MINT, pictures=PICTURES)


def saved(image: Image.Image, kind: str, quality: int = 75) -> bytes:
    """Write *image* as a file."""
    out = io.BytesIO()
    image.save(out, kind, quality=quality)
    return out.getvalue()


CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "poor jpeg": lambda image: saved(image.convert("RGB"), "JPEG", 30),
    "png": lambda image: saved(image, "PNG"),
    "thumbnail": lambda image: saved(
        image.convert("RGB").resize((160, 160 * image.height // image.width)), "JPEG"
    ),
    "grey": lambda image: saved(image.convert("L"), "JPEG"),
    "turned": lambda image: saved(image.rotate(90, expand=True), "PNG"),
    "upside down": lambda image: saved(image.rotate(180), "PNG"),
}
PLACES: dict[str, Callable[[bytes], bytes]] = {
    "file": bytes,
    "blob": lambda data: b"\x00row\x01" + data + b"\x00\x00more" * 50,
    "gzip": gzip.compress,
    "data url": lambda data: b'<img src="data:image/x;base64,' + base64.b64encode(data) + b'">',
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", PLACES)
def test_a_changed_copy_is_recognised(change: str, place: str, tmp_path: Path) -> None:
    """Re-encoded, shrunk, greyed or turned, the paper still names whose it is."""
    data = CHANGES[change](KEPT.picture)
    (tmp_path / "cache").write_bytes(PLACES[place](data))

    hits = SWEEP.surface(FolderSurface("cache", tmp_path))

    looks = {(hit.applicant, hit.field) for hit in hits if hit.grade is Grade.LIKENESS}
    assert looks == {(KEPT.owner, Field.DOCUMENT_PICTURE)}
    assert {hit.form[-1] for hit in hits if hit.grade is Grade.LIKENESS} == {"picture"}


@pytest.mark.parametrize("paper", PAPERS, ids=repr)
def test_the_file_that_was_shown_is_recognised_every_way(paper: Document) -> None:
    """A kept file is found by the canaries in it and by its look, all of one owner."""
    hits = SWEEP.bytes(paper.data, "kept")

    assert {hit.applicant for hit in hits} == {paper.owner}
    assert Field.DOCUMENT_BYTES in {hit.field for hit in hits}
    assert Field.DOCUMENT_PICTURE in {hit.field for hit in hits}


def test_another_runs_paper_is_a_stranger() -> None:
    """Papers of one template from another run look like none that were planted here."""
    others = Applicants(Mint(32))
    strangers = [paper for _ in range(5) for paper in others.next().documents]

    hits = [hit for each in strangers for hit in SWEEP.bytes(saved(each.picture, "PNG"), "")]

    assert hits == []


def test_flat_ground_looks_like_no_paper() -> None:
    """Blank pages, icons and gradients are not called papers."""
    blank = [Image.new("RGB", (600, 400), shade) for shade in ("white", "black", "grey")]
    for image in [*blank, Image.linear_gradient("L"), Image.new("L", (8, 8))]:
        assert SWEEP.bytes(saved(image, "PNG"), "") == []


def test_letters_hidden_in_pixels_are_read() -> None:
    """A lossless picture gives back the very bytes its pixels were made of, compressed or not."""
    token = MINT.canary(3, Field.STREET).text.encode()
    image = Image.frombytes("RGB", (64, 20), (token * 3840)[: 64 * 20 * 3])

    hits = Sweep(MINT).bytes(saved(image, "PNG"), "tile")

    assert (("pixels", "verbatim"), "a3.street") in {(hit.form, hit.canary) for hit in hits}
