"""Pages about people, roles and the audit log: who sees them, and that nothing is changed on them."""

import re

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from accounts.domain.roles import ROLE_PERMISSIONS, Permission, Role
from accounts.models import RoleGroup, User
from accounts.services.people import person_create
from tests.support.people import signed_in

NEW = "/console/accounts/user/add/"


@pytest.mark.parametrize("path", [NEW, "/console/accounts/user/1/change/"])
def test_what_the_theme_calls_adding_and_changing_leads_to_our_own_pages(ada: User, path: str) -> None:
    assert signed_in(ada).get(path).headers["Location"].startswith("/console/people/")


def test_only_who_manages_people_gets_there(rita: User) -> None:
    for path in (NEW, f"/console/accounts/user/{rita.pk}/change/", f"/console/people/{rita.pk}/"):
        assert signed_in(rita).get(path).status_code == 403


def test_the_list_and_the_page_tell_how_somebody_is(ada: User, rita: User, olaf: User) -> None:
    person_create(email="nina@example.com", name="Nina", password=None, roles={Role.AUDITOR}, actor=ada.actor)
    User.objects.filter(pk=olaf.pk).update(is_active=False)
    client = signed_in(ada)
    rows = {
        re.search(r">\s*(\w+)\s*</a>", row)[1]: re.sub(r"<[^>]+>|\s+", " ", row)  # type: ignore[index]
        for row in client.get("/console/accounts/user/").content.decode().split("<tr")
        if "/change/" in row
    }
    assert ("active" in rows["Rita"], "authenticator app" in rows["Rita"]) == (True, True)
    assert ("invited" in rows["Nina"], "auditor" in rows["Nina"], "none" in rows["Nina"]) == (
        True,
        True,
        True,
    )
    assert "deactivated" in rows["Olaf"]
    page = client.get(f"/console/people/{rita.pk}/").content.decode()
    assert all(words in page for words in ("active", "authenticator app", "release manager", "never"))


def test_a_longer_list_takes_no_more_queries(ada: User, rita: User) -> None:
    client = signed_in(ada)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/console/accounts/user/")
        return len(captured)

    before = queries()
    for number in range(5):
        person_create(
            email=f"n{number}@example.com", name="N", password=None, roles={Role.AUDITOR}, actor=ada.actor
        )
    assert queries() == before


@pytest.mark.parametrize(
    ("path", "seen_by"),
    [
        pytest.param("/console/accounts/user/", {"ada"}, id="people"),
        pytest.param("/console/accounts/rolegroup/", {"ada"}, id="roles"),
        pytest.param("/console/compliance/log/", {"ada", "audra"}, id="audit-log"),
    ],
)
def test_a_list_opens_to_who_may_see_it(
    path: str, seen_by: set[str], ada: User, rita: User, audra: User, olaf: User
) -> None:
    people = {"ada": ada, "rita": rita, "audra": audra, "olaf": olaf}
    opened = {name for name, user in people.items() if signed_in(user).get(path).status_code == 200}
    assert opened == seen_by


@pytest.mark.parametrize("verb", ["change", "delete"])
@pytest.mark.parametrize("model", ["accounts/user", "accounts/rolegroup"])
def test_nothing_is_changed_or_deleted_on_these_pages(ada: User, model: str, verb: str) -> None:
    rows: dict[str, Model] = {
        "accounts/user": ada,
        "accounts/rolegroup": RoleGroup.objects.get(name="auditor"),
    }
    row = rows[model]
    answer = signed_in(ada).post(f"/console/{model}/{row.pk}/{verb}/", {"name": "changed", "post": "yes"})
    assert answer.status_code == 403
    row.refresh_from_db()
    assert getattr(row, "name", "") != "changed"


def test_the_audit_log_names_who_acted_as_long_as_they_exist(audra: User, ada: User) -> None:
    person_create(email="nina@example.com", name="Nina", password=None, roles=set(), actor=ada.actor)
    page = signed_in(audra).get("/console/compliance/log/").content.decode()
    assert re.search(r"Ada\s*<", page)
    User.objects.filter(pk=ada.pk).delete()
    page = signed_in(audra).get("/console/compliance/log/").content.decode()
    assert f"Person {ada.pk}" in page


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
