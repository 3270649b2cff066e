"""Addresses of pages about channels."""

from django.urls import path

from updates.views import channels

urlpatterns = [
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
]
