"""
The public variant of a bundle: all that was found, and nothing that helps a thief.

Left out are where in a system something lies, how to bring it about again, and
what a target said of its insides; addresses and paths are taken out of every
sentence. The outcomes, the stories and the verdicts stay, so the public
variant can be judged again like the sealed one, to the same verdicts.
"""

import re
from dataclasses import replace

from idaudit.reports.bundle.identity import Notary
from idaudit.reports.bundle.keys import Signer
from idaudit.reports.bundle.opening import Bundle
from idaudit.reports.bundle.sealing import attested, key_word
from idaudit.reports.bundle.statements import Circumstances
from idaudit.reports.bundle.suite import Suite
from idaudit.reports.codec import mapped
from idaudit.reports.evidence import write_evidence
from idaudit.reports.judge import judge
from idaudit.reports.outputs import EVIDENCE, rendered
from idaudit.reports.record import Finding, RunRecord
from idaudit.threatmodel.errors import UsageError

WITHHELD = "withheld"
PUBLIC = "public"
_INSIDES = re.compile(
    r"""
    \b[a-z][a-z0-9+.-]*://[^\s"'<>]+                 # an address of any scheme
    | (?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?![\w.])  # a number of the internet protocol
    | (?<![\w/.:<])(?:/[\w.@%+~-]+){2,}/?            # a path from the root
    """,
    re.VERBOSE,
)


def publish(
    bundle: Bundle, signer: Signer, suite: Suite, notary: Notary | None = None
) -> dict[str, bytes]:
    """
    Return the public variant of *bundle*, which names it by its digest.

    A *notary* signs it by an identity, beside the *signer*'s key.

    Raises:
        UsageError: it is a public one already.

    """
    if bundle.about.variant == PUBLIC:
        raise UsageError(f"{bundle.folder}: is a public bundle; name the sealed one behind it")
    record = published(bundle.record)
    audit = judge(record, bundle.model, bundle.basis.waivers)
    texts = rendered(audit, suite.model_for(bundle)) | {EVIDENCE: write_evidence(record)}
    word = key_word(kept=signer.kept)
    until = bundle.basis.relied_on_until
    about = Circumstances(until, word, suite.version, PUBLIC, bundle.digest)
    return attested(texts, audit, bundle.basis, about, signer, notary)


def published(record: RunRecord) -> RunRecord:
    """Return what of *record* may be published; the same record, the same answer."""
    header = replace(mapped(record.header, scrubbed), planned=record.header.planned)
    return replace(
        record,
        header=header,
        operations=tuple(replace(each, detail=_hidden(each.detail)) for each in record.operations),
        surfaces=tuple(replace(each, note=_hidden(each.note)) for each in record.surfaces),
        checks=tuple(
            replace(
                mapped(check, scrubbed),
                findings=tuple(_published(found) for found in check.findings),
            )
            for check in record.checks
        ),
        end=mapped(record.end, scrubbed),
    )


def scrubbed(text: str) -> str:
    """Return *text* without addresses and paths."""
    return _INSIDES.sub(f"[{WITHHELD}]", text)


def _published(found: Finding) -> Finding:
    """Return one counterexample without the way to it."""
    hidden = replace(found, location=_hidden(found.location), reproduce=_hidden(found.reproduce))
    return mapped(hidden, scrubbed)


def _hidden(text: str) -> str:
    """Return the word that stands for *text*, where there is any."""
    return WITHHELD if text else ""
