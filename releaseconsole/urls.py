"""URLs of everything that goes through Django; device paths are answered before it (wsgi.py)."""

from django.contrib import admin
from django.urls import path

urlpatterns = [path("console/", admin.site.urls)]
