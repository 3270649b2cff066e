from datetime import datetime

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission as DjangoPermission
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.domain.roles import Permission
from accounts.models import User
from signing.admin import SigningKeyAdmin
from signing.models import SigningKey
from tests.integration.signing.conftest import signs

PAGE = SigningKeyAdmin(SigningKey, admin.site)


def person(email: str, *permissions: Permission) -> User:
    user = User.objects.create_user(email, "a passphrase nobody has", name=email)
    user.user_permissions.set(DjangoPermission.objects.filter(codename__in=[p.value for p in permissions]))
    return user


def request_of(user: User) -> HttpRequest:
    request = RequestFactory().get("/console/signing/signingkey/")
    request.user = user
    return request


@pytest.fixture
def audra(db: None) -> HttpRequest:
    return request_of(person("audra@example.com", Permission.KEY_VIEW))


@pytest.fixture
def olaf(db: None) -> HttpRequest:
    others = [permission for permission in Permission if permission is not Permission.KEY_VIEW]
    return request_of(person("olaf@example.com", *others))


def test_who_may_see_keys_sees_them_and_changes_nothing(clinic: str, audra: HttpRequest) -> None:
    assert PAGE.has_module_permission(audra)
    assert PAGE.has_view_permission(audra)
    assert not PAGE.has_add_permission(audra)
    assert not PAGE.has_change_permission(audra)
    assert not PAGE.has_delete_permission(audra)
    assert PAGE.get_actions(audra) == {}


def test_nobody_else_sees_them_whatever_else_they_may(clinic: str, olaf: HttpRequest) -> None:
    assert not PAGE.has_module_permission(olaf)
    with pytest.raises(PermissionDenied):
        PAGE.changelist_view(olaf)
    with pytest.raises(PermissionDenied):
        PAGE.change_view(olaf, str(signs(clinic).pk))


def test_the_page_of_a_key_shows_its_public_half_and_where_the_private_one_lives(
    clinic: str, console: None, audra: HttpRequest, now: datetime
) -> None:
    for key in SigningKey.objects.all():
        form = PAGE.change_view(audra, str(key.pk)).render().content.decode()
        assert key.kid in form
        assert "sealed under the KEK" in form
        assert key.sealed_private not in form
        assert key.sealed_private.split(".")[2][:20] not in form
        if key.public_jwk:
            assert key.public_jwk["x"] in form


def test_the_sealed_half_is_not_even_read(clinic: str, audra: HttpRequest) -> None:
    key, _ = PAGE.get_queryset(audra)
    assert "sealed_private" in key.get_deferred_fields()


def test_the_list_names_app_algorithm_and_state(clinic: str, console: None, audra: HttpRequest) -> None:
    page = PAGE.changelist_view(audra).render().content.decode()
    for text in (clinic, "The console itself", "ES256", "HS256", "active"):
        assert text in page
    for key in SigningKey.objects.all():
        assert key.sealed_private not in page
