"""Addresses of pages about bundles."""

from django.urls import path

from updates.views import bundle_diff, bundles

urlpatterns = [
    path("apps/<str:app_id>/bundles/upload/", bundles.bundle_new, name="bundle-new"),
    path("apps/<str:app_id>/bundles/<str:version>/", bundles.bundle_page, name="bundle"),
    path(
        "apps/<str:app_id>/bundles/<str:version>/compare/<str:other>/",
        bundle_diff.bundle_compare,
        name="bundle-compare",
    ),
]
