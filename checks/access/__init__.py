"""Checks of who can reach what is kept: photographs, and the faces on them."""
