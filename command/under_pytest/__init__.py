"""An audit as a part of anybody's pytest session: ``pytest --idaudit-target FILE``."""
