"""Pages that show keys: all of them, those of an app, one."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.domain.engagements import Report
from accounts.domain.roles import Role
from accounts.models import User
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel.encoding import b64url_encode
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import DocumentType, KeyUsage, SigningKey, TokenProfile, TrustDocument
from signing.selectors.overview import keys_shown
from signing.services import app_keys_ensure
from signing.services.keys import keys_reconcile
from tests.integration.signing.conftest import CLINIC, signs
from tests.support.actors import engaged
from tests.support.people import signed_in

LIST = "/console/keys/"
NO_KEYS = b64url_encode(b'{"keys":[]}')


@pytest.fixture
def auditor(audra: User) -> Client:
    return signed_in(audra)


@pytest.fixture
def keys(clinic: str, console: None, now: datetime) -> list[SigningKey]:
    """All keys of an app that has all of its first ones, and of the console."""
    keys_reconcile(now=now)
    return list(SigningKey.objects.all())


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return re.sub(r"\s+", " ", answer.content.decode())


def address(key: SigningKey) -> str:
    return reverse("signing:key", args=[key.app_id or "console", key.pk])


def test_a_console_without_apps_says_how_one_gets_keys(console: None, auditor: Client, kai: User) -> None:
    text = page(auditor, LIST)
    assert "No app has keys yet" in text
    assert "The console itself" in text
    assert "Create an app" not in text  # an auditor can't


def test_the_list_names_app_algorithm_state_and_rotation(keys: list[SigningKey], auditor: Client) -> None:
    text = page(auditor, LIST)
    for words in (CLINIC, "The console itself", "ES256", "HS256", "signs", "in 29 days", "ready", "never"):
        assert words in text


def test_the_list_finds_an_app_by_a_part_of_its_id(clinic: str, auditor: Client, now: datetime) -> None:
    app_keys_ensure(app_id="org.example.pharmacy", actor=SYSTEM, now=now)
    text = page(auditor, f"{LIST}?q=PHARM")
    assert "org.example.pharmacy" in text
    assert CLINIC not in text
    assert "No app matches" in page(auditor, f"{LIST}?q=nothing")


def test_the_list_costs_the_same_however_many_apps_there_are(
    clinic: str,
    console: None,
    auditor: Client,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with CaptureQueriesContext(connection) as for_one:
        page(auditor, LIST)
    for number in range(12):
        app_keys_ensure(app_id=f"com.example.app{number}", actor=SYSTEM, now=now)
    with django_assert_num_queries(len(for_one)):
        assert "com.example.app11" in page(auditor, LIST)


def test_an_app_that_cannot_sign_is_named_here_and_on_the_start_page(
    keys: list[SigningKey], auditor: Client
) -> None:
    active = signs(CLINIC)
    SigningKey.objects.filter(app_id=CLINIC, purpose=KeyPurpose.RELEASE_TOKEN).update(
        state=KeyState.SUSPENDED, suspended_at=active.activated_at
    )
    assert "can't sign" in page(auditor, LIST)
    for path in (f"{LIST}{CLINIC}/", "/console/"):
        assert "Release tokens: no key can sign." in page(auditor, path)


def test_a_key_past_its_time_cannot_sign(keys: list[SigningKey], auditor: Client, now: datetime) -> None:
    with time_machine.travel(now + timedelta(days=38), tick=False):
        client = signed_in(User.objects.get(email="audra@example.com"))
        assert "Release tokens: no key can sign." in page(client, f"{LIST}{CLINIC}/")


def test_a_key_that_cannot_be_made_says_why(keys: list[SigningKey], auditor: Client) -> None:
    SigningKey.objects.filter(app_id=CLINIC, state=KeyState.PREPUBLISHED).delete()
    SigningKey.objects.create(
        purpose=KeyPurpose.RELEASE_TOKEN,
        app_id=CLINIC,
        algorithm="ES256",
        epoch=9,
        state=KeyState.GENERATING,
        backend="local",
        failure="The HSM doesn't answer.",
    )
    assert "next key fails" in page(auditor, LIST)
    assert "The HSM doesn&#x27;t answer." in page(auditor, f"{LIST}{CLINIC}/")
    assert "The HSM doesn&#x27;t answer." in page(auditor, "/console/")
    making = SigningKey.objects.get(state=KeyState.GENERATING)
    assert "The HSM doesn&#x27;t answer." in page(auditor, address(making))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param(DocumentType.TRUST, "trust bundle old", id="trust bundle"),
        pytest.param(DocumentType.DELEGATION, "delegation ends", id="delegation"),
    ],
)
def test_a_document_of_trust_that_ends_soon_is_something_to_look_at(
    kind: DocumentType, words: str, keys: list[SigningKey], auditor: Client, now: datetime
) -> None:
    TrustDocument.objects.filter(document_type=kind).delete()
    TrustDocument.objects.create(
        app_id=CLINIC,
        document_type=kind,
        version=7,
        signed=f"x.{NO_KEYS}.x",
        signer_kid="k",
        content_sha256="0" * 64,
        signed_at=now - timedelta(hours=23),
        expires_at=now + timedelta(hours=1),
    )
    assert words in page(auditor, LIST)
    assert "version 7" in page(auditor, f"{LIST}{CLINIC}/")


def test_the_page_of_an_app_draws_every_purpose(keys: list[SigningKey], auditor: Client) -> None:
    text = page(auditor, f"{LIST}{CLINIC}/")
    for title in ("Release tokens", "Trust bundle", "Root", "Chain of trust", "Token profile"):
        assert f">{title}</h2>" in text
    assert text.count('<figure class="rc-timeline">') == 3
    assert "The root of this app is online" in text
    assert "style=" not in text.partition("<main")[2]


def test_the_rule_is_said_in_words(keys: list[SigningKey], auditor: Client, now: datetime) -> None:
    assert "on every client can have it" in page(auditor, f"{LIST}{CLINIC}/")
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        client = signed_in(User.objects.get(email="audra@example.com"))
        assert "longer than any client caches (66 minutes)" in page(client, f"{LIST}{CLINIC}/")


def test_a_long_history_is_cut_unless_asked_for(
    keys: list[SigningKey], auditor: Client, now: datetime
) -> None:
    for number in range(20):
        SigningKey.objects.create(
            purpose=KeyPurpose.RELEASE_TOKEN,
            app_id=CLINIC,
            algorithm="ES256",
            epoch=100 + number,
            kid=f"old-{number}",
            public_jwk={},
            state=KeyState.RETIRED,
            backend="local",
            published_at=now,
            activated_at=now,
            deactivated_at=now,
            retired_at=now,
            private_destroyed_at=now,
        )
    text = page(auditor, f"{LIST}{CLINIC}/")
    assert "All 22 keys" in text
    assert page(auditor, f"{LIST}{CLINIC}/?all").count("retired") > text.count("retired")


def test_an_app_with_an_offline_root_has_no_warning(clinic: str, auditor: Client, now: datetime) -> None:
    SigningKey.objects.create(
        purpose=KeyPurpose.ROOT,
        app_id=CLINIC,
        algorithm="ES256",
        epoch=1,
        kid="root",
        public_jwk={},
        state=KeyState.ACTIVE,
        backend="offline",
        published_at=now,
        activated_at=now,
    )
    TokenProfile.objects.update(root_is_offline=True)
    text = page(auditor, f"{LIST}{CLINIC}/")
    assert "is online" not in text
    assert "offline" in text


def test_the_page_of_a_key_shows_its_public_half_and_where_the_private_one_lives(
    keys: list[SigningKey], auditor: Client
) -> None:
    for key in keys:
        text = page(auditor, address(key))
        assert key.key_id in text
        assert "sealed under the KEK" in text
        assert key.sealed_private not in text
        assert key.sealed_private.split(".")[2][:20] not in text
        if key.public_jwk:
            assert key.public_jwk["x"] in text
        else:
            assert "Whoever can verify with it can also sign" in text


def test_the_page_of_a_key_tells_its_use_and_its_story(
    keys: list[SigningKey], auditor: Client, now: datetime
) -> None:
    key = signs(CLINIC)
    KeyUsage.objects.create(key=key, issued=12_345, verified=678, last_issued_at=now)
    text = page(auditor, address(key))
    for words in (
        "12,345",
        "678",
        "just now",
        "made a signing key",
        "activated a signing key",
        "The console",
    ):
        assert words in text
    assert "active in NIST SP 800-57" in text


def test_who_may_only_look_is_offered_no_operation(
    keys: list[SigningKey], auditor: Client, kai: User
) -> None:
    looked = page(auditor, address(signs(CLINIC))).partition("<main")[2]
    assert "Rotate now" not in looked
    assert "Revoke" not in looked
    operated = page(signed_in(kai), address(signs(CLINIC))).partition("<main")[2]
    for button in ("Rotate now", "Suspend", "Revoke"):
        assert button in operated
    assert "Resume" not in operated


def test_the_side_bar_leads_here(keys: list[SigningKey], auditor: Client, rita: User) -> None:
    assert 'href="/console/keys/"' in page(auditor, "/console/")
    assert 'href="/console/keys/"' not in page(signed_in(rita), "/console/")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"{LIST}com.example.none/", id="app"),
        pytest.param(f"{LIST}{CLINIC}/00000000-0000-4000-8000-000000000000/", id="key"),
        pytest.param(f"{LIST}console/00000000-0000-4000-8000-000000000000/", id="console's key"),
        pytest.param(f"{LIST}com.example.none/import/", id="import"),
    ],
)
def test_what_does_not_exist_is_a_404(path: str, keys: list[SigningKey], kai: User) -> None:
    assert signed_in(kai).get(path).status_code == 404


def test_a_key_is_found_under_its_own_app_only(keys: list[SigningKey], auditor: Client) -> None:
    key = signs(CLINIC)
    assert auditor.get(reverse("signing:key", args=["console", key.pk])).status_code == 404


def test_the_start_page_is_quiet_when_all_is_well(
    keys: list[SigningKey], auditor: Client, rita: User
) -> None:
    assert "Every app can sign. The next rotation is on" in page(auditor, "/console/")
    assert "Every app can sign" not in page(signed_in(rita), "/console/")


def test_who_reads_the_keys_for_an_engagement_reads_no_audit_log(
    auditor: Client, olaf: User, keys: list[SigningKey]
) -> None:
    olaf.groups.add(Group.objects.get(name=Role.EXTERNAL_AUDITOR.value))
    engaged(olaf, Report.KEYS_OVERVIEW)
    key = keys_shown().filter(app_id=CLINIC)[0]
    path = f"{LIST}{CLINIC}/{key.pk}/"
    assert "On the audit log" in page(auditor, path)
    assert "On the audit log" not in page(signed_in(olaf), path)
