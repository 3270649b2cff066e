"""URLs of everything that goes through Django; device paths are answered before it (wsgi.py)."""

from django.contrib import admin
from django.urls import path

from signing.views import jwks

urlpatterns = [
    path(".well-known/jwks.json", jwks, name="jwks"),
    path("console/", admin.site.urls),
]
