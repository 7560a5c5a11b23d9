"""What a carver has seen the beginning of and not the end, kept until it is whole."""


class Tape:
    """
    The bytes of one location from the first that is still wanted.

    What is fed may repeat what was fed before. Its owner bounds its length by
    saying from where on it has to be kept.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        self._bytes = b""
        self._at = 0

    def wind(self, data: bytes, start: int) -> tuple[bytes, int]:
        """Return *data*, which begins at *start*, behind what was kept; and where that begins."""
        end = self._at + len(self._bytes)
        if self._at <= start <= end and self._bytes:
            return self._bytes + data[end - start :], self._at
        return data, start

    def keep(self, data: bytes, start: int, at: int) -> None:
        """Keep, of *data* that begins at *start*, what lies from the place *at* on."""
        self._bytes, self._at = data[max(0, at - start) :], max(at, start)
