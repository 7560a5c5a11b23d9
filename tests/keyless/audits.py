"""What every test of a command needs: something observed, an instance described, the words."""

import json
from datetime import UTC, datetime
from pathlib import Path

from instance import AUDITOR, ISSUER, Instance, token

from idaudit.command.version import __version__, commit
from idaudit.fixtures.defects.registry import HOUSE_PROGRAMME
from idaudit.reports.bundle.statements import STATEMENT, TEST_RESULT, VERDICTS, Node
from idaudit.reports.evidence import write_evidence
from idaudit.reports.record import (
    CheckRecord,
    Finding,
    PlannedCheck,
    RunEnd,
    RunHeader,
    RunRecord,
)
from idaudit.threatmodel.verdict import Assurance, Outcome

ASKED = ("run", "--only", "nothing-hidden", "--seed", "5")
STATEMENTS: list[Node] = [
    {
        "_type": STATEMENT,
        "subject": [{"name": "evidence.jsonl", "digest": {"sha256": "ab" * 32}}],
        "predicateType": kind,
        "predicate": {"result": "FAILED"},
    }
    for kind in (VERDICTS, TEST_RESULT)
]


def observe(_options: object, _plan: object, evidence: Path, *_: object) -> None:
    """
    Write down that one promise is broken, as a run against a city would.

    That a real run ends in a bundle is shown beside this; here it would cost
    ten seconds each time.
    """
    found = Finding(reason="hidden-field", story=("A card held a number nobody was told of.",))
    header = RunHeader(
        suite_version=__version__,
        suite_commit=commit(),
        target_name="Reference city",
        target_kind="reference",
        target_database="sqlite",
        assurance=Assurance.GREY_BOX,
        program=HOUSE_PROGRAMME,
        tier="gate",
        seed=5,
        started=datetime.now(UTC),
        planned=(PlannedCheck("card_hides_nothing", "nothing-hidden", needs_controls=False),),
        selected=("nothing-hidden",),
    )
    check = CheckRecord(
        id="card_hides_nothing",
        guarantee="nothing-hidden",
        outcome=Outcome.FAIL,
        trials=12,
        seconds=1.5,
        reason="A card held more than is printed on it.",
        findings=(found,),
    )
    end = RunEnd(datetime.now(UTC), completed=True)
    evidence.write_bytes(write_evidence(RunRecord(header, (), (), (check,), end)))


def describe(folder: Path, instance: Instance, *versions: int) -> None:
    """Write down an instance, and lend an identity."""
    (folder / "trust_config.json").write_text(json.dumps(instance.trust_config(*versions)))
    (folder / "trusted_root.json").write_text(json.dumps(instance.trusted_root()))
    (folder / "token").write_text(token())


def keyless(folder: Path) -> list[str]:
    """Return the words that have what :func:`describe` wrote sign."""
    config, lent = str(folder / "trust_config.json"), str(folder / "token")
    return ["--keyless", "--trust-config", config, "--identity-token", lent]


def whose(folder: Path, identity: str = AUDITOR, issuer: str = ISSUER) -> list[str]:
    """Return the words that ask for a signer, by the root that :func:`describe` wrote."""
    root = str(folder / "trusted_root.json")
    return ["--trust-root", root, "--identity", identity, "--issuer", issuer]
