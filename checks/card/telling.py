"""Whether a distinguisher can tell, from what it is shown of people, a secret they differ in."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from idaudit.checks.case import Case
from idaudit.checks.probes.stump import FEWEST, confirmed, learn, least_seen
from idaudit.checks.probes.twins import Features
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.documents import DocumentKind

WORTH_A_LOOK = 0.01
"""How likely luck may separate people as well, at most, for a rule to be put to others."""
PROVEN = 1e-3
"""How likely luck may guess as well about others, at most, for a rule to be believed."""

ALIKE = Differences(size=8_000, media_type="image/jpeg")
_IMMIGRANTS = (DocumentKind.FOREIGN_PASSPORT, DocumentKind.DHS_NOTICE)
Secrets = Mapping[str, Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who differ at random, so that nothing else goes with their secrets."""

    people: Sequence[Applicant]
    secrets: Secrets
    observed: Sequence[Features]


Gather = Callable[[Case, random.Random], Cohort]
"""Enrols some people, whose secrets are dealt by lot, and describes what can be seen of them."""


def holders(case: Case, chance: random.Random, count: int) -> tuple[list[Applicant], Secrets]:
    """
    Meet *count* people: half show an immigrant's paper, of two kinds, and half a licence.

    Which half of them, and of which country their papers are, is dealt by lot.
    """
    kinds = [DocumentKind.US_LICENCE] * (count // 2)
    kinds += [_IMMIGRANTS[n % 2] for n in range(count - len(kinds))]
    countries = ["MEX", "CHN"] * (count // 2)
    chance.shuffle(kinds)
    chance.shuffle(countries)
    people = [
        case.applicant(identity=kind, country=country, gender=None, **ALIKE)
        for kind, country in zip(kinds, countries, strict=True)
    ]
    secrets = {
        "who showed the paper of an immigrant": [k is not DocumentKind.US_LICENCE for k in kinds],
        "who showed a foreign passport": [k is DocumentKind.FOREIGN_PASSPORT for k in kinds],
        "who showed an immigration notice": [k is DocumentKind.DHS_NOTICE for k in kinds],
        "whose papers are of one country": [country == "MEX" for country in countries],
    }
    return people, {secret: first for secret, first in secrets.items() if sum(first) >= FEWEST}


def expect_untold(case: Case, gather: Gather, reason: str, where: str) -> None:
    """
    Expect that no rule tells a secret from what *gather* sees.

    A rule is learnt from one cohort, or several that do equally well. If luck hardly
    finds one as good, they are put to a second cohort they have not seen, and the
    best is believed only if it guesses right there too: of a hundred thousand honest
    systems one is accused so.
    """
    chance = random.Random(case.mint.seed)  # noqa: S311  no secret depends on it
    cohort, fresh = gather(case, chance), None
    for secret, first in cohort.secrets.items():
        found = learn(cohort.observed, first, case.mint.seed)
        proven, sentence = False, ""
        if found.probability <= WORTH_A_LOOK:
            fresh = fresh or gather(case, chance)
            best, luck = confirmed(found.questions, fresh.observed, fresh.secrets[secret])
            proven, sentence = luck <= PROVEN, f"{where} tells {secret}: by {best.feature}."
        case.expect(not proven, reason, sentence)
        _bound(case, secret, sum(first), found.luck)
    case.trials += len(cohort.people) - 1


def _bound(case: Case, secret: str, group: int, luck: float) -> None:
    share = 100 * least_seen(group, luck)
    case.bound(
        f"A mark that tells {secret} and strikes fewer than {share:.0f} in 100 of them may have "
        f"been missed (upper 95 % bound; {group} such people were compared)."
    )
