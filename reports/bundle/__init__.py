"""A run's folder made into evidence that stands on its own: signed, re-judged, published."""
