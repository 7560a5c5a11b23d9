"""The specification: what a tender asks of an ID system, and how that will be accepted."""
