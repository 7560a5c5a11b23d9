"""A finished run, told to different readers."""
