"""How records leave: by a court, for whom and what it names, after two people agreed."""
