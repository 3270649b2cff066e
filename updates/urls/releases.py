"""Addresses of pages about releases."""

from django.urls import path

from updates.views import lists
from updates.views.releases import acts, page, publishing, receipts, rollback

_CHANNEL = "apps/<str:app_id>/channels/<str:channel_name>"
_RELEASE = "apps/<str:app_id>/releases/<int:release_seq>"

urlpatterns = [
    path(f"{_CHANNEL}/publish/", publishing.release_new, name="release-new"),
    path(f"{_CHANNEL}/publish/reach/", publishing.reach_part, name="release-reach"),
    path(f"{_CHANNEL}/roll-back/", rollback.channel_rollback, name="channel-rollback"),
    path("apps/<str:app_id>/releases/", lists.release_list, name="releases"),
    path(f"{_RELEASE}/", page.release_page, name="release"),
    path(f"{_RELEASE}/figures/", page.release_figures_part, name="release-figures"),
    path(f"{_RELEASE}/receipt/<int:event>.tlog-proof", receipts.release_proof, name="release-proof"),
    path(f"{_RELEASE}/change/", publishing.release_edit, name="release-change"),
    path(f"{_RELEASE}/answers/", page.release_answers, name="release-answers"),
    path(f"{_RELEASE}/submit/", acts.release_submitted, name="release-submit"),
    path(f"{_RELEASE}/discard/", acts.release_discarded, name="release-discard"),
    path(f"{_RELEASE}/pause/", acts.release_paused, name="release-pause"),
    path(f"{_RELEASE}/resume/", acts.release_resumed, name="release-resume"),
    path(f"{_RELEASE}/withdraw/", rollback.release_withdrawn, name="release-withdraw"),
    path(f"{_RELEASE}/rollout/", acts.release_rollout, name="release-rollout"),
    path("apps/<str:app_id>/bundles/", lists.bundle_list, name="bundles"),
]
