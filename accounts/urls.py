"""Addresses of the pages about people and their access, below `/console/`."""

from django.urls import path

from accounts.views import identities, sessions, single_sign_on

app_name = "accounts"
urlpatterns = [
    path("sso/start/", single_sign_on.start, name="sso-start"),
    path("sso/callback/", single_sign_on.callback, name="sso-callback"),
    path("sso/logout/", single_sign_on.back_channel_logout, name="sso-logout"),
    path("me/single-sign-on/", identities.identity_page, name="identities"),
    path("me/sessions/", sessions.session_list, name="sessions"),
    path("me/sessions/end/", sessions.session_end_all, name="sessions-end"),
    path("me/sessions/<uuid:session_id>/end/", sessions.session_end_one, name="session-end"),
]
