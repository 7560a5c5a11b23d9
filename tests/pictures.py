"""
The pictures in the README, made by a command: ``python tests/pictures.py [FOLDER]``.

It audits the reference city with a seeded defect, honestly and on this machine,
and takes the top of the report in each language and width from the machine's
own Chromium. Nothing is drawn by hand, so a picture can be made again after any
change to the page; a person looks at it before it is kept.
"""

import io
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "reports"))
from browser import chromium, opened
from PIL import Image
from playwright.sync_api import Page

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
DEFECT = "keeps-the-denied-for-appeals"
PROMISES = ("no-scan-kept", "no-temporary-copy", "nothing-derived", "retention-term")
SEED = "3"
BROKEN = 1
COLOURS = 256  # half of the bytes; with fewer, the colour of a verdict seen seldom turns grey


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: which page, how wide and high, by day or night, and from where down."""

    name: str
    page: str
    width: int
    height: int
    scheme: str = "light"
    at: str = "body"  # the element at its top


SHOTS = (
    Shot("report", "report.html", 1280, 1000),
    Shot("report-dark", "report.html", 1280, 1000, "dark"),
    Shot("story", "report.html", 1280, 820, at="#no-scan-kept"),
    Shot("places", "report.html", 1280, 900, at="#map"),
    Shot("informe", "report.es.html", 1280, 1000),
    Shot("phone", "report.es.html", 390, 1000),
)


def main(folder: Path) -> None:
    """Fill *folder* with every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="idaudit-pictures-") as scratch:
        out = Path(scratch, "audit")
        _audit(out)
        with chromium() as browser:
            for shot in SHOTS:
                with opened(browser, out / shot.page, shot.width, shot.scheme) as page:
                    _take(page, shot, folder / f"{shot.name}.png")


def _audit(out: Path) -> None:
    """Audit the defective city; anything but a broken promise is a mistake of ours."""
    command = str(Path(sys.executable).with_name("idaudit"))
    words = [command, "run", "--seed", SEED, "--defect", DEFECT]
    words += [word for name in PROMISES for word in ("--only", name)]
    done = subprocess.run([*words, "--out", str(out)], check=False)
    if done.returncode != BROKEN:
        sys.exit(f"{DEFECT} ended with {done.returncode}; expected {BROKEN}: a broken promise")


def _take(page: Page, shot: Shot, path: Path) -> None:
    """Save what stands from the shot's element down."""
    box = page.locator(shot.at).first.bounding_box()
    top = box["y"] if box else 0
    clip = {"x": 0, "y": max(top - 16, 0), "width": shot.width, "height": shot.height}
    taken = page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]  # a FloatRect
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
