"""Addresses of pages about bundles."""

from django.urls import path

from updates.views import bundles

urlpatterns = [
    path("apps/<str:app_id>/bundles/upload/", bundles.bundle_new, name="bundle-new"),
    path("apps/<str:app_id>/bundles/<str:version>/", bundles.bundle_page, name="bundle"),
]
