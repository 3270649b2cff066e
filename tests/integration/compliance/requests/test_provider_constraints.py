"""The database refuses notices and providers that no rule allows."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from compliance.desk.models import ProviderNotice, ServiceProvider
from tests.support.privacy import RECEIVED, day, notice_told

NOW = RECEIVED + timedelta(days=1)


BROKEN: list[dict[str, Any]] = [
    {"state": "lost"},
    {"role": "friend"},
    {"kind": "know"},
    {"state": "sent"},
    {"sent_at": NOW},
    {"state": "confirmed", "settled_at": NOW, "sealed_told": ""},
    {"state": "confirmed", "sent_at": NOW, "settled_at": NOW, "sealed_told": ""},
    {"state": "confirmed", "sent_at": NOW, "settled_at": NOW, "by": True},
    {"state": "refused", "sent_at": NOW, "settled_at": NOW, "by": True, "sealed_told": ""},
    {"state": "impossible", "settled_at": NOW, "by": True, "sealed_told": "", "note": "Why."},
    {"state": "nobody", "settled_at": NOW, "by": True, "sealed_told": ""},
    {"settled_at": NOW},
    {"state": "sent", "sent_at": RECEIVED - timedelta(days=1)},
]


def test_the_database_refuses_a_notice_that_no_rule_allows(orla: User) -> None:
    with day(0):
        notice = notice_told(by=orla)
    for broken in BROKEN:
        changed = {"letter": None, **broken}
        if changed.pop("by", False):
            changed["settled_by"] = orla
        with pytest.raises(IntegrityError), transaction.atomic():
            ProviderNotice.objects.filter(pk=notice.pk).update(**changed)


def test_the_database_takes_what_the_rules_allow_and_each_provider_once(orla: User) -> None:
    with day(0):
        notice = notice_told(by=orla)
    rows = ProviderNotice.objects.filter(pk=notice.pk)
    rows.update(state="sent", sent_at=NOW, letter=None)
    rows.update(state="confirmed", settled_at=NOW, settled_by=orla, sealed_told="")
    notice.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        notice.save()
    for broken in ({"role": "friend"}, {"holds": ""}, {"ended_on": NOW.date()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ServiceProvider.objects.update(**broken)
