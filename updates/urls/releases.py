"""Addresses of pages about releases."""

from django.urls import path

from updates.views import lists, releases

urlpatterns = [
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
]
