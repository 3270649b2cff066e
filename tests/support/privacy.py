"""Short ways to privacy requests, by the product's own services."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import time_machine

from accounts.models import User
from compliance.desk.domain.downstream import FoundBy, ProviderRole
from compliance.desk.domain.intake import Intake
from compliance.desk.domain.request_states import Channel, Kind
from compliance.desk.domain.subjects import Contact
from compliance.desk.domain.verification import Method
from compliance.desk.models import PrivacyRequest, ProviderNotice, ServiceProvider
from compliance.desk.services.downstream import (
    ProviderTerms,
    provider_add,
    provider_address_operation,
    providers_tell,
)
from compliance.desk.services.handling import subject_of
from compliance.desk.services.requests import request_receive, request_verify
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.domain.events import ANONYMOUS
from releaseconsole.kernel import clock
from tests.support.confirming import confirmed

# A Monday at noon.
RECEIVED: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
PERSON: Final = Contact(
    name="Petra Person",
    email="petra@example.org",
    device_ids=("8f0f2f4e-aaaa-4000-8000-000000000042",),
    custom_id="petra-4711",
    statement="Please forget my ward.",
)
# How what was asked for is done, where a test erases nobody.
BY_HAND: Final = "By hand, in another system."
NOBODY: Final = Doer(ANONYMOUS)


def day(number: int) -> time_machine.travel:
    """Stand on a day of the request's clock, at noon; day 0 is that of receipt."""
    return time_machine.travel(RECEIVED + timedelta(days=number), tick=False)


def asked(kind: Kind = Kind.DELETE, *, contact: Contact = PERSON, **changed: Any) -> PrivacyRequest:
    """A request that comes now by the public form."""
    intake = Intake(kind=kind, channel=Channel.FORM, contact=contact, **changed)
    return request_receive(intake=intake, by=NOBODY)


def verified(request: PrivacyRequest, by: Doer = NOBODY) -> PrivacyRequest:
    """All that it names is proved by two data points."""
    return request_verify(request=request, method=Method.TWO_POINTS, proved=request.subjects.all(), by=by)


def provider_made(by: User, name: str = "Crash Reports Ltd", **changed: Any) -> ServiceProvider:
    """A service provider that finds people by their addresses and devices."""
    terms: dict[str, Any] = {
        "name": name,
        "role": ProviderRole.PROVIDER,
        "address": "privacy@crash.example",
        "holds": "Crash reports, by device.",
        "found_by": (FoundBy.EMAIL, FoundBy.DEVICE),
    }
    wanted = ProviderTerms(**terms | changed)
    step_up = confirmed(by, provider_address_operation(terms=wanted, user=by))
    return provider_add(terms=wanted, user=by, now=clock.now(), step_up=step_up)


def notice_told(*, by: User, **changed: Any) -> ProviderNotice:
    """A notice of somebody's deletion to a provider."""
    request = verified(asked())
    provider_made(by, **changed)
    (notice,) = providers_tell(request=request, subject=subject_of(request), by=NOBODY)
    return notice
