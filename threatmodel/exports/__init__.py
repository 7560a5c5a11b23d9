"""The threat model in the words of other tools, each with a report of what did not fit."""

from idaudit.threatmodel.exports.export import Export, Loss
from idaudit.threatmodel.exports.exporters import EXPORTERS

__all__ = ["EXPORTERS", "Export", "Loss"]
