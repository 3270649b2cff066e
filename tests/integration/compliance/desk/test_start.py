"""The officer's start page: what is red, what is due, and how the rest stands; each sees what they may."""

from datetime import timedelta

from accounts.models import User
from compliance.desk.models.recertification import RecertificationCampaign
from compliance.desk.services.recertification import campaign_open
from compliance.desk.tasks import modules_measure
from releaseconsole.kernel import clock
from tests.support.people import signed_in

START = "/console/compliance/"


def parts(page: str) -> dict[str, str]:
    """The page's sections, by their heading's id."""
    return {part.partition('"')[0]: part for part in page.split('<h2 id="')[1:]}


def test_what_is_overdue_is_red_and_the_rest_is_below(orla: User, ada: User) -> None:
    officer = signed_in(orla)
    campaign_open(opener=orla)
    modules_measure()
    page = parts(officer.get(START).content.decode())
    assert "Nothing here waits for you at once." in page["bad"]
    assert "2 of 2 not decided, 0 to be revoked." in page["due"]
    for part in ("Last verification", "Last anchor", "No backup was restored on record."):
        assert part in page["due"]
    for part in ("Privacy requests", "PHI flags", "Cryptographic modules", "Laws and standards", "Incidents"):
        assert part in page["other"]
    yesterday = clock.now().date() - timedelta(days=1)
    RecertificationCampaign.objects.update(due_on=yesterday)
    assert "Review of access" in parts(officer.get(START).content.decode())["bad"]


def test_the_console_starts_with_what_waits_for_who_handles_personal_data(orla: User, ada: User) -> None:
    campaign_open(opener=orla)
    RecertificationCampaign.objects.update(due_on=clock.now().date() - timedelta(days=1))
    assert "Review of access" in parts(signed_in(orla).get("/console/").content.decode())["compliance"]
    assert "compliance" not in parts(signed_in(ada).get("/console/").content.decode())


def test_everybody_sees_what_they_may(orla: User, ada: User) -> None:
    page = signed_in(ada).get(START).content.decode()
    assert "Last verification" in page
    assert "packs were made" not in page  # an administrator exports nothing
    matrix = signed_in(ada).get(f"{START}controls/").content.decode()
    assert "164.312(b)" in matrix
    assert "/console/compliance/exports/" not in matrix.partition('id="set-1"')[2]
    assert "/console/compliance/reports/who-has-access/" not in matrix
    officers = signed_in(orla).get(f"{START}controls/").content.decode()
    for page in ("exports", "reports/who-has-access"):
        assert f"/console/compliance/{page}/" in officers
