"""What the management API itself refuses, before any service is asked."""

from releaseconsole.kernel.errors import ConsoleError


class RequestTooLargeError(ConsoleError):
    """The body has more bytes than any request of this kind needs."""

    code = "request_too_large"
    title = "The request is too large."


class LengthRequiredError(ConsoleError):
    """A chunked body, which Django would take for an empty one."""

    code = "length_required"
    title = "Send the request with a Content-Length, not in chunks."


class IdempotencyKeyError(ConsoleError):
    """The Idempotency-Key header isn't acceptable."""

    code = "idempotency_key_invalid"
    title = "An Idempotency-Key has 1 to 255 visible ASCII characters."
