"""Whose data an erasure takes: what was proved to be theirs, and never what only looks like it."""

import pytest

from compliance.desk.models import PrivacyRequest
from compliance.desk.services.erasure import subject_widen
from compliance.desk.services.handling import subject_of
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Scoped, Subject
from tests.support.beta import PHONE, beta_made, enrolled, group_made, newly_joined
from tests.support.shipping import app_made
from updates.models import App, Device
from updates.services.testers import tester_deletion_request, tester_device_leave
from updates.services.testers.leaving import testers_erase_requested

pytestmark = pytest.mark.django_db

TABLET = "8f0f2f4e-0000-4000-8000-00000000cafe"


def device(app: App, device_id: str, custom_id: str) -> Device:
    now = clock.now()
    return Device.objects.create(
        app=app, device_id=device_id, custom_id=custom_id, first_seen_at=now, last_seen_at=now
    )


@pytest.mark.parametrize("sold", ["before asking", "after asking"])
def test_a_sold_phone_is_its_new_owners(sold: str) -> None:
    group = group_made(beta_made())
    tess, bob = newly_joined(group, "tess@example.com"), newly_joined(group, "bob@example.com")
    row = enrolled(tess, PHONE)
    if sold == "before asking":
        tester_device_leave(tester=tess, device_pk=row.pk)
        enrolled(bob, PHONE)
        device(tess.app, PHONE, "bob")
    tester_deletion_request(tester=tess)
    if sold == "after asking":
        enrolled(bob, PHONE)
        device(tess.app, PHONE, "bob")
    assert subject_widen(subject_of(PrivacyRequest.objects.get())).devices == frozenset()
    testers_erase_requested()
    assert Device.objects.get().custom_id == "bob"


def test_a_user_name_that_a_device_claims_leads_nowhere() -> None:
    app = app_made()
    device(app, PHONE, "alice")
    device(app, TABLET, "alice")
    claims, is_alice = Scoped(app.pk, PHONE), Scoped(app.pk, "alice")
    by_device = subject_widen(Subject(devices=frozenset({claims})))
    assert (by_device.devices, by_device.custom_ids) == ({claims}, frozenset())
    by_name = subject_widen(Subject(custom_ids=frozenset({is_alice})))
    assert by_name.devices == {claims, Scoped(app.pk, TABLET)}
