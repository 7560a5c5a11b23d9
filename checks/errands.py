"""The doctor's way through what a programme does besides cards: terms, consents, notices, staff."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    COUNSEL_2,
    PUBLIC,
)
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.instruments import Instrument, preservation_order
from idaudit.fixtures.surfaces.purpose import Purpose
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role, Target

Errand = tuple[Operation, Callable[[], Outcome]]

_BANK, _AGENCY = "Example Bank", "Housing Authority"


def errands(
    target: Target, ids: Mapping[str, str], person: Callable[[], Applicant]
) -> list[Errand]:
    """Return each of these operations with the way to try it, while *person* has a record."""

    def owner() -> Actor:
        return Actor(Role.APPLICANT, person().index)

    return [
        *_channels(target, ids, owner),
        *_terms(target, ids),
        *_records_request(target, ids),
        *_consents(target, ids, owner),
        *_notices(target, ids, person, owner),
        *_staff(target, ids, person),
        *_van(target, person, owner),
    ]


def elsewhere(target: Target) -> list[Errand]:
    """Return how destruction is accounted for, and how other places are filled."""
    return [
        (Operation.READ_DESTRUCTIONS, lambda: target.read_destructions(AUDITOR)),
        (Operation.READ_DESTRUCTION_KEY, target.read_destruction_key),
        (Operation.EXPORT_FOR, lambda: target.export_for(Purpose.TEST, ADMINISTRATOR)),
    ]


def _channels(target: Target, ids: Mapping[str, str], owner: Callable[[], Actor]) -> list[Errand]:
    shelter = {"street": "1 Shelter Street", "city": "New York", "postcode": "10001"}
    return [
        (
            Operation.PROTECT_ADDRESS,
            lambda: target.protect_address(ids["record"], shelter, owner()),
        ),
        (
            Operation.READ_PROTECTED_ADDRESS,
            lambda: target.read_protected_address(ids["record"], owner()),
        ),
        (Operation.READ_PRIVACY_NOTICE, lambda: target.read_privacy_notice(PUBLIC)),
        (Operation.UNLOCK_KIOSK, lambda: target.unlock_kiosk(CLERK)),
        (Operation.FINISH_AT_KIOSK, lambda: target.finish_at_kiosk(PUBLIC)),
        (
            Operation.LEAVE_KIOSK,
            lambda: (target.unlock_kiosk(CLERK), target.leave_kiosk(PUBLIC))[1],
        ),
    ]


def _van(
    target: Target, person: Callable[[], Applicant], owner: Callable[[], Actor]
) -> list[Errand]:
    """The same person again; what follows is about the file that came by van."""
    return [
        (Operation.TAKE_ON_VAN, lambda: target.take_on_van(person(), CLERK)),
        (Operation.SYNC_VAN, lambda: target.sync_van(CLERK)),
        (Operation.FIND_OWN_FILE, lambda: target.find_own_file(owner())),
    ]


def _notices(
    target: Target,
    ids: Mapping[str, str],
    person: Callable[[], Applicant],
    owner: Callable[[], Actor],
) -> list[Errand]:
    def silence() -> Instrument:
        today = target.now().date()
        order = preservation_order(person().named(), fields=("street",), today=today)
        return replace(order, kind="nondisclosure-order", expires=today + timedelta(days=30))

    return [
        (Operation.PLACE_GAG, lambda: target.place_gag(silence(), COUNSEL)),
        (Operation.REPORT_BREACH, lambda: target.report_breach(CLERK, misused=CLERK)),
        (
            Operation.SEND_BREACH_NOTICE,
            lambda: target.send_breach_notice(ids["breach"], COMMISSIONER),
        ),
        (Operation.READ_BREACHES, lambda: target.read_breaches(AUDITOR)),
        (Operation.READ_NOTICES, lambda: target.read_notices(ids["record"], owner())),
    ]


def _staff(target: Target, ids: Mapping[str, str], person: Callable[[], Applicant]) -> list[Errand]:
    until = timedelta(days=3)
    return [
        (
            Operation.SEARCH,
            lambda: target.search(person().named(), ids["disclosure"], COUNSEL),
        ),
        (
            Operation.DELEGATE,
            lambda: target.delegate(COUNSEL_2, COMMISSIONER, until=target.now().date() + until),
        ),
        (
            Operation.SIGN_IN_UNDER_DURESS,
            lambda: target.sign_in_under_duress(Actor(Role.CLERK, 2)),
        ),
        (
            Operation.REMOVE_STAFF,
            lambda: target.remove_staff(Actor(Role.CLERK, 3), ADMINISTRATOR),
        ),
    ]


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
        (Operation.READ_CONSENTS, lambda: target.read_consents(ids["record"], owner())),
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
