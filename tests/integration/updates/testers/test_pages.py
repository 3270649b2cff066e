"""What testers see and send, through the front door; and what their pages keep to themselves."""

import logging
import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import Letter
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from releaseconsole.log_masking import LinkFilter
from tests.support.beta import PHONE, enrolled, group_link, group_made, invited, secret_of
from tests.support.shipping import channel_made, released
from updates.domain.testers.notice import NOTICE_VERSION
from updates.models import (
    Channel,
    ChannelMember,
    Device,
    Release,
    StorePresence,
    Tester,
    TesterFeedback,
    TesterGroup,
)
from updates.services.testers import (
    Arrival,
    LetterPurpose,
    join_code_make,
    tester_group_change,
    tester_group_end,
)
from updates.services.testers.links import letter_address

JOINING = {"name": "Tess", "consents": "on", "notice": NOTICE_VERSION}


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def me(arrival: Arrival, rest: str = "") -> str:
    return f"/beta/me/{arrival.secret}/{rest}"


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_an_invite_shows_that_the_browsers_signal_is_honoured(nurses: TesterGroup) -> None:
    path = path_of(invited(nurses).link)
    plain, signalled = (Client().get(path, headers={"Sec-GPC": value}) for value in ("", "1"))
    assert ["Opt-out honoured" in text_of(answer) for answer in (plain, signalled)] == [False, True]
    assert "Sec-GPC" in signalled.headers["Vary"]


def test_an_invite_is_a_page_that_leads_to_one_s_own(nurses: TesterGroup) -> None:
    StorePresence.objects.create(
        app=nurses.app,
        testflight_url="https://testflight.apple.com/join/abc",
        native_least="2.1",
        privacy_contact="privacy@example.com",
        privacy_url="https://example.com/privacy",
    )
    client, path = Client(), path_of(invited(nurses).link)
    shown = text_of(client.get(path))
    assert "Test Clinic" in shown
    assert "What is kept about you" in shown
    assert "privacy@example.com" in shown
    answer = client.post(path, JOINING)
    assert answer.status_code == 302
    own = client.get(answer["Location"])
    assert "https://testflight.apple.com/join/abc" in own.content.decode()
    assert "version 2.1 or newer" in text_of(own)
    assert client.get(path).status_code == 410


def test_joining_needs_the_consent_to_the_notice_in_force(nurses: TesterGroup) -> None:
    client, path = Client(), path_of(invited(nurses).link)
    assert "Joining needs your consent." in text_of(client.post(path, JOINING | {"consents": ""}))
    assert "The notice has changed" in text_of(client.post(path, JOINING | {"notice": "2020-01-01"}))
    assert not Tester.objects.filter(accepted_at__isnull=False).exists()


def test_a_full_beta_is_a_page_of_its_own(nurses: TesterGroup) -> None:
    client, path = Client(), path_of(group_link(nurses, cap=1).link)
    assert client.post(path, JOINING).status_code == 302
    for answer in (client.get(path), client.post(path, JOINING)):
        assert (answer.status_code, "This beta is full" in text_of(answer)) == (409, True)
    assert Tester.objects.count() == 1


def test_whoever_joins_with_a_tester_s_address_learns_and_gets_nothing(
    nurses: TesterGroup, tess: Arrival
) -> None:
    """By a group's link: the answers, and what is kept, are those of an address that nobody has."""
    client, path = Client(), path_of(group_link(nurses).link)
    known = client.post(path, JOINING | {"email": "tess@example.com"})
    unknown = client.post(path, JOINING | {"email": "nobody@example.com"})
    assert known.status_code == unknown.status_code == 302
    pages = [text_of(client.get(each["Location"])) for each in (known, unknown)]
    assert pages[0] == pages[1]
    assert "tess@example.com" not in pages[0]
    newcomers = Tester.objects.exclude(pk=tess.tester.pk)
    assert [(each.email, each.accepted_at is not None) for each in newcomers] == [("", True)] * 2
    assert sorted(Letter.objects.values_list("address", flat=True)) == [
        "nobody@example.com",
        "tess@example.com",
    ]
    assert client.get(me(tess)).status_code == 200  # hers still opens


def test_asking_for_a_lost_page_tells_nothing(tess: Arrival, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr("updates.views.beta.letters.page_link_send.delay", lambda *args: asked.append(args))
    path = f"/beta/lost/{tess.tester.app_id}/"
    answers = [
        text_of(Client().post(path, {"email": email})) for email in ("tess@example.com", "nobody@example.com")
    ]
    assert answers[0] == answers[1]
    assert [email for _, email in asked] == ["tess@example.com", "nobody@example.com"]


def test_without_its_secret_nobody_s_page_does_anything(tess: Arrival) -> None:
    for secret in ("x" * 43, tess.tester.secret_sha256, f"{tess.secret}x", "%00"):
        for rest in (
            "code",
            "mail",
            "address",
            "feedback",
            "leave",
            "delete",
            "devices/1/switch",
            "devices/1/leave",
        ):
            fields = {"email": "x@example.com", "text": "x", "channel": "beta"}
            answer = Client().post(f"/beta/me/{secret}/{rest}/", fields)
            assert answer.status_code in {400, 410}, (secret, rest)
    assert not Letter.objects.exists()
    assert Tester.objects.get().left_at is None


def test_every_form_wants_its_token(tess: Arrival, nurses: TesterGroup) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in (me(tess, "leave/"), me(tess, "code/"), path_of(group_link(nurses).link)):
        answer = strict.post(path, JOINING)
        assert answer.status_code == 403
        assert answer["Referrer-Policy"] == "strict-origin"
    assert Tester.objects.get().left_at is None


def test_addresses_of_beta_pages_stay_secret(tess: Arrival, nurses: TesterGroup) -> None:
    client = Client()
    paths = [
        path_of(invited(nurses, "other@example.com").link),
        me(tess),
        me(tess, "devices/"),
        me(tess, "nothing-there/"),
        "/beta/me/never-made/",
        f"/beta/open/{tess.tester.app_id}/",
    ]
    for path in paths:
        answer = client.get(path)
        assert answer["Referrer-Policy"] == "strict-origin", path
        assert answer["Cache-Control"] == "no-store, private", path
        assert "noindex" in answer["X-Robots-Tag"], path
        assert "'unsafe" not in answer["Content-Security-Policy"], path
    assert not client.cookies.get("sessionid")


def test_links_to_elsewhere_send_no_referrer(tess: Arrival, beta: Channel) -> None:
    StorePresence.objects.create(
        app=beta.app, play_url="https://play.google.com/x", app_store_url="https://apps.apple.com/x"
    )
    page = Client().get(me(tess)).content.decode()
    outside = re.findall(r'<a [^>]*href="https?://[^>]*>', page)
    assert len(outside) == 2
    assert all('rel="noopener noreferrer"' in link for link in outside)


def test_no_secret_is_logged(tess: Arrival, nurses: TesterGroup) -> None:
    secrets = {secret_of(group_link(nurses).link): "invite", tess.secret: "me"}
    token = letter_address(LetterPurpose.COME_BACK, tess.tester).rstrip("/").rpartition("/")[2]
    for secret, kind in (*secrets.items(), (token, "letter")):
        record = logging.makeLogRecord({"msg": "Gone: %s", "args": (f"/beta/{kind}/{secret}/code/",)})
        LinkFilter().filter(record)
        assert secret not in record.getMessage()


def test_a_code_is_told_once_and_joins(tess: Arrival, beta: Channel) -> None:
    StorePresence.objects.create(app=beta.app, url_scheme="clinic")
    answer = Client().post(me(tess, "code/"))
    code = re.search(r'data-testid="join-code">([0-9A-Z]{5}-[0-9A-Z]{5})<', answer.content.decode())
    assert code is not None
    assert f'href="clinic://join?code={code[1]}"' in answer.content.decode()
    assert code[1] not in text_of(Client().get(me(tess)))
    enrolled(tess.tester)


def test_a_scheme_that_is_no_app_s_makes_no_link(tess: Arrival, beta: Channel) -> None:
    StorePresence.objects.create(app=beta.app, url_scheme="javascript")
    assert "://join" not in Client().post(me(tess, "code/")).content.decode()
    opened = Client().get(f"/beta/open/{beta.app_id}/").content.decode()
    assert 'data-scheme=""' in opened


def test_the_page_says_when_the_beta_has_arrived(tess: Arrival, beta: Channel) -> None:
    client = Client()
    enrolled(tess.tester)
    assert "Nothing to test yet" in text_of(client.get(me(tess, "devices/")))
    released(beta, "2.0.0")
    assert "On its way" in text_of(client.get(me(tess, "devices/")))
    now = clock.now()
    device = Device.objects.create(
        app=beta.app,
        device_id=PHONE,
        channel_name="production",
        version="2.0.0",
        first_seen_at=now,
        last_seen_at=now,
    )
    assert "On its way" in text_of(client.get(me(tess, "devices/")))
    Device.objects.filter(pk=device.pk).update(channel_name="beta")
    arrived = client.get(me(tess, "devices/"))
    assert "The beta has arrived" in text_of(arrived)
    assert "hx-get" not in arrived.content.decode()  # nothing to wait for


def test_notes_are_shown_to_who_may_see_them(tess: Arrival, beta: Channel, nurses: TesterGroup) -> None:
    released(beta, "2.0.0")
    Release.objects.update(notes="**Faster** <script>")
    page = Client().get(me(tess)).content.decode()
    assert "<strong>Faster</strong> &lt;script&gt;" in page
    tester_group_change(group=nurses, actor=SYSTEM, sees_notes=False)
    assert "Faster" not in Client().get(me(tess)).content.decode()


def test_a_tester_switches_and_takes_back_a_device(tess: Arrival, beta: Channel, nurses: TesterGroup) -> None:
    nightly = channel_made(beta.app, "nightly", public=False)
    tester_group_change(group=nurses, actor=SYSTEM, channels=[beta, nightly], may_switch=True)
    device, client = enrolled(tess.tester), Client()
    client.post(me(tess, f"devices/{device.pk}/switch/"), {"channel": "nightly"})
    assert ChannelMember.objects.get().channel == nightly
    refused = client.post(me(tess, f"devices/{device.pk}/switch/"), {"channel": "production"})
    assert "isn't offered to you" in text_of(refused).replace("&#x27;", "'")
    client.post(me(tess, f"devices/{device.pk}/leave/"))
    assert not ChannelMember.objects.exists()


def test_feedback_reaches_the_team_where_it_is_taken(tess: Arrival, nurses: TesterGroup) -> None:
    client = Client()
    assert client.post(me(tess, "feedback/"), {"text": "It <works>.", "version": "2.0.0"}).status_code == 302
    kept = TesterFeedback.objects.get()
    assert (kept.tester, kept.text, kept.version) == (tess.tester, "It <works>.", "2.0.0")
    assert client.post(me(tess, "feedback/"), {"text": "x" * 2001}).status_code == 200
    tester_group_change(group=nurses, actor=SYSTEM, may_send_feedback=False)
    client.post(me(tess, "feedback/"), {"text": "Another."})
    assert TesterFeedback.objects.count() == 1
    assert "Tell the team" not in text_of(client.get(me(tess)))


def test_what_was_done_is_said_in_our_words_only(tess: Arrival) -> None:
    assert "Thank you" in text_of(Client().get(me(tess) + "?done=feedback"))
    assert "evil" not in text_of(Client().get(me(tess) + "?done=evil"))


def test_leaving_and_deleting_ask_first(tess: Arrival) -> None:
    client = Client()
    enrolled(tess.tester)
    assert "1 device of yours" in text_of(client.get(me(tess, "leave/")))
    assert Tester.objects.get().left_at is None
    client.post(me(tess, "leave/"))
    assert "You have left this beta" in text_of(client.get(me(tess)))
    assert not ChannelMember.objects.exists()
    client.post(me(tess, "delete/"))
    assert "will be deleted within a day" in text_of(client.get(me(tess)))


def test_a_beta_that_is_over_says_so(tess: Arrival, nurses: TesterGroup) -> None:
    tester_group_end(group=nurses, actor=SYSTEM)
    assert "This beta is over" in text_of(Client().get(me(tess)))
    assert "This beta is over" in text_of(Client().post(me(tess, "code/")))


def test_forms_and_pages_are_counted_by_network(tess: Arrival, settings: LazySettings) -> None:
    settings.BETA_ATTEMPTS_PER_MINUTE, settings.BETA_PAGES_PER_MINUTE = 1, 2
    client = Client()
    assert [client.get("/beta/me/guess/").status_code for _ in range(3)] == [410, 410, 429]
    assert [client.post(me(tess, "code/")).status_code for _ in range(2)] == [200, 429]
    assert 1 <= int(client.get(me(tess))["Retry-After"]) <= 60
    assert Client(REMOTE_ADDR="192.0.2.7").get(me(tess)).status_code == 200


def test_phones_learn_which_apps_open_our_links(beta: Channel) -> None:
    StorePresence.objects.create(
        app=beta.app,
        ios_team_id="ABCDE12345",
        ios_bundle_id="com.example.clinic",
        android_package="com.example.clinic",
        android_fingerprints=["AA:BB"],
    )
    apple = Client().get("/.well-known/apple-app-site-association")
    assert apple["Content-Type"] == "application/json"
    (detail,) = apple.json()["applinks"]["details"]
    assert detail["appIDs"] == ["ABCDE12345.com.example.clinic"]
    assert detail["components"][0]["/"] == "/beta/open/com.example.clinic/*"
    (statement,) = Client().get("/.well-known/assetlinks.json").json()
    assert statement["target"]["sha256_cert_fingerprints"] == ["AA:BB"]


def test_apps_that_say_nothing_of_stores_are_not_named(beta: Channel) -> None:
    StorePresence.objects.create(app=beta.app, ios_team_id="ABCDE12345", android_package="com.example.clinic")
    assert Client().get("/.well-known/apple-app-site-association").json() == {"applinks": {"details": []}}
    assert Client().get("/.well-known/assetlinks.json").json() == []


def test_a_channel_is_chosen_with_the_code(tess: Arrival, beta: Channel, nurses: TesterGroup) -> None:
    nightly = channel_made(beta.app, "nightly", public=False)
    other = group_made(nightly, name="Owls")
    other.memberships.create(tester=tess.tester, since=clock.now())
    page = Client().get(me(tess)).content.decode()
    assert '<option value="nightly">' in page
    assert join_code_make(tester=tess.tester, channel_name="nightly")
