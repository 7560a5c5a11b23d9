"""
Bring every catalogue up to date: ``python -m tests.catalogues``.

What is new stands in each ``reports/languages/*.po`` without a translation, and
the tests fail until it has one; what nothing says any more is dropped. Then the
``.mo`` beside it, which the reports read, is compiled anew. A new language is
one file: ``python -m tests.catalogues pt`` begins ``pt.po``.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import gathering
import uttered
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

WIDTH = 100


def main(wanted: list[str]) -> None:
    """Update every catalogue, those of the languages *wanted* begun where there is none."""
    uttered.write()
    template = gathering.template()
    for language in sorted({*wanted, *(path.stem for path in gathering.translations())}):
        path = gathering.FOLDER / f"{language}.po"
        catalogue = gathering.read(path) if path.exists() else Catalog(locale=language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _write(catalogue, path)
        path.with_suffix(".mo").write_bytes(gathering.compiled(gathering.read(path)))
        left = gathering.missing(catalogue)
        print(f"{path.name}: {len(catalogue)} sentences, {len(left)} without a translation")  # noqa: T201  a tool's own answer


def _write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue with a head that says nothing of when or by whom."""
    language = catalogue.locale.english_name if catalogue.locale else path.stem
    head = [("Language", path.stem), ("Plural-Forms", catalogue.plural_forms)]
    head += [("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8")]
    head += [("Content-Transfer-Encoding", "8bit")]
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in head)
    with path.open("wb") as file:
        file.write(
            f'# What the reports say, in {language}.\nmsgid ""\nmsgstr ""\n{lines}\n'.encode()
        )
        write_po(file, catalogue, width=WIDTH, omit_header=True)


if __name__ == "__main__":
    main(sys.argv[1:])
