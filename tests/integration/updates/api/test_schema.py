"""The OpenAPI document, and the page that shows it."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.api.urls import urlpatterns as accounts_urlpatterns
from compliance.desk.api.urls import urlpatterns as desk_urlpatterns
from signing.api.urls import urlpatterns as signing_urlpatterns
from updates.api.urls import urlpatterns

_WEBHOOK = "/api/v1/apps/{app_id}/webhooks/{webhook_id}"
OPERATIONS = {
    ("get", "/api/v1/apps"): "apps_list",
    ("get", "/api/v1/audit/events"): "audit_events_follow",
    ("get", "/api/v1/audit/checkpoint"): "audit_checkpoint_read",
    ("get", "/api/v1/audit/proof/{sequence}"): "audit_proof_read",
    ("get", "/api/v1/audit/consistency"): "audit_consistency_read",
    ("get", "/api/v1/apps/{app_id}"): "app_read",
    ("patch", "/api/v1/apps/{app_id}"): "app_change",
    ("get", "/api/v1/apps/{app_id}/bundles"): "bundles_list",
    ("post", "/api/v1/apps/{app_id}/bundles"): "bundle_upload",
    ("get", "/api/v1/apps/{app_id}/native-builds"): "native_builds_list",
    ("post", "/api/v1/apps/{app_id}/native-builds"): "native_build_register",
    ("get", "/api/v1/apps/{app_id}/channels"): "channels_list",
    ("get", "/api/v1/apps/{app_id}/channels/{channel}"): "channel_read",
    ("post", "/api/v1/apps/{app_id}/shutoff"): "app_shut_off",
    ("post", "/api/v1/apps/{app_id}/releases"): "release_publish_by_default",
    ("post", "/api/v1/apps/{app_id}/channels"): "channel_create",
    ("patch", "/api/v1/apps/{app_id}/channels/{channel}"): "channel_change",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/pause"): "channel_pause",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/resume"): "channel_resume",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/shutoff"): "channel_shut_off",
    ("get", "/api/v1/apps/{app_id}/channels/{channel}/freezes"): "freezes_list",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/freezes"): "freeze_add",
    ("delete", "/api/v1/apps/{app_id}/channels/{channel}/freezes/{freeze_id}"): "freeze_remove",
    ("get", "/api/v1/apps/{app_id}/channels/{channel}/releases"): "releases_list",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/releases"): "release_publish",
    ("get", "/api/v1/apps/{app_id}/channels/{channel}/releases/{release_seq}"): "release_read",
    ("get", "/api/v1/apps/{app_id}/channels/{channel}/releases/{release_seq}/receipt"): "release_receipt",
    ("patch", "/api/v1/apps/{app_id}/channels/{channel}/releases/{release_seq}"): "release_change",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/releases/{release_seq}/submit"): "release_submit",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/releases/{release_seq}/pause"): "release_pause",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/releases/{release_seq}/resume"): "release_resume",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/releases/{release_seq}/discard"): "release_discard",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/releases/{release_seq}/promote"): "release_promote",
    ("post", "/api/v1/apps/{app_id}/channels/{channel}/rollback"): "channel_roll_back",
    ("get", "/api/v1/apps/{app_id}/previews"): "previews_list",
    ("post", "/api/v1/apps/{app_id}/previews"): "preview_open",
    ("post", "/api/v1/apps/{app_id}/previews/{channel}/end"): "preview_end",
    ("get", "/api/v1/apps/{app_id}/tester-groups"): "tester_groups_list",
    ("post", "/api/v1/apps/{app_id}/tester-groups"): "tester_group_create",
    ("get", "/api/v1/apps/{app_id}/tester-groups/{group_id}"): "tester_group_read",
    ("post", "/api/v1/apps/{app_id}/tester-groups/{group_id}/invites"): "tester_invite",
    ("post", "/api/v1/apps/{app_id}/tester-groups/{group_id}/links"): "tester_link_make",
    ("get", "/api/v1/apps/{app_id}/webhooks"): "webhooks_list",
    ("post", "/api/v1/apps/{app_id}/webhooks"): "webhook_add",
    ("get", _WEBHOOK): "webhook_read",
    ("patch", _WEBHOOK): "webhook_change",
    ("delete", _WEBHOOK): "webhook_remove",
    ("post", f"{_WEBHOOK}/switch"): "webhook_switch",
    ("post", f"{_WEBHOOK}/secret"): "webhook_secret_rotate",
    ("post", f"{_WEBHOOK}/test"): "webhook_test",
    ("get", f"{_WEBHOOK}/deliveries"): "webhook_deliveries_list",
    ("post", f"{_WEBHOOK}/deliveries/{{delivery_id}}/replay"): "webhook_delivery_replay",
    ("post", "/api/v1/apps/{app_id}/tokens"): "token_issue",
    ("get", "/api/v1/apps/{app_id}/devices/{device_id}/override"): "device_override_read",
    ("put", "/api/v1/apps/{app_id}/devices/{device_id}/override"): "device_override_set",
    ("delete", "/api/v1/apps/{app_id}/devices/{device_id}/override"): "device_override_end",
    ("get", "/api/v1/apps/{app_id}/back-end-keys"): "backend_keys_read",
    ("get", "/api/v1/apps/{app_id}/recipients"): "recipients_list",
    ("put", "/api/v1/apps/{app_id}/recipients/back-end"): "backend_recipient_set",
    ("put", "/api/v1/apps/{app_id}/recipients/{device_id}"): "device_recipient_set",
    ("delete", "/api/v1/apps/{app_id}/recipients/{device_id}"): "device_recipient_remove",
    ("post", "/api/v1/tokens/verify"): "token_verify",
    ("post", "/api/v1/trusted-publishing/exchange"): "publisher_exchange",
}
# What these make or judge is never kept, so there's no answer to be given again; an end comes once anyway.
UNREPEATABLE = {
    "token_issue",
    "token_verify",
    "publisher_exchange",
    "preview_open",
    "preview_end",
    "tester_invite",
    "tester_link_make",
    "webhook_add",
    "webhook_secret_rotate",
}
# What it takes is itself the credential.
OPEN = {"publisher_exchange"}


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def test_the_document_is_valid_openapi_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert "openapi: 3" in capsys.readouterr().out


def test_all_operations_are_in_it_under_lasting_ids(schema: dict[str, Any]) -> None:
    described = {
        (method, path): operation["operationId"]
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    }
    assert described == OPERATIONS
    routes = len(urlpatterns) + len(signing_urlpatterns) + len(accounts_urlpatterns) + len(desk_urlpatterns)
    assert routes == len({path for _, path in OPERATIONS}) + 3  # schema, docs, everything else


def test_each_operation_says_what_it_does_and_how_it_refuses(schema: dict[str, Any]) -> None:
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            assert operation["description"]
            is_open = operation["operationId"] in OPEN
            assert operation.get("security", []) == ([] if is_open else [{"APIToken": []}])
            refusal = operation["responses"]["403"]["content"]["application/problem+json"]
            assert refusal["schema"]["$ref"].endswith("/ProblemOut")
            headers = [one["name"] for one in operation.get("parameters", []) if one["in"] == "header"]
            is_repeatable = method == "post" and operation["operationId"] not in UNREPEATABLE
            assert headers == (["Idempotency-Key"] if is_repeatable else [])


def test_an_upload_is_a_form_with_a_file(schema: dict[str, Any]) -> None:
    upload = schema["paths"]["/api/v1/apps/{app_id}/bundles"]["post"]
    (media_type,) = upload["requestBody"]["content"]
    assert media_type == "multipart/form-data"
    assert schema["components"]["schemas"]["BundleIn"]["properties"]["file"]["format"] == "binary"


def test_the_page_has_nothing_inline_and_a_strict_policy(client: Client) -> None:
    answer = client.get("/api/v1/docs/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|javascript:", page) == []
    assert "unsafe" not in answer["Content-Security-Policy"]
