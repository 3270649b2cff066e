"""Invites on the console's pages: mailed or shown once, sent again, revoked, and many at once by a list."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.domain.roles import Permission
from accounts.models import Letter, User
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.actors import granted
from tests.support.beta import beta_made, enrolled, group_made, invited, joins, newly_joined
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, recorded
from updates.domain.invite_list import Invitee
from updates.errors import InvalidValueError, InviteOverError
from updates.models import Tester, TesterGroup, TesterInvite
from updates.services.bulk_invites import testers_invite
from updates.services.testers import feedback_send, tester_deletion_request

LINK = re.compile(r"http\S+/beta/invite/[A-Za-z0-9_-]{43}/")
LIST = "name,email\nTess,tess@example.com\nTom,tom@example.com\nBad,nowhere\nTwice,TOM@example.com\n"


@pytest.fixture
def group(db: None) -> TesterGroup:
    return group_made(beta_made())


@pytest.fixture
def browser(rita: User) -> Client:
    return signed_in(rita)


def page_of(group: TesterGroup, action: str = "") -> str:
    return f"/console/apps/{APP_ID}/testers/groups/{group.pk}/{action}"


def invite_page(invite: TesterInvite, action: str) -> str:
    return f"/console/apps/{APP_ID}/testers/invites/{invite.pk}/{action}/"


def page_of_tester(tester: Tester, action: str = "") -> str:
    return f"/console/apps/{APP_ID}/testers/{tester.pk}/{action}"


def shown(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_an_invite_is_mailed_and_nobody_here_sees_its_link(browser: Client, group: TesterGroup) -> None:
    typed = {"name": "Tess", "email": "Tess@example.com", "sending": "mail"}
    answer = browser.post(page_of(group, "invite/"), typed, follow=True)
    assert "The invite of Tess is on its way." in shown(answer)
    assert not LINK.search(shown(answer))
    assert Letter.objects.get().address == "tess@example.com"


def test_a_link_to_pass_on_is_shown_once_with_its_code_and_kept_nowhere(
    browser: Client, group: TesterGroup
) -> None:
    answer = browser.post(page_of(group, "invite/"), {"name": "Tess", "sending": "copy"})
    (link,) = set(LINK.findall(shown(answer)))
    assert "data:image/svg+xml" in shown(answer)
    assert "no-store" in answer["Cache-Control"]
    assert not LINK.search(shown(browser.get(page_of(group))))
    joins(link)


def test_a_mistake_is_said_in_the_form(browser: Client, group: TesterGroup) -> None:
    answer = browser.post(page_of(group, "invite/"), {"name": "Tess", "sending": "mail"})
    assert "To send the invite, give an e-mail address." in shown(answer)
    assert not TesterInvite.objects.exists()


def test_a_link_for_many_is_shown_once_and_listed_without_its_secret(
    browser: Client, group: TesterGroup
) -> None:
    answer = browser.post(page_of(group, "link/"), {"cap": "2", "days": "3"})
    (link,) = set(LINK.findall(shown(answer)))
    joins(link)
    page = shown(browser.get(page_of(group)))
    assert "1 of 2" in page
    assert link not in page


def test_an_invite_sent_again_has_a_new_link_and_the_old_one_is_over(
    browser: Client, group: TesterGroup
) -> None:
    first = invited(group)
    again = browser.post(invite_page(first.invite, "again"), {"copy": "1"})
    (link,) = set(LINK.findall(shown(again)))
    with pytest.raises(InviteOverError):
        joins(first.link)
    browser.post(invite_page(first.invite, "again"))
    assert Letter.objects.filter(address="tess@example.com").count() == 1
    with pytest.raises(InviteOverError):
        joins(link)


def test_a_revoked_invite_lets_nobody_in_and_is_not_sent_again(browser: Client, group: TesterGroup) -> None:
    made = invited(group)
    browser.post(invite_page(made.invite, "revoke"))
    with pytest.raises(InviteOverError):
        joins(made.link)
    answer = browser.post(invite_page(made.invite, "again"), follow=True)
    assert "This invite is revoked." in shown(answer)
    assert "Send again" not in shown(answer)


def checks(browser: Client, group: TesterGroup, **more: Any) -> Any:
    return browser.post(page_of(group, "invite-many/"), {"text": LIST, "sending": "mail"} | more)


def test_a_list_is_shown_as_it_was_read_before_anybody_is_invited(
    browser: Client, group: TesterGroup
) -> None:
    invited(group, "tess@example.com")
    page = shown(checks(browser, group))
    assert "Mail 1 invite" in page
    assert "has an invite already" in page
    assert "isn't an e-mail address" in page
    assert "stands in the list before" in page
    assert not Letter.objects.exists()


def test_confirmed_it_invites_the_good_lines_once(browser: Client, group: TesterGroup) -> None:
    answer = checks(browser, group, confirmed="1")
    assert "2 invites are on their way" in shown(answer)
    assert sorted(Letter.objects.values_list("address", flat=True)) == ["tess@example.com", "tom@example.com"]
    checks(browser, group, confirmed="1")  # the browser's back button, and once more
    assert len(recorded(Action.TESTER_INVITED)) == 2


def test_who_was_invited_meanwhile_gets_nothing_again(group: TesterGroup) -> None:
    invited(group, "tess@example.com")
    tess, tom = Invitee("Tess", "tess@example.com"), Invitee("Tom", "tom@example.com")
    done = testers_invite(group=group, invitees=[tess, tom], send=True, actor=SYSTEM, person=None)
    assert (done.known, [who for who, _ in done.made]) == ((tess,), [tom])


def test_where_one_line_can_not_be_invited_nobody_is(group: TesterGroup) -> None:
    lines = [Invitee("Tess", "tess@example.com"), Invitee("Bad", "nowhere")]
    with pytest.raises(InvalidValueError):
        testers_invite(group=group, invitees=lines, send=True, actor=SYSTEM, person=None)
    assert not TesterInvite.objects.exists()
    assert not Letter.objects.exists()


def test_links_to_pass_on_are_shown_once_each_with_its_name(browser: Client, group: TesterGroup) -> None:
    answer = checks(browser, group, confirmed="1", sending="copy")
    links = dict(re.findall(rf"(\w+)\t({LINK.pattern})", shown(answer)))
    assert sorted(links) == ["Tess", "Tom"]
    assert "no-store" in answer["Cache-Control"]
    assert not Letter.objects.exists()
    assert joins(links["Tom"]).tester.email == "tom@example.com"


def test_a_file_comes_from_who_manages_testers_and_no_larger_than_a_list_is(
    olaf: User, ansel: User, group: TesterGroup
) -> None:
    def sent(by: User, data: bytes) -> Any:
        return checks(signed_in(by), group, text="", file=SimpleUploadedFile("list.csv", data))

    assert sent(ansel, LIST.encode()).status_code == 403
    granted(olaf, Permission.TESTER_MANAGE, APP_ID, "beta")
    assert "Mail 2 invites" in shown(sent(olaf, b"\xef\xbb\xbf" + LIST.encode()))
    assert "CSV UTF-8" in shown(sent(olaf, "José,jose@example.com".encode("latin-1")))
    assert "A list has at most 256 kB." in shown(sent(olaf, b"a" * 300_000))


def test_hostile_cells_are_shown_as_text(browser: Client, group: TesterGroup) -> None:
    answer = checks(
        browser, group, text='<script>alert(1)</script>,x@example.com\n=HYPERLINK("a"),y@example.com'
    )
    assert b"<script>alert(1)" not in answer.content
    assert "would run as a formula" in shown(answer)


def test_a_list_of_nothing_is_refused(browser: Client, group: TesterGroup) -> None:
    assert "Choose a file, or paste a list." in shown(checks(browser, group, text=" "))
    assert "The list names nobody." in shown(checks(browser, group, text="name,email"))


def test_a_tester_is_shown_with_devices_and_feedback_and_taken_out(
    browser: Client, group: TesterGroup
) -> None:
    tester = newly_joined(group)
    device = enrolled(tester)
    feedback_send(tester=tester, text="The list <b>jumps</b>.", version="1.0.0")
    page = browser.get(page_of_tester(tester)).content.decode()
    assert device.device_id in page
    assert "The list &lt;b&gt;jumps&lt;/b&gt;." in page
    feedback = f"/console/apps/{APP_ID}/testers/feedback/"
    assert "jumps" in shown(browser.get(feedback, {"version": "1.0.0"}))
    assert "Nobody wrote about 2.0.0" in shown(browser.get(feedback, {"version": "2.0.0"}))
    browser.post(page_of(group, f"testers/{tester.pk}/remove/"))
    assert not group.memberships.exists()


def test_erasing_says_what_goes_and_leaves_nothing(browser: Client, group: TesterGroup) -> None:
    tester = newly_joined(group)
    enrolled(tester)
    assert "<strong>1</strong> device gets the normal version" in shown(
        browser.get(page_of_tester(tester, "erase/"))
    )
    browser.post(page_of_tester(tester, "erase/"))
    assert not Tester.objects.exists()


def test_who_manages_one_channel_sees_its_testers_and_erases_nobody(olaf: User, group: TesterGroup) -> None:
    granted(olaf, Permission.TESTER_MANAGE, APP_ID, "beta")
    granted(olaf, Permission.APP_VIEW, APP_ID)
    mine = newly_joined(group, "mine@example.com")
    production = group.app.channels.get(name="production")
    other = newly_joined(group_made(production, name="Other"), "other@example.com")
    feedback_send(tester=mine, text="Mine.", version="")
    feedback_send(tester=other, text="Not yours.", version="")
    browser = signed_in(olaf)
    assert browser.get(page_of_tester(mine)).status_code == 200
    assert browser.get(page_of_tester(other)).status_code == 403
    assert browser.post(page_of_tester(mine, "erase/")).status_code == 403
    page = shown(browser.get(f"/console/apps/{APP_ID}/testers/feedback/"))
    assert "Mine." in page
    assert "Not yours." not in page


def test_who_asked_for_deletion_is_invited_by_no_list(browser: Client, group: TesterGroup) -> None:
    tester_deletion_request(tester=newly_joined(group, "tess@example.com"))
    assert "asked for the deletion of their data" in shown(checks(browser, group))
