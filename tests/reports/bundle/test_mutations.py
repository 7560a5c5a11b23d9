"""No single change to a bundle passes."""

import random
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from idaudit.reports.bundle.opening import BrokenBundle, open_bundle
from idaudit.reports.bundle.sealing import ATTESTATIONS, NAMES
from idaudit.reports.bundle.suite import Suite
from idaudit.reports.bundle.verifying import verify
from idaudit.reports.outputs import EVIDENCE, FILES

TODAY = date(2026, 3, 2)
MUTATIONS = 200


def _flip(files: list[Path], dice: random.Random) -> None:
    """One bit of one byte changes."""
    path = dice.choice(files)
    data = bytearray(path.read_bytes())
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    path.write_bytes(data)


def _drop_a_line(files: list[Path], dice: random.Random) -> None:
    lines, path = _lines(files, dice)
    del lines[dice.randrange(len(lines))]
    path.write_bytes(b"".join(lines))


def _swap_lines(files: list[Path], dice: random.Random) -> None:
    lines, path = _lines(files, dice)
    one = dice.randrange(len(lines))
    others = [place for place, line in enumerate(lines) if line != lines[one]]
    other = dice.choice(others)
    lines[one], lines[other] = lines[other], lines[one]
    path.write_bytes(b"".join(lines))


def _double_a_line(files: list[Path], dice: random.Random) -> None:
    lines, path = _lines(files, dice)
    lines.insert(dice.randrange(len(lines)), dice.choice(lines))
    path.write_bytes(b"".join(lines))


def _truncate(files: list[Path], dice: random.Random) -> None:
    path = dice.choice(files)
    data = path.read_bytes()
    path.write_bytes(data[: dice.randrange(len(data))])


def _add_a_byte(files: list[Path], dice: random.Random) -> None:
    path = dice.choice(files)
    data = path.read_bytes()
    place = dice.randrange(len(data) + 1)
    path.write_bytes(data[:place] + dice.choice([b" ", b"\n", b"0", b"="]) + data[place:])


def _swap_files(files: list[Path], dice: random.Random) -> None:
    one, other = dice.sample(files, 2)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def _add_a_file(files: list[Path], dice: random.Random) -> None:
    (files[0].parent / f"notes-{dice.randrange(100)}.txt").write_bytes(b"extra")


def _take_a_file(files: list[Path], dice: random.Random) -> None:
    dice.choice(files).unlink()


def _rename_a_file(files: list[Path], dice: random.Random) -> None:
    path = dice.choice(files)
    path.rename(path.with_name(f"{path.name}.bak"))


def _lines(files: list[Path], dice: random.Random) -> tuple[list[bytes], Path]:
    """Return the lines of a file that has more than one."""
    path = dice.choice([each for each in files if each.read_bytes().count(b"\n") > 1])
    return path.read_bytes().splitlines(keepends=True), path


KINDS: tuple[Callable[[list[Path], random.Random], None], ...] = (
    _flip, _drop_a_line, _swap_lines, _double_a_line, _truncate,
    _add_a_byte, _swap_files, _add_a_file, _take_a_file, _rename_a_file,
)  # fmt: skip


def _check(folder: Path, suite: Suite) -> None:
    """Verify a bundle to its end."""
    tuple(verify(open_bundle(folder), suite, TODAY))


def test_none_of_two_hundred_mutations_passes(folder: Path, suite: Suite) -> None:
    """A byte, a line or a file changed, moved, added or taken: each is refused and named."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert before.keys() == {*FILES, EVIDENCE, *NAMES}
    for number in range(MUTATIONS):
        KINDS[number % len(KINDS)](sorted(folder.iterdir()), random.Random(number))  # noqa: S311  a repeatable choice
        after = {path.name: path.read_bytes() for path in folder.iterdir()}

        assert after != before, f"mutation {number} changed nothing"
        with pytest.raises(BrokenBundle, match=f"^{folder}/") as error:
            _check(folder, suite)

        changed = {name for name in before.keys() | after if before.get(name) != after.get(name)}
        named = str(error.value).removeprefix(f"{folder}/").split(":")[0]
        assert named in changed | {ATTESTATIONS}, f"mutation {number}: {error.value}"
        _restore(folder, before)
    _check(folder, suite)


def test_any_bit_of_the_signed_statements_counts(folder: Path, suite: Suite) -> None:
    """Base64 and JSON have many spellings of the same thing; only one is accepted."""
    whole = (folder / ATTESTATIONS).read_bytes()
    ends = [place for place, byte in enumerate(whole) if byte in b'="}],{:\n']
    for place in [*ends[:60], *ends[-40:], *range(len(whole) - 100, len(whole))]:
        for bit in (0, 2, 5):
            data = bytearray(whole)
            data[place] ^= 1 << bit
            (folder / ATTESTATIONS).write_bytes(data)

            with pytest.raises(BrokenBundle):
                open_bundle(folder)
    (folder / ATTESTATIONS).write_bytes(whole)
    _check(folder, suite)


def test_a_link_or_a_folder_is_no_file_of_a_bundle(folder: Path, tmp_path: Path) -> None:
    """What a link leads to can change after anybody looked."""
    away = tmp_path / "away.md"
    shutil.move(folder / "summary.md", away)
    (folder / "summary.md").symlink_to(away)

    with pytest.raises(BrokenBundle, match=r"summary\.md: is no plain file"):
        open_bundle(folder)

    (folder / "summary.md").unlink()
    (folder / "summary.md").mkdir()
    with pytest.raises(BrokenBundle, match=r"summary\.md: is no plain file"):
        open_bundle(folder)


def test_a_file_whose_name_would_move_a_terminal_is_named_harmlessly(folder: Path) -> None:
    """Whoever sends a forged bundle does not get to write on the reader's screen."""
    (folder / "\x1b[2Jok.txt").write_text("x", encoding="utf-8")

    with pytest.raises(BrokenBundle, match="was added") as error:
        open_bundle(folder)

    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize("name", [ATTESTATIONS, "SHA256SUMS", "signer.pub"])
@pytest.mark.parametrize(
    "rubbish", [b"", b"\xff\n\xff\n", b"[" * 100_000, b"{}\n{}\n", b"null\n1\n"]
)
def test_rubbish_is_refused_like_any_other_change(folder: Path, name: str, rubbish: bytes) -> None:
    """What is read before any signature holds is read with the most care."""
    (folder / name).write_bytes(rubbish)

    with pytest.raises(BrokenBundle, match=f"{folder}/({name}|{ATTESTATIONS}): "):
        open_bundle(folder)


def _restore(folder: Path, before: dict[str, bytes]) -> None:
    """Put the bundle back as it was."""
    for path in folder.iterdir():
        path.unlink()
    for name, text in before.items():
        (folder / name).write_bytes(text)
