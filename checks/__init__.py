"""Executable questions about a system, one folder for each area of promises."""
