"""Registering a trusted publisher with a fresh code, what to paste, and removing it."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.domain.publishers import PublisherKind
from accounts.models import StepUp, TrustedPublisher, User
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.people import code_of, signed_in
from tests.support.shipping import APP_ID, app_made, channel_made, recorded

LIST = f"/console/apps/{APP_ID}/publishers/"
GITHUB = "https://token.actions.githubusercontent.com"
FILLED = {
    "issuer": GITHUB,
    "owner": "clinic",
    "repository": "app",
    "workflow": "release.yml",
    "environment": "production",
    "channels": ["production"],
}


@pytest.fixture(autouse=True)
def clinic(db: None) -> None:
    channel_made(app_made())


@pytest.fixture
def browser(rita: User) -> Client:
    return signed_in(rita)


def address(kind: str = "github", **changed: Any) -> str:
    filled = {name: value for name, value in (FILLED | changed).items() if value is not ...}
    return f"{LIST}{kind}/register/?{urlencode(filled, doseq=True)}"


def shown(page: Any) -> str:
    return str(page.content.decode())


def confirm(browser: Client, rita: User, url: str, **changed: str) -> Any:
    page = shown(browser.get(url))
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest is not None, page
    return browser.post(url, {"digest": digest[1], "code": code_of(rita)} | changed)


def test_a_publisher_is_registered_with_a_code_and_its_page_says_what_to_paste(
    browser: Client, rita: User
) -> None:
    answer = confirm(browser, rita, address())
    publisher = TrustedPublisher.objects.get()
    assert answer["Location"] == f"{LIST}{publisher.pk}/"
    assert (publisher.terms.path, publisher.channels) == ("clinic/app", ["production"])
    page = shown(browser.get(answer["Location"]))
    assert "id-token: write" in page
    assert "environment: &quot;production&quot;" in page
    (event,) = recorded(Action.PUBLISHER_REGISTERED)
    assert (event.actor_id, event.app_id, event.object_id) == (str(rita.pk), APP_ID, str(publisher.pk))
    assert event.detail["permissions"] == ["app_view", "bundle_upload", "release_publish"]
    assert "clinic/app" in shown(browser.get(LIST))


def test_gitlab_has_words_of_its_own(browser: Client, rita: User) -> None:
    assert "Namespace" in shown(browser.get(f"{LIST}gitlab/register/"))
    url = address("gitlab", issuer="https://gitlab.com", owner="clinic/mobile", workflow=".gitlab-ci.yml")
    answer = confirm(browser, rita, url)
    assert TrustedPublisher.objects.get().kind == PublisherKind.GITLAB
    assert "id_tokens:" in shown(browser.get(answer["Location"]))


def test_without_a_good_code_nothing_is_registered(browser: Client, rita: User) -> None:
    page = shown(confirm(browser, rita, address(), code="000000"))
    assert "The code didn&#x27;t match" in page
    assert not TrustedPublisher.objects.exists()


def test_what_was_confirmed_is_what_is_registered_or_nothing_is(browser: Client, rita: User) -> None:
    digest = re.search(r'name="digest" value="(\w+)"', shown(browser.get(address())))
    assert digest is not None
    page = browser.post(address(owner="evil"), {"digest": digest[1], "code": code_of(rita)})
    assert "look at it again" in shown(page)
    assert not TrustedPublisher.objects.exists()
    assert not StepUp.objects.exists()


WRONG = [
    pytest.param({"owner": "a/b"}, "This owner can", id="owner"),
    pytest.param({"owner": ...}, "This field is required", id="no owner"),
    pytest.param({"workflow": ".github/workflows/x.yml"}, "This workflow", id="a whole path"),
    pytest.param({"ref": "main"}, "A ref is", id="ref"),
    pytest.param({"issuer": "https://evil.example"}, "Select a valid choice", id="issuer"),
    pytest.param({"issuer": "https://gitlab.com"}, "Select a valid choice", id="issuer of the other kind"),
    pytest.param({"environment": ...}, "pushes any branch could publish", id="publishing from anywhere"),
    pytest.param({"channels": ["secret"]}, "Select a valid choice", id="channel"),
]


@pytest.mark.parametrize(("changed", "said"), WRONG)
def test_terms_that_cant_be_are_told_at_the_form(browser: Client, changed: dict[str, Any], said: str) -> None:
    page = shown(browser.get(address(**changed)))
    assert said in page
    assert 'name="digest"' not in page


def test_another_kind_of_ci_isnt_known(browser: Client) -> None:
    assert browser.get(f"{LIST}jenkins/register/").status_code == 404


def test_the_same_publisher_is_registered_once_whatever_its_case(browser: Client, rita: User) -> None:
    confirm(browser, rita, address())
    page = shown(confirm(browser, rita, address(owner="Clinic", repository="APP")))
    assert "is registered already" in page
    assert TrustedPublisher.objects.count() == 1


def test_the_database_has_the_last_word_on_that_and_forgets_removed_ones(rita: User) -> None:
    fields = {"app_id": APP_ID, "kind": "github", "issuer": GITHUB, "workflow": "release.yml"}
    first = TrustedPublisher(**fields, owner="a", repository="b", created_by=rita, created_at=clock.now())
    first.save()
    again = TrustedPublisher(**fields, owner="A", repository="B", created_by=rita, created_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    first.removed_at = clock.now()
    first.save()
    again.save()
    unknown = TrustedPublisher(**fields | {"kind": "x"}, owner="c", created_by=rita, created_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        unknown.save()


def test_who_may_not_publish_registers_nobody_who_would(ada: User) -> None:
    page = shown(confirm(signed_in(ada), ada, address()))
    assert "You can&#x27;t pass on bundle_upload" in page
    assert not TrustedPublisher.objects.exists()


def test_a_removed_publisher_is_gone_at_once(browser: Client, rita: User) -> None:
    confirm(browser, rita, address())
    pk = TrustedPublisher.objects.get().pk
    for _ in range(2):
        assert browser.post(f"{LIST}{pk}/remove/")["Location"] == LIST
    assert "clinic/app" not in shown(browser.get(LIST)).split("Publishers of")[1]
    assert browser.get(f"{LIST}{pk}/").status_code == 404
    assert len(recorded(Action.PUBLISHER_REMOVED)) == 1


def test_a_publisher_of_another_app_cant_be_removed_here(browser: Client, rita: User) -> None:
    app_made("com.example.other")
    confirm(browser, rita, address())
    pk = TrustedPublisher.objects.get().pk
    assert browser.get(f"/console/apps/com.example.other/publishers/{pk}/").status_code == 404
    page = browser.post(f"/console/apps/com.example.other/publishers/{pk}/remove/", follow=True)
    assert "There is no such publisher" in shown(page)
    assert TrustedPublisher.objects.get().removed_at is None
