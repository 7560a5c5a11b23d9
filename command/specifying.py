"""``idaudit spec``: the model, the checks and the adapter contract, put together for a tender."""

from idaudit.command.contract import adapter_contract
from idaudit.command.linking import links
from idaudit.command.plan import programme_called
from idaudit.reports.spec.build import build
from idaudit.reports.spec.formats import FORMATS
from idaudit.threatmodel.loader import load


def specification(program: str, shape: str) -> str:
    """
    Return the specification of the programme *program* in the format *shape*.

    Raises:
        UsageError: there is no such programme.

    """
    model = load()
    programme = programme_called(model, program)
    return FORMATS[shape](build(model, programme, links(), adapter_contract()))
