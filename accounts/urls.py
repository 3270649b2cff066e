"""Addresses of the pages about people and their access, below `/console/`."""

from django.urls import path

from accounts.views import identities, passwords, people, second_factor, sessions, single_sign_on

app_name = "accounts"
urlpatterns = [
    path("sso/start/", single_sign_on.start, name="sso-start"),
    path("sso/callback/", single_sign_on.callback, name="sso-callback"),
    path("sso/logout/", single_sign_on.back_channel_logout, name="sso-logout"),
    path("me/single-sign-on/", identities.identity_page, name="identities"),
    path("me/sessions/", sessions.session_list, name="sessions"),
    path("me/sessions/end/", sessions.session_end_all, name="sessions-end"),
    path("me/sessions/<uuid:session_id>/end/", sessions.session_end_one, name="session-end"),
    path("login/second/", second_factor.second_factor_page, name="second-factor"),
    path("login/enrol/", second_factor.enrol_page, name="enrol"),
    path("login/forgotten/", passwords.forgotten_page, name="forgotten"),
    path("login/reset/<str:token>/", passwords.reset_page, name="password-reset"),
    path("login/invited/<str:token>/", passwords.invited_page, name="invited"),
    path("me/password/", passwords.password_change_page, name="password-change"),
    path("people/invite/", people.person_invite_page, name="person-invite"),
    path("people/<int:person_id>/", people.person_page, name="person"),
    path("people/<int:person_id>/deactivate/", people.person_deactivate_page, name="person-deactivate"),
    path("people/<int:person_id>/reactivate/", people.person_reactivate_page, name="person-reactivate"),
    path("people/<int:person_id>/invite/", people.invite_again_page, name="invite-again"),
    path("people/<int:person_id>/invite/revoke/", people.invite_revoke_now, name="invite-revoke"),
]
