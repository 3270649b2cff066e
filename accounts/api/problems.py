"""Errors of the management API as problem documents (RFC 9457), with one stable code each.

`STATUS_BY_CODE` is the table of what clients may rely on; `docs/api.md` explains each code, and a test
compares the two.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.api.authentication import REALM
from releaseconsole.kernel.errors import ConsoleError

CONTENT_TYPE: Final = "application/problem+json"

STATUS_BY_CODE: Final[Mapping[str, HTTPStatus]] = {
    "malformed_request": HTTPStatus.BAD_REQUEST,
    "idempotency_key_invalid": HTTPStatus.BAD_REQUEST,
    "cursor_malformed": HTTPStatus.BAD_REQUEST,
    "api_token_missing": HTTPStatus.UNAUTHORIZED,
    "api_token_invalid": HTTPStatus.UNAUTHORIZED,
    "permission_denied": HTTPStatus.FORBIDDEN,
    "registration_closed": HTTPStatus.FORBIDDEN,
    "publisher_refused": HTTPStatus.FORBIDDEN,
    "join_code_refused": HTTPStatus.FORBIDDEN,
    "device_proof_refused": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "not_forced": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "not_acceptable": HTTPStatus.NOT_ACCEPTABLE,
    "conflict": HTTPStatus.CONFLICT,
    "cursor_ahead": HTTPStatus.CONFLICT,
    "version_reused": HTTPStatus.CONFLICT,
    "release_state": HTTPStatus.CONFLICT,
    "nothing_to_roll_back": HTTPStatus.CONFLICT,
    "bundle_gone": HTTPStatus.CONFLICT,
    "channel_frozen": HTTPStatus.CONFLICT,
    "public_unsigned": HTTPStatus.CONFLICT,
    "sign_off_missing": HTTPStatus.CONFLICT,
    "checks_unanswered": HTTPStatus.UNPROCESSABLE_ENTITY,
    "nothing_to_allow": HTTPStatus.CONFLICT,
    "recipient_unknown": HTTPStatus.CONFLICT,
    "recipient_conflict": HTTPStatus.CONFLICT,
    "tester_state": HTTPStatus.CONFLICT,
    "address_erased": HTTPStatus.CONFLICT,
    "legal_hold": HTTPStatus.CONFLICT,
    "device_limit": HTTPStatus.CONFLICT,
    "device_taken": HTTPStatus.CONFLICT,
    "platform_not_offered": HTTPStatus.CONFLICT,
    "length_required": HTTPStatus.LENGTH_REQUIRED,
    "request_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "bundle_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "invalid_value": HTTPStatus.UNPROCESSABLE_ENTITY,
    "key_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "claim_unknown": HTTPStatus.UNPROCESSABLE_ENTITY,
    "claim_value": HTTPStatus.UNPROCESSABLE_ENTITY,
    "consent_required": HTTPStatus.UNPROCESSABLE_ENTITY,
    "encryption_required": HTTPStatus.UNPROCESSABLE_ENTITY,
    "phi_needs_encryption": HTTPStatus.UNPROCESSABLE_ENTITY,
    "phi_conditions": HTTPStatus.CONFLICT,
    "phi_token_in_clear": HTTPStatus.BAD_REQUEST,
    "api_token_terms": HTTPStatus.UNPROCESSABLE_ENTITY,
    "idempotency_key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
    "audit_failed": HTTPStatus.SERVICE_UNAVAILABLE,
    "proof_refused": HTTPStatus.SERVICE_UNAVAILABLE,
    "checkpoint_refused": HTTPStatus.SERVICE_UNAVAILABLE,
    "checkpoint_signer_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "witness_inconsistent": HTTPStatus.SERVICE_UNAVAILABLE,
    "witness_moved": HTTPStatus.SERVICE_UNAVAILABLE,
    "key_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "issuer_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "replay_store_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "recipient_store_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "attempts_uncounted": HTTPStatus.SERVICE_UNAVAILABLE,
}
# Every other rule that a bundle can break is about its content.
_BUNDLE_PREFIX: Final = "bundle_"

_CODE_BY_EXCEPTION: Final[tuple[tuple[type[Exception], str], ...]] = (
    (exceptions.ValidationError, "invalid_value"),
    (exceptions.ParseError, "malformed_request"),
    (exceptions.NotAuthenticated, "api_token_missing"),
    (exceptions.AuthenticationFailed, "api_token_invalid"),
    (exceptions.PermissionDenied, "permission_denied"),
    (PermissionDenied, "permission_denied"),
    (exceptions.NotFound, "not_found"),
    (Http404, "not_found"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.NotAcceptable, "not_acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (exceptions.Throttled, "too_many_requests"),
    (RequestDataTooBig, "request_too_large"),
    (SuspiciousOperation, "malformed_request"),
)


def status_of(code: str) -> HTTPStatus:
    """Return the status that goes with a code; a refusal that isn't in the table is the caller's fault."""
    if code.startswith(_BUNDLE_PREFIX):
        return STATUS_BY_CODE.get(code, HTTPStatus.UNPROCESSABLE_ENTITY)
    return STATUS_BY_CODE.get(code, HTTPStatus.BAD_REQUEST)


def problem_response(exc: Exception, context: Mapping[str, Any]) -> Response | None:  # noqa: ARG001 (signature of REST framework's setting)
    """Turn an exception into a problem document; None lets a bug surface as the 500 it is."""
    if isinstance(exc, ConsoleError):
        return _problem(exc.code, title=exc.title, detail=exc.message)
    code = next((code for kind, code in _CODE_BY_EXCEPTION if isinstance(exc, kind)), None)
    if code is None:
        return None
    response = _problem(code, title=_title(code), detail=_detail(exc), errors=_errors(exc))
    if wait := getattr(exc, "wait", None):  # of Throttled: whole seconds, rounded up
        response["Retry-After"] = str(wait)
    return response


def _problem(
    code: str, *, title: str, detail: str, errors: Mapping[str, list[str]] | None = None
) -> Response:
    status = status_of(code)
    body: dict[str, Any] = {
        "type": f"urn:release-console:problem:{code}",
        "title": title,
        "status": status.value,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    response = Response(body, status=status.value, content_type=CONTENT_TYPE)
    if status is HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = REALM
    return response


def _title(code: str) -> str:
    return {
        "invalid_value": "A value isn't acceptable.",
        "api_token_missing": "An API token is needed.",
        "request_too_large": "The request is too large.",
    }.get(code, f"{status_of(code).phrase}.")


def _detail(exc: Exception) -> str:
    if isinstance(exc, exceptions.ValidationError):
        return "See errors for what is wrong with which field."
    if isinstance(exc, exceptions.APIException):
        return str(exc.detail)
    if isinstance(exc, Http404):
        return "There is no such thing here."
    return "The request can't be processed."


def _errors(exc: Exception) -> dict[str, list[str]] | None:
    if not isinstance(exc, exceptions.ValidationError):
        return None
    if isinstance(exc.detail, dict):
        return {field: _flat(problems) for field, problems in exc.detail.items()}
    return {"request": _flat(exc.detail)}


def _flat(problems: Any) -> list[str]:
    """Return all messages below a field, however deep REST framework nests them."""
    if isinstance(problems, dict):
        return [f"{key}: {text}" for key, inner in problems.items() for text in _flat(inner)]
    if isinstance(problems, list):
        return [text for inner in problems for text in _flat(inner)]
    return [str(problems)]
