"""What exists: reports name apps, versions and channels as they like, and only real ones are counted."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from signing.selectors import phi_app_ids
from updates.domain.audience import attributes_kept, values_allowed
from updates.models import App, Bundle, Channel


@dataclass(frozen=True, slots=True)
class Keeping:
    """What an app lets us keep of what its devices say; the database says it, whatever the gateway knew."""

    custom_id: bool
    attributes: Mapping[str, frozenset[str]]
    handles_phi: bool = False

    def custom_id_of(self, told: str) -> str:
        """Keep the id that the app gave the device, or nothing."""
        return told if self.custom_id else ""

    def attributes_of(self, told: Mapping[str, str]) -> dict[str, str]:
        """Keep the attributes that the app lists."""
        return attributes_kept(told, self.attributes)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The apps of one batch, their channels, and those of the batch's versions that are bundles of theirs."""

    apps: Mapping[str, Keeping]
    channels: Mapping[str, set[str]]
    versions: Mapping[str, set[str]]

    def counts(self, app_id: str, version: str) -> bool:
        """Tell whether reports about this version are counted; empty is the built-in bundle."""
        return not version or version in self.versions[app_id]


def catalogue_read(app_ids: Iterable[str], versions: Iterable[str]) -> Catalogue:
    """Look up which of these apps and versions exist."""
    rows = App.objects.filter(pk__in=set(app_ids)).only("keeps_custom_id", "attributes")
    with_phi = phi_app_ids()
    apps = {row.pk: _keeping(row, with_phi) for row in rows}
    bundles = Bundle.objects.filter(app__in=apps, version__in=set(versions))
    channels = Channel.objects.filter(app__in=apps)
    return Catalogue(
        apps=apps,
        channels=_by_app(channels.values_list("app_id", "name")),
        versions=_by_app(bundles.values_list("app_id", "version").order_by()),
    )


def _keeping(app: App, with_phi: Container[str]) -> Keeping:
    has_phi = app.pk in with_phi
    return Keeping(app.keeps_custom_id and not has_phi, values_allowed(app.attributes), has_phi)


def _by_app(pairs: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    grouped: defaultdict[str, set[str]] = defaultdict(set)
    for app_id, name in pairs:
        grouped[app_id].add(name)
    return grouped
