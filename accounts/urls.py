"""Addresses of the pages about people and their access, below `/console/`."""

from django.urls import path

from accounts.views import (
    access,
    grants,
    identities,
    me,
    me_totp,
    recovery_code,
    roles,
    security_key_sign_in,
    security_keys,
    sessions,
    single_sign_on,
    step_up,
)

app_name = "accounts"
urlpatterns = [
    path("sso/start/", single_sign_on.start, name="sso-start"),
    path("sso/callback/", single_sign_on.callback, name="sso-callback"),
    path("sso/logout/", single_sign_on.back_channel_logout, name="sso-logout"),
    path("me/single-sign-on/", identities.identity_page, name="identities"),
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
    path("me/security-keys/add/", security_keys.security_key_add, name="security-key-add"),
    path("me/security-keys/add/begin/", security_keys.security_key_add_begin, name="security-key-add-begin"),
    path(
        "me/security-keys/add/finish/", security_keys.security_key_add_finish, name="security-key-add-finish"
    ),
    path("sign-in/passkey/begin/", security_key_sign_in.passkey_begin, name="passkey-begin"),
    path("sign-in/passkey/", security_key_sign_in.passkey, name="passkey"),
    path(
        "sign-in/security-key/begin/",
        security_key_sign_in.second_factor_key_begin,
        name="second-factor-key-begin",
    ),
    path("sign-in/security-key/", security_key_sign_in.second_factor_key, name="second-factor-key"),
    path("step-up/begin/", step_up.step_up_begin, name="step-up-begin"),
    path("login/recovery-code/", recovery_code.second_recovery_code, name="second-recovery-code"),
    path("me/", me.me, name="me"),
    path("me/authenticators/totp/new/", me_totp.totp_new, name="totp-new"),
    path("me/authenticators/<str:model>/<int:pk>/rename/", me.rename, name="authenticator-rename"),
    path("me/authenticators/<str:model>/<int:pk>/remove/", me.remove, name="authenticator-remove"),
    path("me/recovery-codes/", me.recovery_codes, name="recovery-codes"),
]
