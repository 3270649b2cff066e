"""URLs of the console's pages about apps, channels, bundles, releases and devices."""

from django.urls import path

from updates.views import apps, bundles, channels, devices, lists, publishers, releases, tokens

app_name = "updates"

urlpatterns = [
    path("apps/", apps.app_list, name="apps"),
    path("apps/new/", apps.app_new, name="app-new"),
    path("apps/<str:app_id>/", apps.app_page, name="app"),
    path("apps/<str:app_id>/channels/new/", channels.channel_new, name="channel-new"),
    path("apps/<str:app_id>/channels/<str:channel_name>/", channels.channel_page, name="channel"),
    path(
        "apps/<str:app_id>/channels/<str:channel_name>/settings/",
        channels.channel_settings,
        name="channel-settings",
    ),
    path(
        "apps/<str:app_id>/channels/<str:channel_name>/members/",
        channels.channel_member_new,
        name="channel-member-new",
    ),
    path(
        "apps/<str:app_id>/channels/<str:channel_name>/members/remove/",
        channels.channel_member_gone,
        name="channel-member-remove",
    ),
    path("apps/<str:app_id>/channels/<str:channel_name>/publish/", releases.release_new, name="release-new"),
    path(
        "apps/<str:app_id>/channels/<str:channel_name>/roll-back/",
        releases.channel_rollback,
        name="channel-rollback",
    ),
    path("apps/<str:app_id>/releases/", lists.release_list, name="releases"),
    path("apps/<str:app_id>/releases/<int:release_seq>/", releases.release_page, name="release"),
    path(
        "apps/<str:app_id>/releases/<int:release_seq>/figures/",
        releases.release_figures_part,
        name="release-figures",
    ),
    path(
        "apps/<str:app_id>/releases/<int:release_seq>/rollout/",
        releases.release_rollout,
        name="release-rollout",
    ),
    path("apps/<str:app_id>/bundles/", lists.bundle_list, name="bundles"),
    path("apps/<str:app_id>/bundles/upload/", bundles.bundle_new, name="bundle-new"),
    path("apps/<str:app_id>/bundles/<str:version>/", bundles.bundle_page, name="bundle"),
    path("apps/<str:app_id>/devices/", devices.device_list, name="devices"),
    path("apps/<str:app_id>/devices/<str:device_id>/", devices.device_page, name="device"),
    path("apps/<str:app_id>/publishers/", publishers.publisher_list, name="publishers"),
    path(
        "apps/<str:app_id>/publishers/<str:kind>/register/",
        publishers.publisher_new,
        name="publisher-register",
    ),
    path("apps/<str:app_id>/publishers/<int:publisher_id>/", publishers.publisher_page, name="publisher"),
    path(
        "apps/<str:app_id>/publishers/<int:publisher_id>/remove/",
        publishers.publisher_gone,
        name="publisher-remove",
    ),
    path("apps/<str:app_id>/tokens/", tokens.token_list, name="tokens"),
    path("apps/<str:app_id>/tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token-revoke"),
]
