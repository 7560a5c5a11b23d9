"""Showing that something happens: a live line on a terminal, plain lines elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from idaudit.threatmodel.verdict import Outcome


class Steps:
    """Counts the steps of one long task and shows them on *console*."""

    def __init__(self, console: Console, title: str, total: int) -> None:
        """Show nothing until the first step."""
        self._console = console
        self._title = title
        self._total = total
        self._done = 0
        self._bar = Progress(
            TextColumn("{task.fields[title]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[step]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=total, title=title, step="")

    def __enter__(self) -> Self:
        """Start the live line, where there is one."""
        self._bar.start()
        if not self._console.is_terminal:
            self._console.print(f"{self._title}: {self._total} to do")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the live line away."""
        self._bar.stop()

    def step(self, name: str, outcome: Outcome | str) -> None:
        """Report one step done."""
        self._done += 1
        self._bar.update(self._task, advance=1, step=name)
        if not self._console.is_terminal:
            count = f"{self._done:>3}/{self._total}"
            self._console.print(f"{count}  {outcome!s:<12}  {name}", markup=False)
