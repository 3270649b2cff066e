"""Problem documents: their shape, the table of codes, and that docs/api.md says the same."""

import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from rest_framework.exceptions import Throttled

import accounts.errors
import signing.errors
import updates.errors
from accounts.api.errors import IdempotencyKeyError, LengthRequiredError, RequestTooLargeError
from accounts.api.problems import STATUS_BY_CODE, problem_response, status_of
from compliance.ledger.errors import LedgerError
from releaseconsole.kernel.errors import ConsoleError
from tests.integration.updates.api.conftest import API, ROOT
from tests.support.zip_forge import Forged, forge_zip, index
from updates.errors import UpdatesError
from updates.models import Channel

DOCS = Path(__file__).parents[4] / "docs" / "api.md"


def codes_below(kind: type[ConsoleError]) -> set[str]:
    return {kind.code}.union(*(codes_below(sub) for sub in kind.__subclasses__()))


def documented() -> dict[str, int]:
    """Code and status of each row of the two tables."""
    text = DOCS.read_text()
    general = re.findall(r"^\| `(\w+)` \| (\d{3}) \|", text, re.MULTILINE)
    bundles = re.findall(r"^\| `(bundle_\w+)` \| \D", text, re.MULTILINE)
    return {code: int(status) for code, status in general} | dict.fromkeys(bundles, 422)


def test_the_documentation_lists_every_code_with_its_status() -> None:
    bundles = {code for code in codes_below(UpdatesError) if code.startswith("bundle_")}
    assert documented() == {code: status_of(code).value for code in {*STATUS_BY_CODE, *bundles}}


@pytest.mark.parametrize(
    "refusal",
    [
        *(updates.errors.NotFoundError, updates.errors.InvalidValueError, updates.errors.ConflictError),
        *(updates.errors.VersionReusedError, updates.errors.IdempotencyKeyReusedError),
        *(updates.errors.ReleaseStateError, updates.errors.NothingToRollBackError),
        *(accounts.errors.PermissionDeniedError, accounts.errors.APITokenError),
        *(accounts.errors.APITokenTermsError, LengthRequiredError, RequestTooLargeError, IdempotencyKeyError),
        *(signing.errors.KeyUnavailableError, LedgerError),
    ],
)
def test_what_services_refuse_has_a_status_of_its_own(refusal: type[ConsoleError]) -> None:
    assert refusal.code in STATUS_BY_CODE


def test_no_two_errors_of_this_floor_share_a_code() -> None:
    def own(kind: type[ConsoleError]) -> list[str]:
        below = [code for sub in kind.__subclasses__() for code in own(sub)]
        return [kind.code, *below] if "code" in vars(kind) else below

    assert len(own(UpdatesError)) == len(set(own(UpdatesError)))


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        pytest.param("GET", "/api/v1/nowhere", {}, 404, "not_found", id="unknown address"),
        pytest.param("POST", "/api/v1/", {}, 404, "not_found", id="the root"),
        pytest.param("GET", f"{ROOT}/bundles/", {}, 404, "not_found", id="slash too many"),
        pytest.param("GET", f"{ROOT}/channels/none", {}, 404, "not_found", id="unknown channel"),
        pytest.param("DELETE", ROOT, {}, 405, "method_not_allowed", id="delete an app"),
        pytest.param("PUT", f"{ROOT}/bundles", {}, 405, "method_not_allowed", id="put a bundle"),
        pytest.param("OPTIONS", ROOT, {}, 405, "method_not_allowed", id="options"),
        pytest.param(
            *("POST", f"{ROOT}/bundles", {"Transfer-Encoding": "chunked"}, 411, "length_required"),
            id="chunks",
        ),
        pytest.param("GET", ROOT, {"Accept": "text/html"}, 406, "not_acceptable", id="a page"),
        pytest.param(
            "POST", f"{ROOT}/channels/production/rollback", {}, 415, "unsupported_media_type", id="text"
        ),
    ],
)
def test_what_the_framework_refuses_is_a_problem_document_too(
    api: API, production: Channel, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = api.client.generic(method, path, b"x", "text/plain", headers=headers)
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"] == f"urn:release-console:problem:{code}"
    assert problem["title"]
    assert problem["detail"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param(b"{", 400, "malformed_request", id="no JSON"),
        pytest.param(b"\xff", 400, "malformed_request", id="no UTF-8"),
        pytest.param(b'{"to": NaN}', 400, "malformed_request", id="NaN"),
        pytest.param(b"[" * 60_000, 400, "malformed_request", id="very deep"),
        pytest.param(b'{"to": "%s"}' % (b"x" * 65_536), 413, "request_too_large", id="too large"),
        pytest.param(b'{"to": ["1.0.0"]}', 422, "invalid_value", id="a list for a text"),
        pytest.param(b'{"to": "1\\u0000"}', 422, "invalid_value", id="NUL"),
    ],
)
def test_a_body_that_is_not_right_is_told_so(
    api: API, production: Channel, body: bytes, status: int, code: str
) -> None:
    answer = api.client.generic("POST", f"{ROOT}/channels/production/rollback", body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_invalid_values_are_listed_by_field(api: API, production: Channel) -> None:
    answer = api.post(f"{ROOT}/channels/production/releases", {"rollout_bps": "many", "notes": "x" * 4001})
    errors = answer.json()["errors"]
    assert sorted(errors) == ["notes", "rollout_bps", "version"]
    assert all(isinstance(text, str) for texts in errors.values() for text in texts)


def test_waiting_times_are_given_in_seconds() -> None:
    response = problem_response(Throttled(wait=3.2), {})
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (429, "4")


def test_a_bug_is_not_dressed_up_as_a_refusal() -> None:
    assert problem_response(ZeroDivisionError(), {}) is None


def test_an_unknown_refusal_is_the_callers_fault() -> None:
    assert status_of("console_error") is HTTPStatus.BAD_REQUEST


def test_the_example_in_the_documentation_is_what_is_sent(api: API) -> None:
    example = json.loads(re.search(r"```json\n(.*?)```", DOCS.read_text(), re.DOTALL)[1])  # type: ignore[index]  # there is one
    assert api.upload("1.0.0", forge_zip([index(), Forged("../evil.js")])).json() == example
