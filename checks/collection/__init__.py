"""Checks of what the system asks for, and what it takes in."""
