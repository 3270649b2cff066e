"""What events are about, as far as it's still there and has a page."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from accounts.models import TrustedPublisher, User
from compliance.desk.models import Export, PrivacyRequest
from compliance.ledger.models import AuditEvent, AuditLeaf, AuditVerification, LegalHold
from signing.models import SigningKey
from updates.models import App, Bundle, Channel, Release, Tester, TesterGroup, WebhookEndpoint


@dataclass(frozen=True, slots=True)
class About:
    """An object as an event names it."""

    kind: str
    id: str
    app_id: str = ""


_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_Existing = Callable[[Collection[About]], set[About]]


def about(event: AuditEvent) -> About:
    """Say what an event is about; a person is nobody's app's."""
    return About(event.object_type, event.object_id, "" if event.object_type == "person" else event.app_id)


def objects_existing(events: Iterable[AuditEvent]) -> set[About]:
    """Say which of the objects are still there, of kinds that have a page; one query for each kind."""
    by_kind: dict[str, set[About]] = {}
    for event in events:
        by_kind.setdefault(event.object_type, set()).add(about(event))
    return {each for kind, wanted in by_kind.items() if kind in _EXISTING for each in _EXISTING[kind](wanted)}


def _apps(wanted: Collection[About]) -> set[About]:
    there = set(App.objects.filter(pk__in=[each.id for each in wanted]).values_list("pk", flat=True))
    return {each for each in wanted if each.id in there}


def _people(wanted: Collection[About]) -> set[About]:
    there = set(User.objects.filter(pk__in=_numbers(wanted)).values_list("pk", flat=True))
    return {each for each in wanted if _NUMBER.fullmatch(each.id) and int(each.id) in there}


def _privacy_requests(wanted: Collection[About]) -> set[About]:
    found = PrivacyRequest.objects.filter(reference__in=[each.id for each in wanted])
    there = set(found.values_list("reference", flat=True))
    return {each for each in wanted if each.id in there}


def _keys(wanted: Collection[About]) -> set[About]:
    ids = {each: _uuid(each.id) for each in wanted}
    rows = SigningKey.objects.filter(pk__in=[pk for pk in ids.values() if pk]).values_list("pk", "app_id")
    there = set(rows)
    return {each for each, pk in ids.items() if (pk, each.app_id) in there}


def _channels(wanted: Collection[About]) -> set[About]:
    rows = Channel.objects.filter(app__in=_apps_of(wanted), name__in=[each.id for each in wanted])
    return _these(wanted, rows.values_list("app_id", "name"))


def _bundles(wanted: Collection[About]) -> set[About]:
    rows = Bundle.objects.filter(app__in=_apps_of(wanted), version__in=[each.id for each in wanted])
    return _these(wanted, rows.values_list("app_id", "version"))


def _releases(wanted: Collection[About]) -> set[About]:
    rows = Release.objects.filter(app__in=_apps_of(wanted), release_seq__in=_numbers(wanted))
    return _these(wanted, rows.order_by().values_list("app_id", "release_seq"))


def _testers(wanted: Collection[About]) -> set[About]:
    return _these(wanted, Tester.objects.filter(pk__in=_numbers(wanted)).values_list("app_id", "pk"))


def _groups(wanted: Collection[About]) -> set[About]:
    return _these(wanted, TesterGroup.objects.filter(pk__in=_numbers(wanted)).values_list("app_id", "pk"))


def _webhooks(wanted: Collection[About]) -> set[About]:
    return _these(wanted, WebhookEndpoint.objects.filter(pk__in=_numbers(wanted)).values_list("app_id", "pk"))


def _publishers(wanted: Collection[About]) -> set[About]:
    rows = TrustedPublisher.objects.filter(pk__in=_numbers(wanted))
    return _these(wanted, rows.values_list("app_id", "pk"))


def _entries(wanted: Collection[About]) -> set[About]:
    rows = AuditLeaf.objects.filter(sequence__in=_numbers(wanted))
    return _of_the_console(wanted, rows.values_list("sequence", flat=True))


def _exports(wanted: Collection[About]) -> set[About]:
    rows = Export.objects.filter(pk__in=[pk for each in wanted if (pk := _uuid(each.id))])
    return _of_the_console(wanted, rows.values_list("pk", flat=True))


def _holds(wanted: Collection[About]) -> set[About]:
    rows = LegalHold.objects.filter(pk__in=_numbers(wanted))
    return _of_the_console(wanted, rows.values_list("pk", flat=True))


def _verifications(wanted: Collection[About]) -> set[About]:
    rows = AuditVerification.objects.filter(pk__in=_numbers(wanted))
    return _of_the_console(wanted, rows.values_list("pk", flat=True))


_EXISTING: Final[dict[str, _Existing]] = {
    "app": _apps,
    "audit_entry": _entries,
    "bundle": _bundles,
    "channel": _channels,
    "export": _exports,
    "legal_hold": _holds,
    "person": _people,
    "privacy_request": _privacy_requests,
    "publisher": _publishers,
    "release": _releases,
    "signing_key": _keys,
    "tester": _testers,
    "tester_group": _groups,
    "verification": _verifications,
    "webhook": _webhooks,
}


def _these(wanted: Collection[About], rows: Iterable[tuple[str, object]]) -> set[About]:
    there = {(app_id, str(id_)) for app_id, id_ in rows}
    return {each for each in wanted if (each.app_id, each.id) in there}


def _of_the_console(wanted: Collection[About], rows: Iterable[object]) -> set[About]:
    return _these(wanted, [("", id_) for id_ in rows])


def _apps_of(wanted: Collection[About]) -> list[str]:
    return [each.app_id for each in wanted]


def _numbers(wanted: Collection[About]) -> list[int]:
    return [int(each.id) for each in wanted if _NUMBER.fullmatch(each.id)]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
