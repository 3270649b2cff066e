"""Where an app is in the stores."""

from updates.domain.store_presence import StoreValues
from updates.models import App, StorePresence


def store_presence_of(*, app: App) -> StoreValues:
    """Return what is known of the app's stores: nothing, where nobody has said."""
    presence = StorePresence.objects.filter(app=app).first()
    return StoreValues() if presence is None else store_values_of(presence)


def store_values_of(presence: StorePresence) -> StoreValues:
    """Return what a row holds."""
    return StoreValues(
        ios_team_id=presence.ios_team_id,
        ios_bundle_id=presence.ios_bundle_id,
        android_package=presence.android_package,
        android_fingerprints=tuple(presence.android_fingerprints),
        app_store_url=presence.app_store_url,
        testflight_url=presence.testflight_url,
        play_url=presence.play_url,
        url_scheme=presence.url_scheme,
        native_least=presence.native_least,
        privacy_contact=presence.privacy_contact,
        privacy_url=presence.privacy_url,
    )
