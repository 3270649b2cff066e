"""Lists of the admin site give nothing away through their query string."""

import pytest
from django.contrib import admin

from accounts.domain.roles import INSIDER_ROLES
from accounts.models import User
from accounts.services.people import person_create, totp_enrol
from tests.support.people import PASSWORD, SEED, signed_in

COLUMNS = [
    (model._meta.label_lower.replace(".", "/"), field.name)
    for model in admin.site._registry
    for field in model._meta.fields
]


@pytest.fixture
def solo(db: None) -> User:
    """Somebody to whom every list opens."""
    user = person_create(
        email="solo@example.com", name="Solo", password=PASSWORD, roles=INSIDER_ROLES, actor=None
    )
    totp_enrol(user=user, seed=SEED, name="Authenticator app", actor=user.actor)
    return user


def test_hidden_columns_are_among_those_tried() -> None:
    assert ("accounts/user", "password") in COLUMNS


@pytest.mark.parametrize("lookup", ["startswith", "regex", "gt"])
def test_a_secret_column_cant_be_spelled_out_by_filtering(lookup: str, solo: User) -> None:
    answer = signed_in(solo).get("/console/accounts/user/", {f"password__{lookup}": "a"})
    assert answer.status_code == 400


def test_no_list_is_filtered_by_a_column_that_it_doesnt_offer(solo: User) -> None:
    client = signed_in(solo)
    taken = {
        (page, column)
        for page, column in COLUMNS
        if client.get(f"/console/{page}/", {f"{column}__isnull": "0"}).status_code != 400
    }
    assert taken == {("accounts/user", "is_active")}


def test_what_a_list_offers_still_filters_it(solo: User) -> None:
    client = signed_in(solo)
    for page in (
        "accounts/user/?is_active__exact=1&q=solo",
        "accounts/user/?groups__id__exact=1",
    ):
        assert client.get(f"/console/{page}").status_code == 200
