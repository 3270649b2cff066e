"""The public form: no account, the same answer for everybody, throttled, and Sec-GPC honoured and shown."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Letter, User
from compliance.desk.domain.request_states import Channel, Kind
from compliance.desk.domain.verification import Authority
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.requests import public_form, request_withdraw
from compliance.ledger.domain.events import Action, ActorKind
from tests.support.beta import beta_made, group_made, newly_joined
from tests.support.people import signed_in
from tests.support.privacy import NOBODY, day
from tests.support.shipping import app_made, recorded

pytestmark = pytest.mark.django_db

FIELDS = {"kind": "delete", "name": "Petra", "email": "petra@example.org"}


def send(client: Client, /, *, gpc: str = "", **changed: str) -> Any:
    return client.post("/privacy/", FIELDS | changed, headers={"Sec-GPC": gpc})


def told(answer: Any) -> str:
    """What the page says, without what is drawn anew for each request."""
    text = re.sub(r"PR-[A-Z2-7]{8}", "PR-…", answer.content.decode())
    return re.sub(r'value="\w{64}"', "", text)


def test_a_request_by_the_form_is_registered(client: Client) -> None:
    answer = send(client, device_id=" 8f0f2f4e ")
    request = PrivacyRequest.objects.get()
    assert request.reference in answer.content.decode()
    assert (request.asks, request.came_by) == (Kind.DELETE, Channel.FORM)
    assert request.contact_read().device_ids == ("8f0f2f4e",)
    assert recorded(Action.PRIVACY_RECEIVED)[0].actor_kind == ActorKind.ANONYMOUS.value
    assert "no-store" in answer.headers["Cache-Control"]


def test_everybody_gets_the_same_answer(client: Client) -> None:
    """Whether somebody is known here, or was asked for before, makes no difference."""
    newly_joined(group_made(beta_made()), "tess@example.com")
    answers = [
        send(client, email=email) for email in ("tess@example.com", "tess@example.com", "no@example.com")
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({told(answer) for answer in answers}) == 1
    assert PrivacyRequest.objects.count() == 2


def test_what_runs_already_is_noted_and_told_another_reference(client: Client, orla: User) -> None:
    """Else somebody could learn of a request, or its reference, by sending it anew."""
    with day(0):
        send(client)
    with day(3):
        again = send(client)
    request = PrivacyRequest.objects.get()
    (alias,) = re.findall(r"PR-[A-Z2-7]{8}", again.content.decode())
    assert alias != request.reference
    assert "19 March 2026" in again.content.decode()
    assert request.steps.get(step="repeated").note == alias
    assert recorded(Action.PRIVACY_REPEATED)[0].detail["told"] == alias
    found = signed_in(orla).post("/console/compliance/requests/", {"q": alias.lower()})
    assert [line.reference for line, _ in found.context["lines"]] == [request.reference]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"kind": "correct"}, id="another kind"),
        pytest.param({"statement": "And my ward."}, id="a word more"),
        pytest.param({"email": "paul@example.org"}, id="somebody else"),
        pytest.param({"kind": "opt_out", "email": "", "name": ""}, id="nobody"),
    ],
)
def test_what_says_anything_else_is_another_request(changed: dict[str, str], client: Client) -> None:
    send(client)
    for _ in range(2 if "" in changed.values() else 1):
        send(client, **changed)
    assert PrivacyRequest.objects.count() == (3 if "" in changed.values() else 2)


def test_what_was_answered_may_be_asked_again(client: Client) -> None:
    send(client)
    request_withdraw(request=PrivacyRequest.objects.get(), by=NOBODY)
    send(client)
    assert PrivacyRequest.objects.count() == 2


def test_what_is_answered_in_this_moment_is_another_request(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note would stand on what nobody looks at any more."""
    send(client)
    found = PrivacyRequest.objects.get()
    monkeypatch.setattr(public_form, "_running_same", lambda _: found)
    request_withdraw(request=found, by=NOBODY)
    send(client)
    assert PrivacyRequest.objects.count() == 2
    assert not recorded(Action.PRIVACY_REPEATED)


def test_the_form_takes_no_more_in_an_hour_than_it_may_and_says_so_once(
    client: Client, settings: Settings, orla: User
) -> None:
    settings.PRIVACY_FORMS_PER_HOUR = 2
    answers = [send(client, email=f"{number}@example.org") for number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert PrivacyRequest.objects.count() == 2
    assert recorded(Action.PRIVACY_FORM_FULL)[0].detail == {"most": 2}
    assert Letter.objects.get().person == orla


def test_the_form_sends_no_letter(client: Client) -> None:
    """Else anybody could have letters sent to anybody."""
    send(client)
    assert not Letter.objects.filter(address=FIELDS["email"]).exists()


def test_a_form_of_another_site_is_refused() -> None:
    answer = send(Client(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert not PrivacyRequest.objects.exists()


def test_too_many_from_one_network_wait(client: Client, settings: Settings) -> None:
    settings.BETA_ATTEMPTS_PER_MINUTE = 2
    assert [send(client).status_code for _ in range(3)] == [200, 200, 429]
    assert PrivacyRequest.objects.count() == 1
    assert int(send(client).headers["Retry-After"]) > 0


@pytest.mark.parametrize("counted", ["attempt_count", "form_receive"])
def test_without_a_count_nothing_is_taken(
    counted: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compliance.desk.views import privacy
    from updates.errors import AttemptsUncountedError

    def uncounted(*_: object, **__: object) -> None:
        raise AttemptsUncountedError

    monkeypatch.setattr(privacy, counted, uncounted)
    assert send(client).status_code == 503
    assert not PrivacyRequest.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        pytest.param({"kind": "forget"}, "kind", id="an unknown kind"),
        pytest.param({"kind": ""}, "kind", id="no kind"),
        pytest.param({"email": ""}, "email", id="no address for an answer"),
        pytest.param({"email": "petra"}, "email", id="not an address"),
        pytest.param({"name": "Petra\nBcc: all"}, "name", id="a line end in a name"),
        pytest.param({"name": "Ann, log in at https://evil.example"}, "name", id="a link in a name"),
        pytest.param({"name": "www.evil.example"}, "name", id="a page in a name"),
        pytest.param({"name": "ann@evil.example"}, "name", id="an address in a name"),
        pytest.param(
            {"agent_name": "evil.example/x", "authority": "signed_permission"}, "agent_name", id="an agent's"
        ),
        pytest.param({"kind": "know"}, "scope", id="to know, but not what"),
        pytest.param({"authority": "signed_permission"}, "agent_name", id="an agent without a name"),
        pytest.param({"agent_name": "Rights Ltd"}, "authority", id="an agent without authority"),
        pytest.param(
            {"authority": "signed_permission", "agent_name": "Rights Ltd"},
            "agent_email",
            id="no agent's address",
        ),
        pytest.param({"statement": "x" * 4001}, "statement", id="too long"),
    ],
)
def test_what_the_form_does_not_take(changed: dict[str, str], field: str, client: Client) -> None:
    answer = send(client, **changed)
    assert field in answer.context["form"].errors
    assert not PrivacyRequest.objects.exists()


@pytest.mark.parametrize("kind", ["opt_out", "limit"])
def test_to_opt_out_nobody_has_to_say_who_they_are(kind: str, client: Client) -> None:
    assert send(client, kind=kind, name="", email="").status_code == 200
    assert PrivacyRequest.objects.get().ack_due is None


@pytest.mark.parametrize("said", ["com.example.clinic", "the clinic of Dr Who"])
def test_only_the_id_of_a_real_app_leaves_the_seal(said: str, client: Client) -> None:
    app = app_made("com.example.clinic")
    send(client, app_id=said)
    request = PrivacyRequest.objects.get()
    assert request.app_id == (said if said == app.pk else "")
    assert request.contact_read().app == said
    assert recorded(Action.PRIVACY_RECEIVED)[0].app_id == request.app_id


def test_an_agent_asks_for_somebody(client: Client) -> None:
    send(client, authority="power_of_attorney", agent_name="Rights Ltd", agent_email="agent@example.net")
    request = PrivacyRequest.objects.get()
    assert request.speaks_by is Authority.POWER_OF_ATTORNEY
    assert request.contact_read().letter_address == "agent@example.net"


def test_the_signal_is_honoured_shown_and_kept(client: Client) -> None:
    answer = client.get("/privacy/", headers={"Sec-GPC": "1"})
    assert "Opt-out honoured" in answer.content.decode()
    assert "Sec-GPC" in answer.headers["Vary"]
    send(client, gpc="1")
    assert PrivacyRequest.objects.get().signals_gpc is True


@pytest.mark.parametrize("value", ["", "0", "true", "11"])
def test_another_value_is_no_signal(value: str, client: Client) -> None:
    assert "Opt-out honoured" not in client.get("/privacy/", headers={"Sec-GPC": value}).content.decode()
    send(client, gpc=value)
    assert PrivacyRequest.objects.get().signals_gpc is False


def test_the_site_says_that_it_honours_the_signal(client: Client) -> None:
    assert client.get("/.well-known/gpc.json").json()["gpc"] is True


def test_the_page_takes_no_other_method(client: Client) -> None:
    assert client.delete("/privacy/").status_code == 405
    assert client.post("/.well-known/gpc.json").status_code == 405
