"""
Reading a system's own Python: rules of privacy on Bandit's plugin interface.

What stands in a source was read and not seen happening, and counts as a
statement: it breaks a promise at the assurance "statement", and a clean source
alone keeps none. ``docs/source.md`` says how.
"""
