"""Pages of access: what they show, that changes need a code, and the table of who may do what."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.domain.engagements import Report
from accounts.domain.roles import Permission, Role
from accounts.models import AuditorEngagement, Grant, User
from accounts.selectors.policy import assurance_statement
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.actors import actor_made, engaged, granted
from tests.support.people import code_of, signed_in
from tests.support.shipping import APP_ID, app_made, channel_made, recorded

DAY = timedelta(days=1)
EXPORT = "/console/access/export/"


@pytest.fixture
def beta(db: None) -> str:
    app = app_made()
    channel_made(app, "beta", public=False)
    return f"{APP_ID}/beta"


def page_of(person: User, rest: str = "") -> str:
    return f"/console/people/{person.pk}/access/{rest}"


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def confirm(client: Client, ada: User, path: str, **asked: str) -> Any:
    """Look at the confirming page, and confirm what it shows."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    address = f"{path}?{query}" if query else path
    digest = re.search(r'name="digest" value="(\w+)"', client.get(address).content.decode())
    assert digest is not None
    return client.post(address, {"digest": digest[1], "code": code_of(ada)}, follow=True)


def test_a_grant_is_made_with_a_code_and_seen_on_the_persons_page(ada: User, olaf: User, beta: str) -> None:
    client = signed_in(ada)
    asked = {"place": beta, "permission": "release_publish", "reason": "Holidays", "last_day": "2126-01-31"}
    shown = client.get(page_of(olaf, "grants/new/"), asked)
    assert "They may publish releases on com.example.clinic / beta, until 1 Feb 2126, 00:00." in text(shown)
    answer = confirm(client, ada, page_of(olaf, "grants/new/"), **asked)
    assert "The grant is made." in text(answer)
    assert "Holidays" in text(answer)
    grant = Grant.objects.get()
    assert (grant.person, grant.granted_by, grant.channel) == (olaf, ada, "beta")


def test_a_grant_is_ended_with_a_code(ada: User, olaf: User, beta: str) -> None:
    grant = granted(olaf, Permission.RELEASE_PUBLISH, APP_ID, "beta")
    answer = confirm(signed_in(ada), ada, page_of(olaf, f"grants/{grant.pk}/end/"))
    assert "The grant is ended." in text(answer)
    assert "1 that is over" in text(answer)
    grant.refresh_from_db()
    assert grant.ended_by == ada


def test_without_a_code_nothing_changes(ada: User, olaf: User, beta: str) -> None:
    client = signed_in(ada)
    grant = granted(olaf, Permission.RELEASE_PUBLISH, APP_ID, "beta")
    paths = (
        f"grants/new/?place={beta}&permission=app_view&reason=So",
        f"grants/{grant.pk}/end/",
        "roles/auditor/give/",
        "engagements/new/?reports=audit_log&first_day=2126-01-01&last_day=2126-01-31",
    )
    for path in paths:
        client.post(page_of(olaf, path), {"code": "000000", "digest": "0" * 64})
    assert [(each.pk, each.ended_at) for each in Grant.objects.all()] == [(grant.pk, None)]
    assert not AuditorEngagement.objects.exists()
    assert not olaf.groups.exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param({"permission": "key_operate"}, "Select a valid choice", id="a key"),
        pytest.param({"permission": "bundle_upload"}, "Nobody can be given this on a channel", id="upload"),
        pytest.param({"place": "com.example.none"}, "Select a valid choice", id="no app"),
        pytest.param({"reason": ""}, "This field is required", id="no reason"),
        pytest.param({"last_day": "2001-01-01"}, "A grant ends in the future", id="over already"),
        pytest.param({"last_day": "soon"}, "Enter a valid date", id="no date"),
    ],
)
def test_a_grant_form_says_what_is_wrong(
    asked: dict[str, str], said: str, ada: User, olaf: User, beta: str
) -> None:
    terms = {"place": beta, "permission": "release_publish", "reason": "Holidays", "last_day": ""}
    answer = signed_in(ada).get(page_of(olaf, "grants/new/"), {**terms, **asked})
    assert said in text(answer)
    assert "Confirm with" not in text(answer)


def test_a_role_is_given_and_taken_with_a_code(ada: User, olaf: User) -> None:
    client = signed_in(ada)
    answer = confirm(client, ada, page_of(olaf, "roles/approver/give/"))
    assert "Olaf is approver now." in text(answer)
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        answer = confirm(client, ada, page_of(olaf, "roles/approver/take/"))
    assert "Olaf isn't approver any more." in text(answer).replace("&#x27;", "'")
    assert not olaf.groups.exists()


def test_what_cannot_be_done_is_said_before_a_code_is_asked(ada: User, rita: User) -> None:
    client = signed_in(ada)
    for path, said in (
        (page_of(ada, "roles/approver/give/"), "Nobody changes their own access"),
        (page_of(ada, "roles/administrator/take/"), "Nobody changes their own access"),
        (page_of(rita, "roles/release_manager/give/"), "Rita is release manager already."),
        (page_of(rita, "roles/external_auditor/give/"), "by an engagement"),
    ):
        assert said in text(client.get(path, follow=True))


def test_on_ones_own_page_there_is_nothing_to_change(ada: User) -> None:
    page = signed_in(ada).get(page_of(ada)).content.decode()
    assert "Nobody changes their own access" in page
    assert "/give/" not in page
    assert "/new/" not in page


@pytest.mark.parametrize(
    "path", ["roles/emperor/give/", "grants/999/end/", "engagements/999/end/", "roles/emperor/take/"]
)
def test_what_is_not_there_is_not_found(path: str, ada: User, olaf: User) -> None:
    assert signed_in(ada).get(page_of(olaf, path)).status_code == 404
    assert signed_in(ada).get("/console/people/999999/access/").status_code == 404


def test_another_persons_grant_is_not_ended_from_here(ada: User, olaf: User, rita: User, beta: str) -> None:
    grant = granted(olaf, Permission.RELEASE_PUBLISH, APP_ID, "beta")
    assert signed_in(ada).get(page_of(rita, f"grants/{grant.pk}/end/")).status_code == 404


def test_an_auditor_is_engaged_and_their_engagement_ended(ada: User, olaf: User) -> None:
    client = signed_in(ada)
    today = clock.now().date()
    answer = confirm(
        client,
        ada,
        page_of(olaf, "engagements/new/"),
        reports="audit_log",
        first_day=today.isoformat(),
        last_day=(today + 29 * DAY).isoformat(),
    )
    assert "Olaf is engaged." in text(answer)
    assert signed_in(olaf).get("/console/compliance/log/").status_code == 200
    engagement = AuditorEngagement.objects.get()
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        confirm(client, ada, page_of(olaf, f"engagements/{engagement.pk}/end/"))
    assert signed_in(olaf).get("/console/compliance/log/").status_code == 403


def test_an_engagement_of_more_than_ninety_days_is_refused_on_its_form(ada: User, olaf: User) -> None:
    asked = {"reports": "audit_log", "first_day": "2126-01-01", "last_day": "2126-06-01"}
    answer = signed_in(ada).get(page_of(olaf, "engagements/new/"), asked)
    assert "90 days at most" in text(answer)


def test_the_persons_page_leads_to_their_access(ada: User, olaf: User) -> None:
    page = signed_in(ada).get(f"/console/people/{olaf.pk}/").content.decode()
    assert f'href="{page_of(olaf)}"' in page


def cell(page: str, person: str, permission: str) -> str | None:
    """Why somebody may do something, as the table tells it."""
    row = re.search(rf">{person}</a></th>(.*?)</tr>", page, re.DOTALL)
    assert row is not None
    found = re.search(
        rf'data-label="{permission}"[^>]*title="([^"]*)".*?rc-matrix-why">(.*?)</span>', row[1], re.DOTALL
    )
    if found is None:
        return None
    hovered, read = (" ".join(each.split()) for each in found.groups())
    assert hovered == read  # on hover, and to who can't hover
    return read


def test_the_table_says_who_may_do_what_and_why(
    ada: User, rita: User, audra: User, olaf: User, beta: str
) -> None:
    grant = granted(olaf, Permission.RELEASE_PUBLISH, APP_ID, "beta", life=DAY)
    Grant.objects.update(granted_by=ada)
    at_beta = signed_in(audra).get("/console/access/", {"at": beta}).content.decode()
    assert cell(at_beta, "Rita", "Publish releases") == "role release manager"
    why = cell(at_beta, "Olaf", "Publish releases")
    assert why is not None
    assert why.startswith(f"grant {grant.pk} by Ada until ")
    assert cell(at_beta, "Audra", "Publish releases") is None
    for wider in ("", APP_ID):
        inside = cell(
            signed_in(audra).get("/console/access/", {"at": wider}).content.decode(),
            "Olaf",
            "Publish releases",
        )
        assert inside is not None
        assert inside.startswith(f"on com.example.clinic / beta: grant {grant.pk} by Ada until ")
    console = signed_in(audra).get("/console/access/").content.decode()
    assert cell(console, "Olaf", "Upload bundles") is None
    assert cell(console, "Ada", "Manage people and roles") == "role administrator"


def test_the_table_is_narrowed_to_a_person_or_a_permission(
    ada: User, rita: User, audra: User, beta: str
) -> None:
    client = signed_in(audra)
    one = text(client.get("/console/access/", {"person": rita.pk}))
    assert "Rita publish releases the console role release manager" in one
    assert "Audra see" not in one
    some = text(client.get("/console/access/", {"permission": "people_manage"}))
    assert "Ada manage people and roles the console role administrator" in some
    assert "Rita manage" not in some


def test_who_may_nothing_is_told_so(audra: User, olaf: User) -> None:
    page = text(signed_in(audra).get("/console/access/", {"person": olaf.pk}))
    assert "Olaf nothing of this the console no role or grant" in page


@pytest.mark.parametrize("asked", [{"at": "com.example.none"}, {"permission": "fly"}, {"person": "999999"}])
def test_a_filter_that_names_nothing_narrows_nothing(asked: dict[str, str], audra: User) -> None:
    answer = signed_in(audra).get("/console/access/", asked)
    assert answer.status_code == 200
    assert cell(answer.content.decode(), "Audra", "Read the audit log") == "role auditor"


def test_who_is_deactivated_is_not_in_the_table(audra: User, rita: User) -> None:
    User.objects.filter(pk=rita.pk).update(is_active=False)
    assert "Rita" not in text(signed_in(audra).get("/console/access/"))


def table_of(reader: User, **asked: str) -> list[list[str]]:
    answer = confirm(signed_in(reader), reader, EXPORT, **asked)
    assert answer["Content-Type"].startswith("text/csv")
    assert "no-store" in answer["Cache-Control"]
    rows = list(csv.reader(io.StringIO(answer.content.decode(), newline="")))
    assert rows[-1] == ["About this report", "", "", "", assurance_statement()]
    return rows[:-1]


def test_the_file_says_the_same_without_a_formula(audra: User, beta: str) -> None:
    evil = actor_made("evil")
    User.objects.filter(pk=evil.pk).update(name='=HYPERLINK("http://evil.example")')
    granted(evil, Permission.APP_VIEW, APP_ID)
    rows = table_of(audra, at=APP_ID)
    assert rows[0] == ["Person", "E-mail", "At", "May", "Why"]
    (theirs,) = [row for row in rows if "HYPERLINK" in row[0]]
    assert theirs[0] == '\'=HYPERLINK("http://evil.example")'
    assert theirs[2:4] == [APP_ID, "see apps and devices"]
    assert ["Audra", "audra@example.com", APP_ID, "see apps and devices", "role auditor"] in rows
    assert not [value for row in rows for value in row if value.startswith(("=", "+", "-", "@"))]


def test_the_file_names_the_place_of_each_grant(audra: User, ada: User, olaf: User, beta: str) -> None:
    grant = granted(olaf, Permission.RELEASE_PUBLISH, APP_ID, "beta")
    theirs = [row[2:] for row in table_of(audra) if row[0] == "Olaf"]
    assert theirs == [
        ["com.example.clinic / beta", "see apps and devices", f"grant {grant.pk}"],
        ["com.example.clinic / beta", "publish releases", f"grant {grant.pk}"],
    ]


def test_the_file_holds_everybody_also_who_may_nothing(audra: User, olaf: User) -> None:
    for number in range(60):
        actor_made(f"person {number:02}")
    rows = table_of(audra)
    assert ["Olaf", "olaf@example.com", "the console", "nothing of this", ""] in rows
    assert len({row[1] for row in rows[1:]}) == User.objects.count()
    page = signed_in(audra).get("/console/access/").content.decode()
    assert page.count('<th scope="row">') == 50
    assert "Next" in page


def test_the_table_costs_no_more_queries_for_more_people(
    audra: User, beta: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(audra)

    def helpers_join(*numbers: int) -> None:
        for number in numbers:
            helper = actor_made(f"helper {number}")
            granted(helper, Permission.APP_VIEW, APP_ID)
            helper.groups.add(Group.objects.get(name=Role.APPROVER.value))

    helpers_join(0)
    with CaptureQueriesContext(connection) as for_few:
        client.get("/console/access/", {"at": beta})
    helpers_join(*range(1, 20))
    with django_assert_max_num_queries(len(for_few)):
        client.get("/console/access/", {"at": beta})


def test_an_external_auditor_sees_the_table_when_it_is_their_report(olaf: User) -> None:
    olaf.groups.add(Group.objects.get(name=Role.EXTERNAL_AUDITOR.value))
    client = signed_in(olaf)
    assert client.get("/console/access/").status_code == 403
    engaged(olaf, Report.PERMISSION_MATRIX)
    page = client.get("/console/access/").content.decode()
    why = cell(page, "Olaf", "See who may do what")
    assert why is not None
    assert "as external auditor until" in why
    assert table_of(olaf)[0][0] == "Person"


def test_the_file_is_on_record_with_what_was_taken(audra: User, rita: User, beta: str) -> None:
    table_of(audra, at=beta, permission="app_view", person=str(rita.pk))
    (event,) = recorded(Action.ACCESS_EXPORTED)
    assert (event.actor_id, event.app_id) == (str(audra.pk), APP_ID)
    assert event.detail == {
        "app_id": APP_ID,
        "channel": "beta",
        "permissions": ["app_view"],
        "person": rita.pk,
        "people": 1,
    }


def test_the_page_before_the_file_says_whose_data_it_holds(audra: User, olaf: User) -> None:
    answer = signed_in(audra).get(EXPORT)
    assert answer["Content-Type"].startswith("text/html")
    assert "the names and e-mail addresses of 2 people" in text(answer)
    assert "olaf@example.com" not in text(answer)


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        pytest.param("", "000000", id="a wrong code"),
        pytest.param("?permission=app_view", None, id="a code for another part"),
    ],
)
def test_no_file_without_a_code_for_exactly_it(shown: str, code: str | None, audra: User, olaf: User) -> None:
    client = signed_in(audra)
    digest = re.search(r'name="digest" value="(\w+)"', client.get(EXPORT + shown).content.decode())
    assert digest is not None
    answer = client.post(EXPORT, {"digest": digest[1], "code": code or code_of(audra)})
    assert answer["Content-Type"].startswith("text/html")
    assert "olaf@example.com" not in answer.content.decode()
    assert not recorded(Action.ACCESS_EXPORTED)


def test_a_code_gives_one_file(audra: User) -> None:
    client, code = signed_in(audra), code_of(audra)
    digest = re.search(r'name="digest" value="(\w+)"', client.get(EXPORT).content.decode())
    assert digest is not None
    kinds = [client.post(EXPORT, {"digest": digest[1], "code": code})["Content-Type"] for _ in range(2)]
    assert [kind.partition(";")[0] for kind in kinds] == ["text/csv", "text/html"]
