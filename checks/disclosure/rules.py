"""Who may release, and on what paper, is changed by two people, in public, and not overnight."""

from collections.abc import Mapping

import pytest

from idaudit.checks.case import COMMISSIONER, COUNSEL, PUBLIC, Case
from idaudit.checks.catalogue import check
from idaudit.fixtures.targets.target import Operation

RULES = ("release_approvals", "disclosure_profile")
CHANGES: Mapping[str, tuple[str, object]] = {
    "one-signature": ("release_approvals", 1),
    "three-signatures": ("release_approvals", 3),
    "warrants-only": ("disclosure_profile", "warrant-only"),
    "the-statute": ("disclosure_profile", "statute"),
    "any-paper": ("disclosure_profile", "any paper"),
}
"""How somebody may wish the rules of release to be from now on."""


@check(
    guarantee="closed-list",
    counters=("approval-rules-rewritten",),
    needs=(Operation.CHANGE_SETTING, Operation.APPROVE_SETTING, Operation.READ_SETTINGS),
)
@pytest.mark.parametrize("change", CHANGES)
def nobody_rewrites_the_list_overnight(case: Case, change: str) -> None:
    """One human changes nothing; two change nothing at once, and everybody can read it coming."""
    name, value = CHANGES[change]
    before = _rules(case)
    proposed = case.answered(case.target.change_setting(name, value, COMMISSIONER))
    case.expect(_rules(case) == before, "changed-by-one", "One person changed the rules.")
    if proposed.refused:
        return
    proposal = str(proposed.fields["proposal"])
    for same in (COMMISSIONER, case.target.same_human(COMMISSIONER) or COMMISSIONER):
        case.expect_refused(
            case.target.approve_setting(proposal, same),
            "changed-by-one",
            "Who proposed another rule could also agree to it.",
        )
    case.answered(case.target.approve_setting(proposal, COUNSEL))
    case.expect(_rules(case) == before, "changed-overnight", "Another rule held at once.")
    coming = case.must(case.target.read_settings(PUBLIC)).fields["proposals"]
    case.expect(
        any((one["name"], one["value"]) == (name, value) for one in coming),
        "changed-in-secret",
        "Another rule is on its way, and the public cannot read it.",
    )


def _rules(case: Case) -> Mapping[str, object]:
    """Return the rules of release as they hold now, as anybody reads them."""
    settings = case.must(case.target.read_settings(PUBLIC)).fields["settings"]
    return {name: settings.get(name) for name in RULES}
