"""What is promised, to whom, and by which source: data and its strict reader."""
