"""`GET /device/v1/download/<token>/<sha256>.zip`: a bundle, for the device that was told to install it.

The token is the right, the last part of the path is the content. A cache whose key leaves the token out
still keeps the bundles of all apps apart, and none keeps one for longer than the token in its own request
was good for: after that it asks again and is told 304.
"""

import logging
import threading
from typing import Final

from django.conf import settings

from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from signing.errors import TokenExpiredError, TokenRefusedError
from signing.services import DownloadClaims
from updates.backends.storage import archive_path
from updates.gateway.byte_range import ByteRange, RangeNotSatisfiableError, byte_range_read
from updates.gateway.decisions import DOWNLOAD_PREFIX, NotSignableError
from updates.gateway.file_body import CHUNK_BYTES, FileBody
from updates.gateway.serving import serving
from updates.gateway.wire import Headers, Request, RequestError, Response, problem

# Threads that downloads leave to everybody else: a slow phone holds one for as long as it loads.
_THREADS_LEFT: Final = 4
_BUSY_RETRY_SECONDS: Final = 2

_log = logging.getLogger(__name__)
_slots: Final = threading.BoundedSemaphore(max(1, settings.WEB_THREADS - _THREADS_LEFT))


class NoSuchBundleError(ConsoleError):
    """The address isn't one of a bundle, or the bundle isn't here."""

    code = "bundle_not_found"
    title = "There is no such bundle at this address."


class BundleWithdrawnError(ConsoleError):
    """The bundle was taken back for good after this download was allowed."""

    code = "bundle_withdrawn"
    title = "This bundle was withdrawn: nobody gets it any more."


class BusyError(ConsoleError):
    """As many slow downloads are under way as this process can hold beside its other work."""

    code = "downloads_busy"
    title = "Too many downloads are under way; try again in a moment."


def download(request: Request) -> Response:
    """Send a bundle, or the part of it that is asked for."""
    try:
        request.only("GET", "HEAD")
        return _bundle(request, _claims(request))
    except (TokenExpiredError, BundleWithdrawnError) as exc:
        return problem(exc, status=410)
    except TokenRefusedError as exc:
        _log.info("Refused a download: %s", exc.reason)
        return problem(exc, status=403)
    except NoSuchBundleError as exc:
        return problem(exc, status=404)
    except (NotSignableError, BusyError) as exc:
        return problem(exc, status=503, headers=[("Retry-After", str(_BUSY_RETRY_SECONDS))])
    except RequestError as exc:
        return problem(exc, status=exc.status, headers=exc.headers)


def _claims(request: Request) -> DownloadClaims:
    """Verify that the address is one that this console gave out.

    Raises:
        NoSuchBundleError: The path has another shape, or names other content than its token.
        NotSignableError: The key isn't at hand.
        BundleWithdrawnError: The content was withdrawn since.
    """
    token, _, name = request.path.removeprefix(DOWNLOAD_PREFIX).partition("/")
    if not token or not name:
        raise NoSuchBundleError
    snapshot = serving.snapshot
    if snapshot.downloads is None:
        raise NotSignableError
    claims = snapshot.downloads.verify(token, now_epoch=int(clock.epoch_seconds()))
    if name != f"{claims.sha256}.zip":
        raise NoSuchBundleError
    if (claims.app_id, claims.sha256) in snapshot.withdrawn:
        raise BundleWithdrawnError
    return claims


def _bundle(request: Request, claims: DownloadClaims) -> Response:
    etag = f'"{claims.sha256}"'
    headers = [
        ("ETag", etag),
        ("Cache-Control", f"public, max-age={claims.exp - int(clock.epoch_seconds())}, immutable"),
        ("Accept-Ranges", "bytes"),
    ]
    if etag in (tag.strip() for tag in request.header("HTTP_IF_NONE_MATCH").split(",")):
        return Response(304, headers)
    headers += [("Content-Type", "application/zip"), ("X-Content-Type-Options", "nosniff")]
    return _content(request, claims.sha256, headers)


def _content(request: Request, sha256: str, headers: Headers) -> Response:
    size = _size(sha256)
    # A part is only of use to who holds the same file's beginning.
    wants_part = request.header("HTTP_IF_RANGE") in {"", f'"{sha256}"'}
    try:
        part = byte_range_read(request.header("HTTP_RANGE"), size=size) if wants_part else None
    except RangeNotSatisfiableError as exc:
        return problem(exc, status=416, headers=[("Content-Range", f"bytes */{size}")])
    if part:
        headers.append(("Content-Range", f"bytes {part.start}-{part.start + part.length - 1}/{size}"))
    sent = part or ByteRange(0, size)
    headers.append(("Content-Length", str(sent.length)))
    body = b"" if request.method == "HEAD" else _body(sha256, sent)
    return Response(206 if part else 200, headers, body)


def _size(sha256: str) -> int:
    """Ask the disk how long a bundle is.

    Raises:
        NoSuchBundleError: It's gone, although a token was given out for it.
    """
    try:
        return archive_path(sha256).stat().st_size
    except OSError as exc:
        _log.error("Bundle %s can't be read: %s", sha256, exc.strerror)
        raise NoSuchBundleError from exc


def _body(sha256: str, part: ByteRange) -> bytes | FileBody:
    """Read what fits into one chunk at once; let everything longer take a slot.

    Raises:
        BusyError: None is free.
    """
    if part.length <= CHUNK_BYTES:
        with archive_path(sha256).open("rb") as file:
            file.seek(part.start)
            return file.read(part.length)
    if not _slots.acquire(blocking=False):
        raise BusyError
    return FileBody(archive_path(sha256), part, done=_slots.release)
