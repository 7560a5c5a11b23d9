"""
What `make site` does besides: the README is the first page, and links into the code lead to it.

A page of this folder may point at any file of the project, which a site of this folder
alone would not have. Those files stand beside the pages, as text to be read.
"""  # noqa: INP001  read by mkdocs, and no package

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
CODE = "code"
_LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)\s#]+)")


def on_files(files: Files, *, config: Any) -> Files:  # noqa: ANN401  mkdocs' own mapping
    """Make the README the first page, and put beside the pages what they point at."""
    readme = ROOT / "README.md"
    pages = [readme, *sorted(DOCS.rglob("*.md"))]
    for path in sorted({path for page in pages for path in _pointed_at(page)}):
        files.append(File.generated(config, _place(path), content=_read(path)))
    text = readme.read_text(encoding="utf-8")
    files.append(File.generated(config, "index.md", content=_led(text, ROOT, "")))
    return files


def on_page_markdown(markdown: str, *, page: Any, **_: object) -> str:  # noqa: ANN401  likewise
    """Let every link of a page lead to a page, or to a file beside it."""
    source = Path(page.file.src_uri)
    if source.name == "index.md":
        return markdown
    return _led(markdown, DOCS / source.parent, "../" * (len(source.parts) - 1))


def _pointed_at(page: Path) -> Iterator[Path]:
    """Yield what *page* points at that is no page and no picture of this folder."""
    for to in _LINK.findall(page.read_text(encoding="utf-8")):
        path = (page.parent / to).resolve()
        if path.exists() and not _is_ours(path):
            yield path


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(DOCS) and path.is_file()


def _place(path: Path) -> str:
    return f"{CODE}/{path.relative_to(ROOT).as_posix().replace('/.', '/').lstrip('.')}.txt"


def _read(path: Path) -> bytes:
    """Return the bytes of a file; of a folder, what is in it."""
    if path.is_dir():
        return "\n".join(sorted(each.name for each in path.iterdir())).encode()
    return path.read_bytes()


def _led(text: str, folder: Path, up: str) -> str:
    """Return *text*, a page that lies in *folder*, with its links as the site has them."""

    def led(found: re.Match[str]) -> str:
        path = (folder / found[1]).resolve()
        if _is_ours(path):
            return f"{up}{path.relative_to(DOCS).as_posix()}"
        return f"{up}{_place(path)}"

    return _LINK.sub(led, text)
