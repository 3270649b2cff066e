"""Addresses of the pages about people and their access, below `/console/`."""

from django.urls import path

from accounts.views import passwords, people, second_factor

app_name = "accounts"
urlpatterns = [
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
