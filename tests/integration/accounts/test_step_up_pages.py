"""A page that has an operation confirmed, as pages of keys do, asked over HTTP."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import Settings

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import StepUpRequiredError
from accounts.forms import StepUpForm
from accounts.models import StepUp, User
from accounts.services.api_tokens import api_token_issue
from accounts.views.pages import ConsoleRequest, console_page
from accounts.views.step_up import context_of, stepped_up
from releaseconsole import urls
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex
from releaseconsole.kernel.errors import ConsoleError
from tests.support.people import code_of, signed_in
from tests.support.shipping import APP_ID

STATE = {"kid": "k1", "state": "active"}
ADDRESS = "/console/keys/k1/revoke"


@console_page(Permission.KEY_OPERATE)
def revoke_page(request: ConsoleRequest) -> HttpResponse:
    operation = Operation("signing:key:revoke", STATE)
    form = StepUpForm(request.POST or None, operation=operation)
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponse(f"step-up {stepped_up(request, operation, form).pk}")
        except ConsoleError as error:
            form.add_error(None, error.message)
    return HttpResponse(render_to_string("accounts/part_step_up.html", {"form": form}, request))


urlpatterns = [path(ADDRESS.removeprefix("/"), revoke_page), *urls.urlpatterns]


@pytest.fixture(autouse=True)
def page(settings: Settings) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    before = dict(STATE)
    yield
    STATE.update(before)


def shown(client: Client) -> dict[str, str]:
    """Hidden fields of the page, as a browser would send them back."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', client.get(ADDRESS).content.decode()))


def confirm(client: Client, **fields: str) -> Any:
    return client.post(ADDRESS, fields)


def test_the_page_says_what_the_code_is_bound_to(kai: User) -> None:
    content = signed_in(kai).get(ADDRESS).content.decode()
    digest = Operation("signing:key:revoke", STATE).digest()
    assert "Confirm with a code from your authenticator app" in content
    assert f">{digest[:12]}</span>" in content
    assert 'autocomplete="one-time-code"' in content


def test_a_code_confirms_what_the_page_showed(kai: User) -> None:
    client = signed_in(kai)
    answer = confirm(client, **shown(client), code=code_of(kai))
    step_up = StepUp.objects.get()
    assert answer.content.decode() == f"step-up {step_up.pk}"
    assert step_up.user == kai
    assert step_up.context == sha256_hex(str(client.session.session_key).encode())


def test_what_moved_meanwhile_is_not_confirmed_and_uses_up_no_code(kai: User) -> None:
    client = signed_in(kai)
    looked_at, code = shown(client), code_of(kai)
    STATE["state"] = "suspended"
    answer = confirm(client, **looked_at, code=code)
    assert (
        "What you confirmed isn&#x27;t what would be done now; look at it again." in answer.content.decode()
    )
    assert Operation("signing:key:revoke", STATE).digest() in answer.content.decode()
    assert not StepUp.objects.exists()
    assert b"step-up " in confirm(client, **shown(client), code=code).content


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"code": "000000"}, id="wrong code"),
        pytest.param({"code": ""}, id="no code"),
        pytest.param({"code": "1234567"}, id="seven digits"),
        pytest.param({"digest": "0" * 64}, id="another operation"),
        pytest.param({"digest": "é"}, id="no digest at all"),
        pytest.param({"digest": ""}, id="empty digest"),
    ],
)
def test_anything_else_confirms_nothing(kai: User, fields: dict[str, str]) -> None:
    client = signed_in(kai)
    answer = confirm(client, **({**shown(client), "code": code_of(kai)} | fields))
    assert answer.status_code == 200
    assert not StepUp.objects.exists()


def test_a_second_browser_of_the_same_person_is_another_context(kai: User) -> None:
    contexts = []
    for ahead in range(2):
        client = signed_in(kai)
        confirm(client, **shown(client), code=code_of(kai))
        contexts.append(StepUp.objects.order_by("code_step")[ahead].context)
    assert len(set(contexts)) == 2


def test_without_a_session_there_is_no_context() -> None:
    request = RequestFactory().get(ADDRESS)
    request.session = SessionStore()
    with pytest.raises(StepUpRequiredError):
        context_of(request)


def test_who_may_not_operate_keys_sees_no_such_page(rita: User) -> None:
    assert signed_in(rita).get(ADDRESS).status_code == 403


def test_an_api_token_opens_no_page_on_which_one_could_confirm(rita: User) -> None:
    _, plain = api_token_issue(
        name="CI",
        app_id=APP_ID,
        permissions=[Permission.APP_VIEW],
        expires_at=clock.now() + timedelta(days=1),
        created_by=rita,
        actor=rita.actor,
    )
    machine = Client(headers={"Authorization": f"Bearer {plain}"})
    assert machine.get(ADDRESS).status_code == 302
    assert confirm(machine, code=code_of(rita), digest="0" * 64).status_code == 302
    assert not StepUp.objects.exists()


def test_error_reports_of_pages_leave_the_code_out(kai: User) -> None:
    request = signed_in(kai).get(ADDRESS).wsgi_request
    assert getattr(request, "sensitive_post_parameters", None) == ("code",)
