"""Addresses of pages about sign-offs and native builds."""

from django.urls import path

from updates.views import native_builds, sign_offs

urlpatterns = [
    path("apps/<str:app_id>/releases/<int:release_seq>/sign-off/", sign_offs.sign_off, name="sign-off"),
    path(
        "apps/<str:app_id>/releases/<int:release_seq>/sign-off/reject/",
        sign_offs.sign_off_reject,
        name="sign-off-reject",
    ),
    path("apps/<str:app_id>/native-builds/", native_builds.native_builds, name="native-builds"),
    path("apps/<str:app_id>/native-builds/new/", native_builds.native_build_new, name="native-build-new"),
    path(
        "apps/<str:app_id>/native-builds/<int:build_id>/remove/",
        native_builds.native_build_forget,
        name="native-build-remove",
    ),
]
