"""Addresses of the pages about people and their access, below `/console/`."""

from django.urls import path

from accounts.views import sessions

app_name = "accounts"
urlpatterns = [
    path("me/sessions/", sessions.session_list, name="sessions"),
    path("me/sessions/end/", sessions.session_end_all, name="sessions-end"),
    path("me/sessions/<uuid:session_id>/end/", sessions.session_end_one, name="session-end"),
]
