"""The version of the suite, written once."""

__version__ = "0.1.0"
