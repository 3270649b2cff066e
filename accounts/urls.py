"""Addresses of the pages about people and their access, below `/console/`."""

from django.urls import URLPattern, path

from accounts.views import security_key_enrolment, security_key_sign_in, security_keys, step_up

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("login/passkey/begin/", security_key_sign_in.passkey_begin, name="passkey-begin"),
    path("login/passkey/", security_key_sign_in.passkey, name="passkey"),
    path(
        "login/security-key/begin/",
        security_key_sign_in.second_factor_key_begin,
        name="second-factor-key-begin",
    ),
    path("login/security-key/", security_key_sign_in.second_factor_key, name="second-factor-key"),
    path(
        "login/enrol/security-key/begin/",
        security_key_enrolment.security_key_enrol_begin,
        name="security-key-enrol-begin",
    ),
    path("login/enrol/security-key/", security_key_enrolment.security_key_enrol, name="security-key-enrol"),
    path("me/security-keys/add/", security_keys.security_key_add, name="security-key-add"),
    path("me/security-keys/add/begin/", security_keys.security_key_add_begin, name="security-key-add-begin"),
    path(
        "me/security-keys/add/finish/", security_keys.security_key_add_finish, name="security-key-add-finish"
    ),
    path("step-up/begin/", step_up.step_up_begin, name="step-up-begin"),
]
