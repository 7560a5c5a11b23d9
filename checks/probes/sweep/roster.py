"""Whose the short values are: millions of them, in a few tens of bytes each."""

from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from idaudit.checks.probes.sweep.pictures import Picture
from idaudit.checks.probes.sweep.written import ALGORITHMS, DIGEST_BYTES, digest
from idaudit.fixtures.canaries import Field, KnownValue

_FIELDS = tuple(Field)


class Roster:
    """
    Values by number, each with its owners; of a file, its digests.

    Households share a telephone, and there are far fewer than people; so a
    telephone is entered once. Any other value is taken to have one owner.
    """

    def __init__(self, values: Iterable[KnownValue | Picture]) -> None:
        """Enter all *values*."""
        self._text, self._ends, self._fields = bytearray(), array("I", [0]), array("B")
        self._files: dict[int, bytes] = {}
        values_owned, owners = array("I"), array("I")
        phones: dict[str, int] = {}
        for each in values:
            if isinstance(each, Picture):
                number = self._file(each)
            elif each.field is Field.PHONE:
                number = phones.setdefault(each.text, len(self))
                if number == len(self):
                    self._enter(each.text.encode(), each.field)
            else:
                number = self._enter(each.text.encode(), each.field)
            values_owned.append(number)
            owners.append(each.applicant)
        order = np.argsort(np.frombuffer(values_owned, np.uint32), kind="stable")
        self._owned = np.frombuffer(values_owned, np.uint32)[order]
        self._owners = np.frombuffer(owners, np.uint32)[order]

    def __len__(self) -> int:
        """Return how many values there are."""
        return len(self._fields)

    def owners(self, number: int) -> list[int]:
        """Return everybody whose value *number* is, each once."""
        low, high = np.searchsorted(self._owned, np.array([number, number + 1], np.uint32))
        return list(dict.fromkeys(self._owners[low:high].tolist()))

    def field(self, number: int) -> Field:
        """Return what value *number* is."""
        return _FIELDS[self._fields[number]]

    def value(self, number: int) -> KnownValue | None:
        """Return value *number*, of whichever owner; None of a file."""
        if number in self._files:
            return None
        text = self._text[self._ends[number] : self._ends[number + 1]].decode()
        return KnownValue(text, 0, self.field(number))

    def file(self, number: int) -> bytes:
        """Return the head of each digest of a file, one after another."""
        return self._files[number]

    def values(self) -> Iterator[tuple[int, KnownValue]]:
        """Yield every value that is no file, with its number."""
        for number in range(len(self)):
            if (value := self.value(number)) is not None:
                yield number, value

    def files(self) -> Iterator[tuple[int, bytes]]:
        """Yield the heads of the digests of every file, with its number."""
        yield from self._files.items()

    def _file(self, picture: Picture) -> int:
        heads = (digest(each, picture.data)[:DIGEST_BYTES] for each in ALGORITHMS)
        self._files[len(self)] = b"".join(heads)
        return self._enter(b"", Field.DOCUMENT_BYTES)

    def _enter(self, text: bytes, field: Field) -> int:
        self._text += text
        self._ends.append(len(self._text))
        self._fields.append(_FIELDS.index(field))
        return len(self._fields) - 1
