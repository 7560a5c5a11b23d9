"""
How far a paper's mark carries, and how near to one chance comes.

Prints the tables of ``docs/picture-marks.md``: recall by what became of the
picture, and the scores of pictures that carry no mark of the run, or another
run's. Run as ``python tests/benchmarks/marks.py``; a few minutes of one core.
"""

import argparse
import io
import time
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from idaudit.checks.probes.sweep.marks import PLACES, READ, SEEN, Reader, mark_in
from idaudit.checks.probes.sweep.waves import spectrum
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.documents import DocumentKind, draw
from idaudit.fixtures.papers.drawing import PORTRAIT, Woven, font
from idaudit.fixtures.papers.drawing import draw as drawn
from idaudit.fixtures.papers.photographs import photograph_of

MINT, ANOTHER = Mint(5), Mint(6)
DICE = np.random.default_rng(5)
KIND = DocumentKind.FOREIGN_PASSPORT

Change = Callable[[Image.Image], Image.Image]
Source = Callable[[], Image.Image]


def saved(image: Image.Image, kind: str, quality: int = 75) -> Image.Image:
    """Return *image* as it comes back from a file."""
    out = io.BytesIO()
    image.save(out, kind, quality=quality)
    return Image.open(out)


def part(image: Image.Image, share: float) -> Image.Image:
    """Cut *share* of each side out, anywhere."""
    width, height = round(image.width * share), round(image.height * share)
    left = int(DICE.integers(image.width - width + 1))
    top = int(DICE.integers(image.height - height + 1))
    return image.crop((left, top, left + width, top + height))


def wide(image: Image.Image, width: int) -> Image.Image:
    """Bring *image* to so many pixels across."""
    return image.resize((width, max(1, round(width * image.height / image.width))))


def _pieces() -> Iterator[tuple[str, Change]]:
    """Yield what becomes of pages."""
    yield "as drawn", lambda image: image
    for quality in (75, 30, 15):
        yield f"JPEG q{quality}", lambda image, q=quality: saved(image, "JPEG", q)
    yield "WebP q60", lambda image: saved(image, "WEBP", 60)
    yield "grey", lambda image: image.convert("L")
    yield "turned by 90", lambda image: image.rotate(90, expand=True)
    yield "askew by 1 degree", lambda image: image.rotate(1, fillcolor="white")
    for width in (160, 120, 96, 80, 64):
        yield f"{width} px, JPEG", lambda image, w=width: saved(wide(image, w), "JPEG")
    yield "200 px, 64 colours", lambda image: wide(image, 200).quantize(64)
    yield "200 px, web palette", lambda image: wide(image, 200).convert("P")
    for share in (70, 60, 50, 40, 30):
        yield f"crop {share} %, JPEG q50", lambda i, s=share: saved(part(i, s / 100), "JPEG", 50)
    for width in (240, 160, 120, 96):
        cut: Change = lambda i, w=width: saved(wide(part(i, 0.7), w), "JPEG", 60)  # noqa: E731  a row
        yield f"crop 70 %, {width} px, JPEG q60", cut
    yield "crop 50 %, 160 px, JPEG q60", lambda i: saved(wide(part(i, 0.5), 160), "JPEG", 60)
    yield "crop 70 %, turned, JPEG", lambda i: saved(part(i, 0.7).rotate(270, expand=True), "JPEG")
    yield "crop 70 %, 64 colours", lambda i: part(i, 0.7).quantize(64)


def _portraits() -> Iterator[tuple[str, Change]]:
    """Yield what becomes of portraits cut out."""
    yield "portrait", lambda image: image.crop(PORTRAIT)
    yield "portrait, JPEG q30", lambda image: saved(image.crop(PORTRAIT), "JPEG", 30)
    yield (
        "portrait, 300 x 400",
        lambda i: saved(i.crop(PORTRAIT).resize((300, 400)), "JPEG"),
    )
    for width in (96, 80, 64, 48, 40):
        yield (
            f"portrait, {width} px, JPEG",
            lambda image, w=width: saved(wide(image.crop(PORTRAIT), w), "JPEG"),
        )
    yield "portrait, 80 %", lambda image: saved(part(image.crop(PORTRAIT), 0.8), "JPEG")
    yield "portrait, 60 %", lambda image: saved(part(image.crop(PORTRAIT), 0.6), "JPEG")


def recall(count: int) -> None:
    """Print how many of *count* papers each change leaves readable."""
    people = Applicants(MINT)
    papers = [draw(KIND, people.next()) for _ in range(count)]
    pictures = [(paper.owner, paper.picture) for paper in papers]
    print("| what became of it | named | misnamed |\n|---|---|---|")  # noqa: T201  the table
    for name, change in [*_pieces(), *_portraits()]:
        marks = [(owner, mark_in(change(image).convert("L"), MINT)) for owner, image in pictures]
        right = sum(mark is not None and mark.applicant == owner for owner, mark in marks)
        wrong = sum(mark is not None and mark.applicant != owner for owner, mark in marks)
        print(f"| {name} | {100 * right / count:.0f} % | {wrong} |", flush=True)  # noqa: T201  the table


def kept(image: Image.Image) -> Image.Image:
    """Return *image* as systems keep pictures: cut, shrunk, turned, poor."""
    if DICE.random() < 0.7:
        image = part(image, float(DICE.uniform(0.35, 0.95)))
    if DICE.random() < 0.5:
        image = wide(image, int(DICE.integers(90, 300)))
    turned = image.rotate(90 * int(DICE.integers(4)), expand=True)
    return saved(turned.convert("L"), "JPEG", int(DICE.integers(30, 95)))


def unmarked(people: Applicants) -> Image.Image:
    """Return a paper drawn without a mark."""
    paper, none = draw(KIND, people.next()), np.zeros((32, 32), np.int64)
    values, zone = paper._values(), paper._zone()  # noqa: SLF001  what the drawing is made from
    key = MINT.key(f"ground {paper.owner}")
    return drawn(KIND, values, "QQ", zone, key, Woven(none, none))


def like_a_scene() -> Image.Image:
    """Return noise with the spectrum of photographs."""
    height, width = (int(DICE.integers(200, 900)) for _ in range(2))
    waves = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width))
    waves[0, 0] = 1
    rough = np.fft.fft2(DICE.normal(size=(height, width))) / waves ** DICE.uniform(0.6, 1.6)
    shades = np.fft.ifft2(rough).real
    shades = 128 + (shades - shades.mean()) / shades.std() * DICE.uniform(10, 60)
    return Image.fromarray(np.clip(shades, 0, 255).astype(np.uint8))


def like_a_weave() -> Image.Image:
    """Return a texture that repeats itself, as a mark does."""
    side, scale = int(DICE.integers(8, 64)), int(DICE.integers(2, 9))
    tile = DICE.integers(0, 256, (side, side)).astype(np.uint8)
    return Image.fromarray(np.tile(tile, (40, 40))[:120, :160]).resize((160 * scale, 120 * scale))


def like_a_letter() -> Image.Image:
    """Return a printed page."""
    page = Image.new("L", (int(DICE.integers(300, 900)), int(DICE.integers(300, 900))), 240)
    pen, size = ImageDraw.Draw(page), int(DICE.integers(9, 22))
    for top in range(0, page.height, int(DICE.integers(14, 40))):
        words = "".join(DICE.choice(list("abcdefg hij klmno pqrst uvw"), 90))
        pen.text((10, top), words, fill=20, font=font(size))
    return page


def _sources() -> Mapping[str, Source]:
    """Return where pictures without a mark of the run come from."""
    people, others = Applicants(MINT), Applicants(ANOTHER)
    return {
        "papers without a mark": lambda: unmarked(people),
        "papers of another run": lambda: draw(KIND, others.next()).picture,
        "photographs, drawn": lambda: Image.open(io.BytesIO(photograph_of(people.next()).data)),
        "noise like photographs": like_a_scene,
        "printed pages": like_a_letter,
        "repeating textures": like_a_weave,
    }


def chance(count: int) -> None:
    """Print the scores of *count* pictures of each kind that carry no mark of the run."""
    readers = [Reader(MINT, place) for place in PLACES]
    print(f"\nbounds: {SEEN} still, {READ} weakest digit\n")  # noqa: T201  the table
    print("| pictures | named | still: median, 99 %, most | digit: median, 99 %, most | ms |")  # noqa: T201  the table
    print("|---|---|---|---|---|")  # noqa: T201  the table
    for name, source in _sources().items():
        named, spent = 0, 0.0
        scores = []
        for _ in range(count):
            picture = kept(source())
            begun = time.process_time()
            named += mark_in(picture, MINT) is not None
            spent += time.process_time() - begun
            waves = spectrum(picture)
            finds = [(reader, reader.find(waves)) for reader in readers]
            scores += [(f.score, r.digits(waves, f)[0]) for r, f in finds if f is not None]
        still, digit = (_told(column) for column in np.array(scores).T)
        print(f"| {name} | {named} of {count} | {still} | {digit} | {spent / count * 1e3:.0f} |")  # noqa: T201  the table


def _told(scores: NDArray[np.float64]) -> str:
    return " ".join(f"{value:.2f}" for value in np.quantile(scores, [0.5, 0.99, 1]))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=100)
    parser.add_argument("--chaff", type=int, default=1200)
    asked = parser.parse_args()
    recall(asked.papers)
    chance(asked.chaff)


if __name__ == "__main__":
    main()
