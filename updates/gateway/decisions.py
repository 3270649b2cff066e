"""From a device's question to a signed decision; what all dialects have in common."""

from typing import Final

from django.conf import settings

from releaseconsole.kernel.errors import ConsoleError
from signing.errors import KeyUnavailableError, RecipientStoreError, RecipientUnknownError
from signing.services import DownloadTokens
from updates.backends.failures import has_failed
from updates.domain.phi_marks import PHIMark
from updates.domain.targeting import Decision, DecisionKind, DeviceFacts, ReleaseView, decide
from updates.gateway.sightings import phi_refusal_note
from updates.gateway.snapshot import ServedApp, Snapshot
from updates.gateway.wire import InsecureRequestError, Request

DOWNLOAD_PREFIX: Final = "/device/v1/download/"


class UnknownAppError(ConsoleError):
    """This console doesn't serve the app."""

    code = "app_not_found"
    title = "There is no such app here."


class NotSignableError(ConsoleError):
    """The decision can't be signed now, and none leaves unsigned."""

    code = "not_signable"
    title = "No decision can be signed at the moment."


class SignedDecision:
    """A decision with its token; `url` is empty unless there is something to install."""

    __slots__ = ("decision", "token", "url")

    def __init__(self, decision: Decision, token: str, url: str) -> None:
        self.decision: Final = decision
        self.token: Final = token
        self.url: Final = url

    @property
    def channel_name(self) -> str:
        """The channel that the device was served from; empty if none."""
        return self.decision.channel.name if self.decision.channel else ""


def served_app(snapshot: Snapshot, app_id: str, request: Request) -> ServedApp:
    """Find an app for who asks.

    Raises:
        UnknownAppError: There's none.
        InsecureRequestError: It handles PHI, and the request didn't come by TLS.
    """
    app = snapshot.apps.get(app_id)
    if app is None:
        raise UnknownAppError
    if app.view.handles_phi and not request.is_secure:
        phi_refusal_note(app_id, PHIMark.TRANSPORT)
        raise InsecureRequestError
    return app


def decision_sign(
    snapshot: Snapshot, app: ServedApp, device: DeviceFacts, *, nonce: str | None, now_epoch: int
) -> SignedDecision:
    """Decide for a device, and sign it.

    Raises:
        NotSignableError: A key that this needs can't be used.
        RecipientUnknownError: The app's tokens are encrypted, and the device has registered no key.
    """
    decision = decide(
        app.view,
        device,
        now_epoch=now_epoch,
        failed=lambda release: has_failed(device.app_id, release.version, device.device_id),
    )
    if app.signer is None or snapshot.downloads is None:
        raise NotSignableError
    prepared = app.claims(app.signer, decision)
    try:
        signed = app.signer.issue(prepared, device_id=device.device_id, now_epoch=now_epoch, nonce=nonce)
        url = _download_url(snapshot.downloads, device, decision, now_epoch)
    except (KeyUnavailableError, RecipientStoreError) as exc:
        raise NotSignableError from exc
    except RecipientUnknownError:
        if app.view.handles_phi:
            phi_refusal_note(device.app_id, PHIMark.PLAINTEXT)
        raise
    return SignedDecision(decision, signed, url)


def _download_url(downloads: DownloadTokens, device: DeviceFacts, decision: Decision, now_epoch: int) -> str:
    release = decision.release
    if release is None or decision.kind is not DecisionKind.INSTALL:
        return ""
    token = downloads.issue(
        device_id=device.device_id,
        app_id=device.app_id,
        sha256=release.bundle_sha256,
        now_epoch=now_epoch,
    )
    return download_url(release, token)


def download_url(release: ReleaseView, token: str) -> str:
    """Say where a device fetches a release's bundle; the last part names the content for caches."""
    return f"{settings.PUBLIC_URL}{DOWNLOAD_PREFIX}{token}/{release.bundle_sha256}.zip"
