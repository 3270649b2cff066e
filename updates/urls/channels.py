"""Addresses of pages about channels."""

from django.urls import path

from updates.views import channel_members, channels, freezes, shutoffs, sign_off_rules

_CHANNEL = "apps/<str:app_id>/channels/<str:channel_name>/"

urlpatterns = [
    path("apps/<str:app_id>/channels/new/", channels.channel_new, name="channel-new"),
    path(_CHANNEL, channels.channel_page, name="channel"),
    path(f"{_CHANNEL}settings/", channels.channel_settings_page, name="channel-settings"),
    path(f"{_CHANNEL}pause/", channels.channel_paused, name="channel-pause"),
    path(f"{_CHANNEL}resume/", channels.channel_resumed, name="channel-resume"),
    path(f"{_CHANNEL}shut-off/", shutoffs.channel_shutoff, name="channel-shutoff"),
    path(f"{_CHANNEL}shut-off/lift/", shutoffs.channel_shutoff_lift, name="channel-shutoff-lift"),
    path(f"{_CHANNEL}freezes/", freezes.freezes_page, name="freezes"),
    path(f"{_CHANNEL}freezes/new/", freezes.freeze_new, name="freeze-new"),
    path(f"{_CHANNEL}freezes/<int:freeze_id>/remove/", freezes.freeze_gone, name="freeze-remove"),
    path(f"{_CHANNEL}required-sign-offs/", sign_off_rules.sign_off_rules_page, name="sign-off-rules"),
    path(
        f"{_CHANNEL}required-sign-offs/weaken/",
        sign_off_rules.sign_off_rules_weaken,
        name="sign-off-rules-weaken",
    ),
    path(f"{_CHANNEL}members/", channel_members.channel_member_new, name="channel-member-new"),
    path(f"{_CHANNEL}members/remove/", channel_members.channel_member_gone, name="channel-member-remove"),
]
