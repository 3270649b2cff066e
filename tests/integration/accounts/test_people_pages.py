"""Pages about people, roles and the audit log: who sees them, and that nothing is changed on them."""

import re
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from accounts.domain.roles import ROLE_PERMISSIONS, Permission, Role
from accounts.models import RoleGroup, User
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from tests.support.operator import totp
from tests.support.people import signed_in
from tests.support.shipping import recorded

NEW = "/console/accounts/user/add/"
NEWCOMER = {"name": "Nina", "email": "nina@example.com", "roles": ["auditor", "approver"]}


def created(ada: User, **changed: object) -> Any:
    return signed_in(ada).post(NEW, NEWCOMER | changed)


def shown(test_id: str, page: Any) -> str:
    found = re.search(rf'data-testid="{test_id}">([^<]+)<', page.content.decode())
    assert found is not None
    return found[1]


def test_a_new_person_signs_in_with_what_the_page_shows_once(ada: User) -> None:
    page = created(ada)
    assert "no-store" in page.headers["Cache-Control"]
    client = Client()
    client.post(
        "/console/login/",
        {
            "email": "nina@example.com",
            "password": shown("password", page),
            "code": totp(shown("totp-secret", page)),
        },
    )
    assert client.get("/console/").status_code == 200
    nina = User.objects.get(email="nina@example.com")
    assert {group.name for group in nina.groups.all()} == {"auditor", "approver"}
    assert recorded(Action.PERSON_CREATED)[-1].actor_id == str(ada.pk)


def test_no_secret_of_theirs_is_on_the_audit_log(ada: User) -> None:
    page = created(ada)
    log = str(list(AuditEvent.objects.values_list("detail", flat=True)))
    assert shown("password", page) not in log
    assert shown("totp-secret", page) not in log


def test_an_address_belongs_to_one_person_whatever_its_case(ada: User) -> None:
    created(ada)
    answer = created(ada, email="NINA@example.com")
    assert b"Somebody has this e-mail address already." in answer.content
    assert User.objects.filter(email__iexact="nina@example.com").count() == 1


def test_only_who_manages_people_creates_them(rita: User) -> None:
    assert signed_in(rita).get(NEW).status_code == 403
    assert signed_in(rita).post(NEW, NEWCOMER).status_code == 403
    assert not User.objects.filter(email="nina@example.com").exists()


@pytest.mark.parametrize(
    ("path", "seen_by"),
    [
        pytest.param("/console/accounts/user/", {"ada"}, id="people"),
        pytest.param("/console/accounts/rolegroup/", {"ada"}, id="roles"),
        pytest.param("/console/ledger/auditevent/", {"ada", "audra"}, id="audit-log"),
    ],
)
def test_a_list_opens_to_who_may_see_it(
    path: str, seen_by: set[str], ada: User, rita: User, audra: User, olaf: User
) -> None:
    people = {"ada": ada, "rita": rita, "audra": audra, "olaf": olaf}
    opened = {name for name, user in people.items() if signed_in(user).get(path).status_code == 200}
    assert opened == seen_by


@pytest.mark.parametrize("verb", ["change", "delete"])
@pytest.mark.parametrize("model", ["accounts/user", "accounts/rolegroup", "ledger/auditevent"])
def test_nothing_is_changed_or_deleted_on_these_pages(ada: User, model: str, verb: str) -> None:
    rows: dict[str, Model] = {
        "accounts/user": ada,
        "accounts/rolegroup": RoleGroup.objects.get(name="auditor"),
        "ledger/auditevent": AuditEvent.objects.latest("sequence"),
    }
    row = rows[model]
    answer = signed_in(ada).post(f"/console/{model}/{row.pk}/{verb}/", {"name": "changed", "post": "yes"})
    assert answer.status_code == 403
    row.refresh_from_db()
    assert getattr(row, "name", "") != "changed"


def test_the_audit_log_names_who_acted_as_long_as_they_exist(audra: User, ada: User) -> None:
    created(ada)
    page = signed_in(audra).get("/console/ledger/auditevent/").content.decode()
    assert re.search(r"Ada\s*<", page)
    User.objects.filter(pk=ada.pk).delete()
    page = signed_in(audra).get("/console/ledger/auditevent/").content.decode()
    assert f"person {ada.pk}" in page


def test_the_start_page_of_who_may_do_nothing_says_so(olaf: User) -> None:
    assert b"None of your roles opens a part of the console." in signed_in(olaf).get("/console/").content


def test_the_start_page_of_a_new_console_says_what_to_do_next(rita: User) -> None:
    page = signed_in(rita).get("/console/").content
    assert b"Create your first app" in page
    assert b"Recent activity" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_a_group_with_the_permissions_of_the_table(role: Role) -> None:
    group = RoleGroup.objects.get(name=role.value)
    granted = {Permission(permission.codename) for permission in group.permissions.all()}
    assert granted == ROLE_PERMISSIONS[role]
