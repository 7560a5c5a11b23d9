"""Checks of what the card says, and of what showing it gives away."""
