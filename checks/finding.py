"""What a check says when a promise is broken."""

from dataclasses import dataclass

from idaudit.checks.probes.sweep import Hit


@dataclass(frozen=True, slots=True)
class Place:
    """Where a violation can be seen: a surface, a place in it, whose canary, in what form."""

    surface: str = ""
    location: str = ""
    canary: str = ""
    form: str = ""

    @classmethod
    def of(cls, hit: Hit) -> "Place":
        """Return the place of a sweep's *hit*."""
        return cls(
            hit.surface, f"{hit.location}@{hit.offset}", hit.canary or "", "+".join(hit.form)
        )


class Broken(AssertionError):
    """
    A promise is broken: the counterexample of one check.

    *reason* is a stable code in kebab-case; *sentence* ends the story in plain
    words and holds no applicant's value. *script* is a program that replays it,
    where there is one; it holds none either.
    """

    def __init__(
        self, reason: str, sentence: str, place: Place | None = None, script: str = ""
    ) -> None:
        """Keep the parts apart, for the record."""
        super().__init__(f"{reason}: {sentence}")
        self.reason = reason
        self.sentence = sentence
        self.place = place or Place()
        self.script = script
