"""Audits beside each other: what changed between two, and how several systems fare."""
