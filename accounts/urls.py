"""Addresses of the pages about people and their access, below `/console/`."""

from django.urls import URLPattern

app_name = "accounts"
urlpatterns: list[URLPattern] = []
