"""Reading why a flow has no threat of some LINDDUN category."""

from collections.abc import Mapping
from importlib.resources.abc import Traversable

from idaudit.threatmodel.attacks import Vocabulary
from idaudit.threatmodel.system import Flow
from idaudit.threatmodel.toml_reader import Table, read_toml


def read_blanks(
    folder: Traversable, flows: Mapping[str, Flow], linddun: Vocabulary
) -> dict[tuple[str, str], str]:
    """Read ``segments.toml``: by category, reasons and the flows each one holds for."""
    file = read_toml(folder, "segments.toml")
    blanks: dict[tuple[str, str], str] = {}
    for category in file.entries:
        file.resolve(category, category, linddun.categories)
        for reason in file.table(category).tables().values():
            _enter(reason, category, flows, blanks)
    return blanks


def _enter(
    reason: Table, category: str, flows: Mapping[str, Flow], blanks: dict[tuple[str, str], str]
) -> None:
    reason.only(("why", "flows"))
    for flow in reason.several("flows", flows):
        if (flow, category) in blanks:
            raise reason.wrong(
                "flows", f"{flow!r} again", "one reason for each blank", "; keep the better one"
            )
        blanks[flow, category] = reason.text("why")
