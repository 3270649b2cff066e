"""Addresses of the pages about people and their access, below `/console/`."""

from django.urls import path

from accounts.views import me, me_totp, recovery_code

app_name = "accounts"
urlpatterns = [
    path("login/recovery-code/", recovery_code.second_recovery_code, name="second-recovery-code"),
    path("me/", me.me, name="me"),
    path("me/authenticators/totp/new/", me_totp.totp_new, name="totp-new"),
    path("me/authenticators/<str:model>/<int:pk>/rename/", me.rename, name="authenticator-rename"),
    path("me/authenticators/<str:model>/<int:pk>/remove/", me.remove, name="authenticator-remove"),
    path("me/recovery-codes/", me.recovery_codes, name="recovery-codes"),
]
