"""Addresses of the console's pages about testers."""

from django.urls import path

from updates.views.testers import groups, invite_list, invites, people, previews, stores

_GROUP = "apps/<str:app_id>/testers/groups/<int:group_id>/"
_INVITE = "apps/<str:app_id>/testers/invites/<int:invite_id>/"
_TESTER = "apps/<str:app_id>/testers/<int:tester_id>/"
_PREVIEW = "apps/<str:app_id>/previews/<str:channel_name>/"

urlpatterns = [
    path("apps/<str:app_id>/testers/", groups.tester_groups, name="testers"),
    path("apps/<str:app_id>/testers/groups/new/", groups.tester_group_new, name="tester-group-new"),
    path("apps/<str:app_id>/testers/feedback/", people.tester_feedback, name="tester-feedback"),
    path(_GROUP, groups.tester_group, name="tester-group"),
    path(f"{_GROUP}settings/", groups.tester_group_settings, name="tester-group-settings"),
    path(f"{_GROUP}end/", groups.tester_group_over, name="tester-group-end"),
    path(f"{_GROUP}invite/", invites.tester_invite_new, name="tester-invite"),
    path(f"{_GROUP}invite-many/", invite_list.invite_list, name="tester-invite-list"),
    path(f"{_GROUP}link/", invites.group_link_new, name="tester-group-link"),
    path(f"{_GROUP}testers/<int:tester_id>/remove/", people.tester_gone, name="tester-remove"),
    path(f"{_INVITE}again/", invites.invite_again, name="tester-invite-again"),
    path(f"{_INVITE}revoke/", invites.invite_gone, name="tester-invite-revoke"),
    path(_TESTER, people.tester_page, name="tester"),
    path(f"{_TESTER}erase/", people.tester_erased, name="tester-erase"),
    path("apps/<str:app_id>/previews/", previews.preview_list, name="previews"),
    path("apps/<str:app_id>/previews/new/", previews.preview_new, name="preview-new"),
    path(_PREVIEW, previews.preview_page, name="preview"),
    path(f"{_PREVIEW}link/", previews.preview_link_new, name="preview-link"),
    path(f"{_PREVIEW}end/", previews.preview_over, name="preview-end"),
    path("apps/<str:app_id>/stores/", stores.store_presence, name="stores"),
]
