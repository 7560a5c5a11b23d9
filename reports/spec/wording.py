"""The words of the specification: prose from ``prose.toml``, and the small sentences between."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from idaudit.reports.spec.contract import Offer
from idaudit.reports.spec.document import Promise, Requirement, Spec
from idaudit.reports.text import count, one_line
from idaudit.reports.words import VERDICTS
from idaudit.threatmodel.model import Citation, Clause, Guarantee, Source
from idaudit.threatmodel.verdict import Verdict

SECTIONS = (
    "reading", "apart", "glance", "terms", "promises",
    "exempt", "acceptance", "contract", "limits", "sources",
)  # fmt: skip
"""The sections of the document, in order."""

HOUSE = "house"
Mapped = tuple[Source, tuple[str, ...], tuple[str, ...]]  # a standard, ids checked, ids not
COMMANDS = (
    "idaudit doctor --target FILE.py --program {program}",
    "idaudit run --target FILE.py --program {program} --tier full --out audit",
    "idaudit verify audit",
    "idaudit report audit --format html --out again.html",
)


@dataclass(frozen=True, slots=True)
class Section:
    """One stretch of connecting prose."""

    id: str
    title: str
    paragraphs: tuple[str, ...]


@cache
def prose() -> Mapping[str, Any]:
    """Read the prose, once."""
    text = files("idaudit.reports.spec").joinpath("prose.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def section(spec: Spec, name: str) -> Section:
    """Return one section's heading and paragraphs, its counts filled in."""
    told = prose()[name]
    paragraphs = told["text"].format(**_counts(spec)).split("\n\n")
    return Section(name, told["title"], tuple(one_line(each) for each in paragraphs))


def _counts(spec: Spec) -> dict[str, str]:
    faulty = "stands" if spec.defects == 1 else "stand"
    return {
        "promises": count(len(spec.requirements), "promise"),
        "chapters": count(len(spec.chapters), "chapter"),
        "tested": str(len(spec.tested)),
        "untested": str(len(spec.untested)),
        "exempt": count(len(spec.exempt), "promise"),
        "defects": f"{count(spec.defects, 'faulty system')} {faulty}",
    }


def commands(spec: Spec) -> tuple[str, ...]:
    """Return what an auditor types."""
    return tuple(line.format(program=spec.programme.id) for line in COMMANDS)


def force(clause: Clause) -> str:
    """Return the word for what binds the programme: law, pledge, standard or house."""
    return clause.obligation.value if clause.obligation else HOUSE


def binding(clause: Clause) -> str:
    """Return what binds the programme, as a sentence."""
    return f"{prose()['binds'][force(clause)]}."


def binding_word(clause: Clause) -> str:
    """Return what binds the programme, in a word or two."""
    return str(prose()["short"][force(clause)])


def unjudged(promise: Promise) -> str:
    """Return why no check judges *promise*, and what to accept instead."""
    why = promise.guarantee.no_check_yet or prose()["promise"]["unjudged"]
    return one_line(f"{why} {prose()['promise']['untested']}")


def judged(promise: Promise) -> str:
    """Introduce the checks that judge *promise*."""
    if len(promise.checks) == 1:
        return "Accepted when an audit gives the verdict “kept”. One check judges it:"
    return (
        f"Accepted when an audit gives the verdict “kept”. {len(promise.checks)} checks judge it:"
    )


def proven(promise: Promise) -> str:
    """Say what shows that the checks of *promise* can fail."""
    if not promise.defects:
        return "No faulty system stands behind these checks, so nothing shows that they can fail."
    number = len(promise.defects)
    if number == 1:
        return "One system was made faulty on purpose to break this promise, and is caught."
    return (
        f"{number} systems were made faulty on purpose to break this promise; "
        "each is caught by one of these checks."
    )


def also_needed(promise: Promise) -> str:
    """Say what the checks of *promise* need besides operations and controls."""
    if promise.sees:
        return "Every place where data rests, declared and open to a search, on a disposable copy."
    return "A disposable copy." if promise.disposable else ""


def offered(promise: Promise) -> str:
    """Say what a system offers so that *promise* can be tested."""
    told = f"{names(promise.operations)}."
    told = told[:1].upper() + told[1:] if promise.operations else ""
    controls = f"Controls: {names(promise.controls)}." if promise.controls else ""
    return " ".join(filter(None, (told, controls, also_needed(promise))))


def inside(text: str) -> str:
    """Return *text* as it reads in the middle of a sentence."""
    return text[:1].lower() + text[1:]


def names(offers: Iterable[Offer]) -> str:
    """Return *offers* by name, in one line."""
    return ", ".join(offer.name for offer in offers)


def numbers(requirements: Iterable[Requirement]) -> str:
    """Return *requirements* by number, in one line."""
    return ", ".join(each.number for each in requirements) or "none"


def cited(one: Citation) -> str:
    """Return a citation's source and place."""
    return f"{one.source.title}, {one.place}" if one.place else one.source.title


def care(one: Citation) -> str:
    """Return why to read a citation with care; a standard's caution stands among the sources."""
    return "" if one.source.kind == "standard" else one.source.caution


def doubtful(one: Citation) -> bool:
    """Whether something about a background source was never checked."""
    return "unverified" in care(one)


def background(clause: Clause) -> tuple[Citation, ...]:
    """Return the sources behind the guarantee besides the one this programme rests on."""
    return tuple(one for one in clause.guarantee.sources if one != clause.source)


def standards(guarantee: Guarantee, sources: Iterable[Source]) -> list[Mapped]:
    """Return each standard, edition and all, with its ids: those checked and those not."""
    return [
        (
            source,
            guarantee.standards.get(source.id, ()),
            guarantee.unverified_standards.get(source.id, ()),
        )
        for source in sources
        if source.id in {*guarantee.standards, *guarantee.unverified_standards}
    ]


def accepted(verdict: Verdict) -> str:
    """Return what a verdict means for acceptance."""
    return str(prose()["accepted"][verdict.value])


def verdicts() -> tuple[Verdict, ...]:
    """Return every verdict, in the order the reports explain them."""
    return tuple(VERDICTS)


def answers() -> Mapping[str, str]:
    """Return every exit code and what it means."""
    answers: Mapping[str, str] = prose()["answers"]
    return answers
