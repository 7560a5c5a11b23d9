"""From model, programme, checks and contract to a specification; pure, like every report."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from idaudit.reports.spec.contract import AdapterContract, Offer
from idaudit.reports.spec.document import Chapter, Promise, Requirement, Spec, Topic
from idaudit.reports.spec.terms import TERMS, Term, terms_of
from idaudit.threatmodel.errors import ModelError, did_you_mean
from idaudit.threatmodel.links import CheckLink, Links
from idaudit.threatmodel.model import (
    Area,
    Citation,
    Clause,
    Guarantee,
    Programme,
    Source,
    Subject,
    ThreatModel,
)

_NO_DAY = date(1970, 1, 1)


def build(
    model: ThreatModel, programme: Programme, links: Links, contract: AdapterContract
) -> Spec:
    """
    Return the specification of *programme*.

    Raises:
        ModelError: a check needs an operation that the contract does not have.

    """
    catalogue = {id_: _promise(each, links, contract) for id_, each in model.guarantees.items()}
    terms = terms_of(programme)
    chapters = _chapters(programme, catalogue, terms)
    made = [each for chapter in chapters for each in chapter.requirements]
    clauses = programme.clauses.values()
    return Spec(
        programme=programme,
        chapters=chapters,
        exempt=tuple(clause for clause in clauses if not clause.applies),
        topics=tuple(_topic(subject, made) for subject in Subject),
        terms=terms,
        contract=contract,
        limits=model.limits,
        sources=_cited(model, programme),
        catalogue=tuple(catalogue.values()),
        library=tuple(model.sources.values()),
        as_of=_newest_day(model.sources.values()),
    )


def _promise(guarantee: Guarantee, links: Links, contract: AdapterContract) -> Promise:
    checks = tuple(each for each in links.checks.values() if each.guarantee == guarantee.id)
    names = {check.id for check in checks}
    return Promise(
        guarantee=guarantee,
        checks=checks,
        defects=tuple(
            each
            for each in links.defects.values()
            if each.breaks == guarantee.id and each.caught_by in names
        ),
        operations=_needed(checks, contract, contract.operations),
        controls=_needed(checks, contract, contract.controls),
        terms=tuple(name for name, words in TERMS.items() if guarantee.id in words.binds),
    )


def _needed(
    checks: Iterable[CheckLink], contract: AdapterContract, among: Iterable[Offer]
) -> tuple[Offer, ...]:
    """Return what *checks* need, in the contract's order."""
    known = {offer.id for offer in contract.everything()}
    needs = {need: check for check in checks for need in check.needs}
    for need, check in needs.items():
        if need not in known:
            raise ModelError(
                f"check {check.id!r} needs the operation {need!r}, which the adapter contract "
                f"does not have{did_you_mean(need, known)}; expected one of its operations"
            )
    return tuple(offer for offer in among if offer.id in needs)


def _chapters(
    programme: Programme, catalogue: Mapping[str, Promise], terms: tuple[Term, ...]
) -> tuple[Chapter, ...]:
    """Number what the programme promises, area by area."""
    made = [clause for clause in programme.clauses.values() if clause.applies]
    areas = [area for area in Area if any(clause.guarantee.area is area for clause in made)]
    return tuple(
        Chapter(place, area, tuple(_requirements(place, area, made, catalogue, terms)))
        for place, area in enumerate(areas, 1)
    )


def _requirements(
    place: int,
    area: Area,
    made: Iterable[Clause],
    catalogue: Mapping[str, Promise],
    terms: tuple[Term, ...],
) -> Iterator[Requirement]:
    own = [clause for clause in made if clause.guarantee.area is area]
    for number, clause in enumerate(own, 1):
        promise = catalogue[clause.guarantee.id]
        bound = tuple(term for term in terms if term.name in promise.terms)
        yield Requirement(f"{place}.{number}", promise, clause, bound)


def _topic(subject: Subject, made: Iterable[Requirement]) -> Topic:
    return Topic(subject, tuple(each for each in made if subject in each.guarantee.subjects))


def _cited(model: ThreatModel, programme: Programme) -> tuple[Source, ...]:
    """Return every source these pages name, once, in the model's order."""
    named = {one.source.id for one in _citations(model, programme)}
    for clause in programme.clauses.values():
        if clause.applies:
            named |= {*clause.guarantee.standards, *clause.guarantee.unverified_standards}
    return tuple(source for source in model.sources.values() if source.id in named)


def _citations(model: ThreatModel, programme: Programme) -> Iterator[Citation]:
    yield from programme.sources
    for limit in model.limits:
        yield from limit.sources
    for clause in programme.clauses.values():
        yield from (clause.source,) if clause.source else ()
        yield from clause.guarantee.sources if clause.applies else ()


def _newest_day(sources: Iterable[Source]) -> date:
    """Return the newest full date among *sources*; one known only by its year has none."""
    days = [day for source in sources if (day := _day(source.date))]
    return max(days, default=_NO_DAY)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
