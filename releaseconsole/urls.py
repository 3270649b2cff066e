"""URLs of everything that goes through Django; device paths are answered before it (wsgi.py)."""

from django.contrib import admin
from django.urls import include, path

from signing.views import jwks

urlpatterns = [
    path("api/v1/", include("updates.api.urls")),
    path(".well-known/jwks.json", jwks, name="jwks"),
    path("console/", admin.site.urls),
]
