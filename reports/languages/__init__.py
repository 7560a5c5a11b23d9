"""Catalogues of what the reports say, one file for each language besides English."""
