"""From a verified request to its answer: dry run, erasure, receipt; or the package of what is held."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.errors import StepUpRequiredError
from accounts.models import User
from compliance.desk.domain.request_states import Kind, Scope
from compliance.desk.domain.verification import Method
from compliance.desk.errors import NotVerifiedError, RequestStateError
from compliance.desk.models import ErasureRun, PrivacyLetter, PrivacyRequest
from compliance.desk.services.erasure import erasure_run_through
from compliance.desk.services.handling import (
    erase_operation,
    request_erase,
    request_plan,
    subject_of,
)
from compliance.desk.services.package_taking import package_operation, package_take
from compliance.desk.services.requests import (
    request_acknowledge,
    request_deny,
    request_verify,
    request_withdraw,
)
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.confirming import confirmed
from tests.support.people import code_of, signed_in
from tests.support.privacy import NOBODY, PERSON, asked, verified
from tests.support.shipping import app_made, recorded
from updates.models import Device

REQUESTS = "/console/compliance/requests/"

pytestmark = pytest.mark.usefixtures("nothing_else")


@pytest.fixture
def deletion(db: None) -> PrivacyRequest:
    """Of somebody with a device, who has proved who they are."""
    now = clock.now()
    Device.objects.create(app=app_made(), device_id=PERSON.device_ids[0], first_seen_at=now, last_seen_at=now)
    return verified(request_acknowledge(request=asked(), by=NOBODY))


def acted(client: Client, request: PrivacyRequest, act: str) -> Any:
    return client.post(f"{REQUESTS}{request.reference}/erasure/", {"act": act}, follow=True)


def erased(client: Client, request: PrivacyRequest, code: str) -> Any:
    """Confirm what the dry run showed."""
    shown = acted(client, request, "plan").context["proof"].bound_to
    sent = {"act": "erase", "digest": shown, "code": code}
    return client.post(f"{REQUESTS}{request.reference}/erasure/", sent, follow=True)


def buttons(client: Client, request: PrivacyRequest) -> dict[str, bool]:
    answer = client.get(f"{REQUESTS}{request.reference}/")
    return {step.name: step.is_usual for step in answer.context["next_steps"]}


def test_a_deletion_leads_from_the_dry_run_to_the_signed_receipt(
    orla: User, deletion: PrivacyRequest, tmp_path: Path
) -> None:
    client = signed_in(orla)
    assert buttons(client, deletion)["erasure"]
    dry = acted(client, deletion, "plan")
    assert {line.place: line.count for line in dry.context["lines"]} == {
        "desk_privacyrequest": 1,
        "updates_device": 1,
    }
    assert Device.objects.exists()
    assert recorded(Action.ERASURE_PLANNED)

    erased(client, deletion, code_of(orla))
    assert not buttons(client, deletion).keys() & {"complete", "deny", "withdraw"}
    with pytest.raises(RequestStateError):
        request_deny(request=deletion, bases=[], explanation="", by=NOBODY)
    run = erasure_run_through(ErasureRun.objects.get())
    assert (run.state, Device.objects.count()) == ("done", 0)
    page = client.get(f"{REQUESTS}{deletion.reference}/erasure/", headers={"HX-Request": "true"})
    assert page.headers["HX-Refresh"] == "true"

    assert buttons(client, deletion)["complete"]
    client.post(f"{REQUESTS}{deletion.reference}/complete/", {"bases": [], "explanation": ""})
    deletion.refresh_from_db()
    assert (deletion.outcome, deletion.result) == ("complete", {"devices": 1})
    assert [step.step for step in deletion.steps.all()][-4:] == [
        "planned",
        "erasing",
        "erasure_done",
        "completed",
    ]
    letter = PrivacyLetter.objects.get(kind="complete").letter_read().body
    assert "- Devices: 1" in letter
    (address,) = (line for line in letter.splitlines() if "/privacy/receipts/" in line)
    path = "/" + address.strip().partition("://")[2].partition("/")[2]
    assert "updates_device" in Client().get(path).content.decode()
    for name in ("receipt.json", "audit-log-keys.pem", "verify_receipt.py", "verify_entry.py"):
        (tmp_path / name).write_bytes(Client().get(f"{path}{name}").content)
    assert _checked(tmp_path).returncode == 0
    receipt = (tmp_path / "receipt.json").read_text()
    assert not any(each in receipt for each in (PERSON.email, PERSON.device_ids[0], PERSON.custom_id))

    (tmp_path / "receipt.json").write_text(receipt.replace('updates_device\\": 1', 'updates_device\\": 2'))
    refused = _checked(tmp_path)
    assert (refused.returncode, "the statement isn't the one" in refused.stdout) == (1, True)
    assert Client().get(f"{path}settings.py").status_code == 404
    assert Client().get(path.replace(path.split("/")[-2], "0" * 32)).status_code == 404


def _checked(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "verify_receipt.py", "receipt.json", "audit-log-keys.pem"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_nobody_is_erased_twice_at_once(deletion: PrivacyRequest, orla: User, by_orla: Doer) -> None:
    begins = erase_operation(request=deletion, user=orla)
    request_erase(request=deletion, by=by_orla, step_up=confirmed(orla, begins))
    with pytest.raises(RequestStateError):
        request_erase(request=deletion, by=by_orla, step_up=confirmed(orla, begins))


def test_nobody_is_erased_or_told_of_without_a_fresh_confirmation(
    orla: User, audra: User, deletion: PrivacyRequest, by_orla: Doer
) -> None:
    """A session that somebody left open, or stole, must neither destroy nor take away."""
    page = erased(signed_in(orla), deletion, "000000")
    assert "rc-alert-bad" in page.content.decode()
    assert page.context["plan"]
    others = confirmed(audra, erase_operation(request=deletion, user=audra))
    for step_up in (None, others, confirmed(orla, package_operation(request=deletion, user=orla))):
        with pytest.raises(StepUpRequiredError):
            request_erase(request=deletion, by=by_orla, step_up=step_up)
    assert not ErasureRun.objects.exists()
    question = request_acknowledge(request=asked(Kind.KNOW, scope=Scope.SPECIFIC), by=NOBODY)
    question = _proved(question, Method.THREE_POINTS, by_orla)
    with pytest.raises(StepUpRequiredError):
        package_take(request=question, by=by_orla)
    assert not recorded(Action.PRIVACY_PACKAGE_TAKEN)


def test_a_stuck_erasure_goes_on_when_somebody_says_so(orla: User, deletion: PrivacyRequest) -> None:
    client = signed_in(orla)
    erased(client, deletion, code_of(orla))
    assert "No erasure of this request is stuck." in acted(client, deletion, "resume").content.decode()
    ErasureRun.objects.update(state="stuck", error="still found in var/log (1)")
    assert "still found in var/log" in client.get(f"{REQUESTS}{deletion.reference}/").content.decode()
    acted(client, deletion, "resume")
    assert erasure_run_through(ErasureRun.objects.get()).state == "done"


@pytest.mark.parametrize("kind", list(Kind))
def test_only_a_verified_deletion_erases_and_only_a_verified_question_is_told(
    by_orla: Doer, kind: Kind, db: None
) -> None:
    scope = Scope.SPECIFIC if kind is Kind.KNOW else Scope.NONE
    request = asked(kind, scope=scope)
    erases = NotVerifiedError if kind is Kind.DELETE else RequestStateError
    for service in (request_plan, request_erase):
        with pytest.raises(erases):
            service(request=request, by=by_orla)
    with pytest.raises(NotVerifiedError if kind is Kind.KNOW else RequestStateError):
        package_take(request=request, by=by_orla)


@pytest.mark.parametrize(
    ("scope", "method", "tells"),
    [
        pytest.param(Scope.SPECIFIC, Method.THREE_POINTS, True, id="pieces"),
        pytest.param(Scope.CATEGORIES, Method.TWO_POINTS, False, id="categories only"),
    ],
)
def test_a_question_is_answered_with_the_package(
    orla: User, by_orla: Doer, *, scope: Scope, method: Method, tells: bool
) -> None:
    app = app_made()
    now = clock.now()
    Device.objects.create(app=app, device_id=PERSON.device_ids[0], first_seen_at=now, last_seen_at=now)
    request = request_acknowledge(request=asked(Kind.KNOW, scope=scope), by=by_orla)
    request = _proved(request, method, by_orla)
    client = signed_in(orla)
    assert buttons(client, request)["package"]
    assert client.get(f"{REQUESTS}{request.reference}/package/").status_code == 200
    shown = client.get(f"{REQUESTS}{request.reference}/package/").context["proof"].bound_to
    sent = {"digest": shown, "code": code_of(orla)}
    answer = client.post(f"{REQUESTS}{request.reference}/package/", sent)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        told = json.loads(archive.read(f"{request.reference}.json"))
        assert (PERSON.device_ids[0] in archive.read(f"{request.reference}.html").decode()) is tells
    rows = next(each["rows"] for each in told["holders"] if each["name"] == "devices")
    assert (rows[0].get("device_id") == PERSON.device_ids[0]) is tells
    assert len(rows) == 1
    assert buttons(client, request)["complete"]
    assert recorded(Action.PRIVACY_PACKAGE_TAKEN)[0].detail["categories"] is not tells


def _proved(request: PrivacyRequest, method: Method, by: Doer) -> PrivacyRequest:
    return request_verify(request=request, method=method, proved=request.subjects.all(), by=by)


def test_a_user_name_means_something_within_its_app_only(db: None) -> None:
    app = app_made()
    loose, bound = subject_of(verified(asked())), subject_of(verified(asked(app_id=app.pk)))
    assert (loose.custom_ids, len(loose.devices), len(bound.custom_ids)) == (frozenset(), 1, 1)
    with pytest.raises(RequestStateError):
        request_erase(request=_withdrawn(), by=NOBODY)


def _withdrawn() -> PrivacyRequest:
    return request_withdraw(request=asked(contact=replace(PERSON, name="")), by=NOBODY)
