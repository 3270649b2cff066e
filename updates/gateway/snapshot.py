"""What a web process answers devices from: the decision table with the keys that sign its decisions.

A snapshot is immutable and is replaced as a whole, so that one request never mixes an old table with a new
key. An app without a usable key stays in it: its devices are told that nothing can be signed.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from releaseconsole.kernel.errors import ConsoleError
from signing.selectors import (
    TrustBody,
    active_release_kids,
    device_profiles,
    key_set_version,
    trust_bodies,
)
from signing.services import (
    DeviceProfile,
    DownloadTokens,
    PreparedClaims,
    ReleaseIssuer,
    download_tokens,
    release_issuer,
)
from updates.domain.targeting import AppView, Decision
from updates.selectors.decision_table import decision_table_build

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServedApp:
    """An app with its signer; `signer` is None while its key or its token profile can't be used."""

    view: AppView
    signer: ReleaseIssuer | None
    _prepared: dict[tuple[str, int, int], PreparedClaims] = field(default_factory=dict)

    def claims(self, signer: ReleaseIssuer, decision: Decision) -> PreparedClaims:
        """Return the claims of a decision, which are the same for all devices that get it."""
        channel, release = decision.channel, decision.release
        key = (
            decision.kind.value,
            channel.channel_id if channel else 0,
            release.release_id if release else 0,
        )
        prepared = self._prepared.get(key)
        if prepared is None:  # two threads may both prepare it: the same, so either may stay
            prepared = self._prepared[key] = signer.prepare(
                decision=decision.kind.value,
                decision_seq=decision.decision_seq,
                channel=channel.name if channel else "",
                release=release,
            )
        return prepared


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a web process knows.

    Attributes:
        version: Of the decision table.
        keys_version: Of the key set.
        apps: By id.
        downloads: None while the console's own key can't be used.
        trust: What devices may be told of each app's keys; an app whose chain isn't good isn't in it.
        withdrawn: Contents that nobody may fetch any more, as (app id, SHA-256).
    """

    version: int
    keys_version: int
    apps: Mapping[str, ServedApp]
    downloads: DownloadTokens | None
    trust: Mapping[str, TrustBody] = field(default_factory=dict)
    withdrawn: frozenset[tuple[str, str]] = frozenset()

    @property
    def versions(self) -> tuple[int, int]:
        """Of the decision table and of the key set: another pair means that something has changed."""
        return self.version, self.keys_version

    @property
    def has_all_keys(self) -> bool:
        """Whether every app, and the console itself, has a key that was good when it was loaded."""
        return self.downloads is not None and all(app.signer for app in self.apps.values())

    @property
    def can_sign(self) -> bool:
        """Whether all of them signed when they were last asked."""
        return self.has_all_keys and not any(signer.is_failing for signer in self.signers)

    @property
    def signers(self) -> list[ReleaseIssuer]:
        """Those of the apps whose key could be loaded."""
        return [app.signer for app in self.apps.values() if app.signer]

    def has_all_trust(self, now_epoch: int) -> bool:
        """Whether devices get a chain of trust for every app, and one that isn't over."""
        bodies = [self.trust.get(app_id) for app_id in self.apps]
        return all(body is not None and now_epoch < body.expires_epoch for body in bodies)


EMPTY = Snapshot(-1, -1, {}, None)


def snapshot_build(previous: Snapshot) -> Snapshot:
    """Read a new snapshot; signers whose key and profile are still the same are taken over, not made anew."""
    keys_version = key_set_version()  # first: a change while this reads makes it read once more
    kids, profiles = active_release_kids(), device_profiles()
    table = decision_table_build()
    apps = {
        app_id: ServedApp(
            view, _signer(app_id, kids.get(app_id), profiles.get(app_id), previous.apps.get(app_id))
        )
        for app_id, view in table.apps.items()
    }
    downloads = _download_tokens(previous, keys_version)
    return Snapshot(table.version, keys_version, apps, downloads, trust_bodies(), table.withdrawn)


def _signer(
    app_id: str, kid: str | None, profile: DeviceProfile | None, before: ServedApp | None
) -> ReleaseIssuer | None:
    if before and before.signer and (before.signer.kid, before.signer.profile) == (kid, profile):
        return before.signer
    try:
        return release_issuer(app_id)
    except ConsoleError:
        if before is None or before.signer:  # it's tried again every few seconds; once is enough to say so
            _log.exception("The decisions of %s can't be signed.", app_id)
        return None


def _download_tokens(previous: Snapshot, keys_version: int) -> DownloadTokens | None:
    if previous.downloads is not None and previous.keys_version == keys_version:
        return previous.downloads
    try:
        return download_tokens()
    except ConsoleError:
        if previous is EMPTY or previous.downloads:
            _log.exception("Downloads can't be allowed: the console's key can't be used.")
        return None
