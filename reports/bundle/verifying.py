"""
Verifying a bundle: what was signed follows from the evidence, and still holds today.

A signature shows that nothing was changed after signing. That what was signed
is true to the evidence is shown here, by judging and rendering it again.
"""

import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from idaudit.reports.bundle.identity import (
    INSTALL,
    KEYLESS,
    Expected,
    Holder,
    installed,
    need_library,
)
from idaudit.reports.bundle.manifest import digest
from idaudit.reports.bundle.opening import Bundle, broken
from idaudit.reports.bundle.publishing import published
from idaudit.reports.bundle.sealing import ATTESTATIONS, SIGNER, oscal
from idaudit.reports.bundle.statements import Node, result_statement, verdict_statement
from idaudit.reports.bundle.suite import Suite
from idaudit.reports.headlines import without_unasked
from idaudit.reports.outputs import EVIDENCE, rendered
from idaudit.reports.text import count

AUDIT = "audit.json"
PAST = "past"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was checked: all right, to be noted, or past."""

    about: str
    told: str
    mark: str = "ok"  # or "note", "past"


def verify(
    bundle: Bundle,
    suite: Suite,
    today: date,
    key: str | None = None,
    expected: Expected | None = None,
) -> Iterator[Point]:
    """
    Yield what holds of *bundle*, whose signature and digests were checked when it was opened.

    *key* and *expected* are who must have signed it; without the latter no
    identity's signature is looked at, which the key's covers as a file. Raises
    :class:`BrokenBundle` at the first thing that does not hold.
    """
    yield _signature(bundle, key)
    if expected and (expected.identity or KEYLESS in bundle.texts):
        yield _identity(bundle, expected)
    yield Point("files", f"{len(bundle.texts)}, none missing, none added, each as it was signed")
    yield _evidence(bundle)
    yield _verdicts(bundle, suite)
    yield _reports(bundle, suite)
    yield _programme(bundle, suite)
    yield _reliance(bundle, today)


def link(public: Bundle, sealed: Bundle) -> Point:
    """Return that *public* was made from *sealed*, and from nothing else."""
    if public.about.sealed != sealed.digest:
        raise broken(
            public.folder / ATTESTATIONS,
            f"names a sealed bundle {public.about.sealed or '(none)'}; {sealed.folder} is "
            f"{sealed.digest}",
        )
    if public.record != published(sealed.record):
        told = "is not what may be published of the sealed bundle's evidence"
        raise broken(public.folder / EVIDENCE, told)
    if public.basis != sealed.basis:
        raise broken(public.folder / "basis.json", "is not the sealed bundle's")
    return Point("sealed", f"made from {sealed.folder}, and from all of it that may be published")


def _signature(bundle: Bundle, key: str | None) -> Point:
    """Return who signed; without a key to expect, only that one key signed all of it."""
    found = bundle.signer.id
    if key and key != found:
        raise broken(bundle.folder / SIGNER, f"signed by {found}; expected {key}")
    if key:
        return Point("signature", f"by the expected key {found}")
    if bundle.about.key == "kept":
        told = "compare it with the one its owner published, or name that one with --key"
    else:
        told = "made for this one run and kept by nobody: it tells of changes, not of who signed"
    return Point("signature", f"by the key {found}; {told}")


def _identity(bundle: Bundle, expected: Expected) -> Point:
    """Return whose identity signed; without one to expect, that it could be anybody's."""
    if KEYLESS not in bundle.texts:
        told = f"is missing: signed by no identity; expected {expected.identity}"
        raise broken(bundle.folder / KEYLESS, told)
    if expected.identity:
        need_library("--identity")
    elif not installed():
        told = f"an identity's signature lies there too; to check it, {INSTALL}"
        return Point("identity", told, "note")
    holder = _holder(bundle, expected)
    told = f"{holder.name}, between {holder.start:%Y-%m-%d %H:%M} and {holder.end:%H:%M} UTC"
    if expected.identity:
        return Point("identity", f"signed by the expected {told}")
    told += "; anybody at all could have signed so: say who it must be with --identity and --issuer"
    return Point("identity", f"signed by {told}", "note")


def _holder(bundle: Bundle, expected: Expected) -> Holder:
    """Return whose identity signed both statements."""
    checking = importlib.import_module("idaudit.reports.bundle.keyless_checking")
    root = checking.trusted_root(expected.root)
    try:
        holder: Holder = checking.signed_by(bundle.texts[KEYLESS], bundle.signed, expected, root)
    except ValueError as error:
        other = "" if expected.root else " (of another instance than the public one? --trust-root)"
        raise broken(bundle.folder / KEYLESS, f"{error}{other}") from error
    return holder


def _evidence(bundle: Bundle) -> Point:
    lines = bundle.texts[EVIDENCE].count(b"\n")
    if not bundle.texts[EVIDENCE].endswith(b"\n"):
        raise broken(bundle.folder / EVIDENCE, "ends in a line that was torn")
    return Point("evidence", f"{count(lines, 'line')}, each linked to the one before")


def _verdicts(bundle: Bundle, suite: Suite) -> Point:
    """Return that both statements and ``audit.json`` say what the evidence says."""
    files = {name: digest(text) for name, text in bundle.texts.items() if name != ATTESTATIONS}
    verdicts = verdict_statement(bundle.audit, bundle.model, files, bundle.about)
    judged = verdicts["predicate"]["audit"]
    _compare_claims(bundle, ATTESTATIONS, bundle.signed[0]["predicate"].get("audit"), judged)
    _compare_claims(bundle, AUDIT, _json(bundle), judged)
    _compare_statement(bundle, result_statement(bundle.audit, files))
    if suite.wrote(bundle):
        _compare_statement(bundle, verdicts)
    if bundle.about.relied_on_until != bundle.basis.relied_on_until:
        told = f"says {bundle.about.relied_on_until}; {bundle.basis.relied_on_until} was meant"
        raise broken(bundle.folder / ATTESTATIONS, told)
    counts = [(name.replace("_", " "), number) for name, number in bundle.audit.summary().items()]
    told = ", ".join(f"{number} {name}" for name, number in counts if number)
    return Point("verdicts", f"judged again from the evidence, the very same: {told}")


def _headlines_then(bundle: Bundle) -> Node:
    """Return the headlines as evidence of before might be told, where this is of before."""
    if bundle.record.header.unasked_counts or not bundle.audit.completed:
        return {}
    then = without_unasked(bundle.audit.guarantees, bundle.model)
    return {"headline": {subject.value: verdict.value for subject, verdict in then.items()}}


def _compare_claims(bundle: Bundle, name: str, said: object, judged: Mapping[str, Any]) -> None:
    """Raise where the file *name* claims what the evidence does not."""
    difference = _difference(said, judged)
    if difference and _difference(said, {**judged, **_headlines_then(bundle)}):
        raise broken(bundle.folder / name, difference)


def _compare_statement(bundle: Bundle, expected: Node) -> None:
    """Raise where a statement that follows from the evidence is not the one that was signed."""
    if expected not in bundle.signed:
        told = f"{expected['predicateType']} is not what the evidence says"
        raise broken(bundle.folder / ATTESTATIONS, told)


def _json(bundle: Bundle) -> object:
    try:
        return json.loads(bundle.texts.get(AUDIT, b""))
    except (ValueError, RecursionError) as error:
        raise broken(bundle.folder / AUDIT, "is missing or no JSON") from error


def _difference(said: Any, judged: Mapping[str, Any]) -> str:  # noqa: ANN401  JSON
    """Return the first verdict that is not the evidence's, or ``""``."""
    try:
        claims, facts = _claims(said), _claims(judged)
    except (KeyError, TypeError, AttributeError):
        return "does not say of every promise what was found"
    for name in facts | claims:  # the promises first
        if claims.get(name) != facts.get(name):
            return f"says {claims.get(name)} of {name}; the evidence says {facts.get(name)}"
    return ""


def _claims(audit: Mapping[str, Any]) -> dict[str, object]:
    """Return what an audit claims, by what it is about; its wording may change, these may not."""
    claims: dict[str, object] = {one["id"]: one["verdict"] for one in audit["guarantees"]}
    claims |= {f"{one['id']} (required)": one["required"] for one in audit["guarantees"]}
    claims |= {f"the headline {name}": verdict for name, verdict in audit["headline"].items()}
    return claims | {name: audit[name] for name in ("exit_code", "completed", "summary", "seed")}


def _reports(bundle: Bundle, suite: Suite) -> Point:
    """Return that each report is what the evidence renders to, where this version can tell."""
    if not suite.wrote(bundle):
        writer = bundle.about.written_by
        told = f"as signed; only {writer}, which wrote them, could write them again to compare"
        return Point("reports", told, "note")
    model = suite.model_for(bundle)
    again = rendered(bundle.audit, model) | oscal(bundle.audit, model)
    for name, text in again.items():
        if bundle.texts.get(name) != text:
            raise broken(bundle.folder / name, "is not what this version writes of the evidence")
    return Point("reports", f"{len(again)} written again from the evidence, byte for byte the same")


def _programme(bundle: Bundle, suite: Suite) -> Point:
    """Return whether the promises judged by are those this version ships."""
    name, ours = bundle.basis.programme.id, suite.model.programmes
    if name in ours and ours[name] == bundle.basis.programme:
        return Point("programme", f"{name}, word for word as this version ships it")
    if name not in ours:
        return Point("programme", f"{name}, which this version does not ship", "note")
    mine, theirs = ours[name].clauses, bundle.basis.programme.clauses
    changed = sorted(id_ for id_ in mine.keys() | theirs.keys() if mine.get(id_) != theirs.get(id_))
    told = f"{name}, otherwise than this version ships it: {', '.join(changed) or 'its terms'}"
    return Point("programme", told, "note")


def _reliance(bundle: Bundle, today: date) -> Point:
    """Return until when the audit may be relied on, and whether that is past."""
    until = bundle.basis.relied_on_until
    if today <= until:
        return Point("reliance", f"until {until.isoformat()}")
    return Point("reliance", f"ended on {until.isoformat()}: audit the system anew", PAST)
