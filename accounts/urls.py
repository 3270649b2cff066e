"""Addresses of the pages about people and their access, below `/console/`."""

from django.urls import path

from accounts.views import access, grants, roles, sessions

app_name = "accounts"
urlpatterns = [
    path("me/sessions/", sessions.session_list, name="sessions"),
    path("me/sessions/end/", sessions.session_end_all, name="sessions-end"),
    path("me/sessions/<uuid:session_id>/end/", sessions.session_end_one, name="session-end"),
    path("access/", access.access_page, name="access"),
    path("access/export/", access.access_csv, name="access-csv"),
    path("people/<int:person_id>/access/", grants.person_access, name="person-access"),
    path("people/<int:person_id>/access/roles/<str:role>/give/", roles.role_give, name="role-give"),
    path("people/<int:person_id>/access/roles/<str:role>/take/", roles.role_take, name="role-take"),
    path("people/<int:person_id>/access/grants/new/", grants.grant_new, name="grant-new"),
    path("people/<int:person_id>/access/grants/<int:grant_id>/end/", grants.grant_over, name="grant-end"),
    path("people/<int:person_id>/access/engagements/new/", grants.engagement_new, name="engagement-new"),
    path(
        "people/<int:person_id>/access/engagements/<int:engagement_id>/end/",
        grants.engagement_over,
        name="engagement-end",
    ),
]
