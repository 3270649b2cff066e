"""URLs of the console's pages about apps and what they ship; one module per subject."""

from updates.urls import (
    apps,
    bundles,
    channels,
    devices,
    publishers,
    releases,
    reviewing,
    testers,
    tokens,
    webhooks,
)

app_name = "updates"

urlpatterns = [
    *apps.urlpatterns,
    *bundles.urlpatterns,
    *channels.urlpatterns,
    *devices.urlpatterns,
    *publishers.urlpatterns,
    *releases.urlpatterns,
    *reviewing.urlpatterns,
    *testers.urlpatterns,
    *tokens.urlpatterns,
    *webhooks.urlpatterns,
]
