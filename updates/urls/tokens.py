"""Addresses of pages about tokens."""

from django.urls import path

from updates.views import tokens

urlpatterns = [
    path("apps/<str:app_id>/tokens/", tokens.token_list, name="tokens"),
    path("apps/<str:app_id>/tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token-revoke"),
]
