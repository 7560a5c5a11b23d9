"""The doctor's way through what a programme does besides cards: its terms, numbers and consents."""

from collections.abc import Callable, Mapping

from idaudit.checks.case import ADMINISTRATOR, COMMISSIONER, COUNSEL, PUBLIC
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Target

Errand = tuple[Operation, Callable[[], Outcome]]

_BANK, _AGENCY = "Example Bank", "Housing Authority"


def errands(target: Target, ids: Mapping[str, str], owner: Callable[[], Actor]) -> list[Errand]:
    """Return each of these operations with the way to try it, while the owner has a record."""
    return [*_terms(target, ids), *_records_request(target, ids), *_consents(target, ids, owner)]


def _terms(target: Target, ids: Mapping[str, str]) -> list[Errand]:
    return [
        (
            Operation.CHANGE_SETTING,
            lambda: target.change_setting("release_approvals", 2, ADMINISTRATOR),
        ),
        (
            Operation.APPROVE_SETTING,
            lambda: target.approve_setting(ids["proposal"], COMMISSIONER),
        ),
        (Operation.READ_SETTINGS, lambda: target.read_settings(PUBLIC)),
    ]


def _records_request(target: Target, ids: Mapping[str, str]) -> list[Errand]:
    return [
        (
            Operation.FILE_RECORDS_REQUEST,
            lambda: target.file_records_request(PUBLIC, about="city"),
        ),
        (
            Operation.READ_RECORDS_ANSWER,
            lambda: target.read_records_answer(ids["request"], PUBLIC),
        ),
    ]


def _consents(target: Target, ids: Mapping[str, str], owner: Callable[[], Actor]) -> list[Errand]:
    return [
        (
            Operation.GIVE_CONSENT,
            lambda: target.give_consent(ids["record"], _BANK, ("street",), owner()),
        ),
        (
            Operation.REQUEST_BY_CONSENT,
            lambda: target.request_by_consent(ids["consent"], _BANK, COUNSEL),
        ),
        (
            Operation.WITHDRAW_CONSENT,
            lambda: target.withdraw_consent(ids["record"], ids["consent"], owner()),
        ),
        (
            Operation.APPLY_FOR_BENEFIT,
            lambda: target.apply_for_benefit(
                ids["record"], _AGENCY, "rent support", ("street",), owner()
            ),
        ),
        (
            Operation.REQUEST_FOR_BENEFIT,
            lambda: target.request_for_benefit(ids["benefit_application"], _AGENCY, COUNSEL),
        ),
    ]
