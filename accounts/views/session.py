"""Giving a browser the session of a person who has passed both factors."""

import django_otp
from django.contrib.auth import login
from django.http import HttpRequest
from django_otp.models import Device

from accounts.models import User


def session_open(request: HttpRequest, user: User, device: Device) -> None:
    """Give this browser a session of a person who has passed both factors; its key is a new one."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    django_otp.login(request, device)
