"""What every answer says to browsers, and how cookies are spelled where there's https."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from tests.support.console import database_put
from tests.support.people import signed_in

EVERYWHERE = [
    "/console/login/",
    "/.well-known/jwks.json",
    "/api/v1/apps",
    "/nothing-here/",
    "/setup/nothing/",
]
IN_PRODUCTION = """
import django, json
django.setup()
from django.test import Client
answer = Client().get("/setup/nothing/", secure=True, headers={"host": "updates.example.com"})
page = Client().get("/console/login/", secure=True, headers={"host": "updates.example.com"})
plain = Client().get("/console/login/", headers={"host": "updates.example.com"})
from django.conf import settings
print(json.dumps({
    "hsts": answer.headers["Strict-Transport-Security"],
    "cookies": {name: [morsel[key] for key in ("secure", "httponly", "path", "domain", "samesite")]
                for name, morsel in page.cookies.items()},
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE,
                settings.SESSION_COOKIE_HTTPONLY],
    "plain": [plain.status_code, plain.headers["Location"]],
}))
"""


@pytest.mark.parametrize("address", EVERYWHERE)
@pytest.mark.django_db
def test_every_answer_is_locked_down(address: str) -> None:
    headers = Client().get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in f"{policy};"
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]


def test_console_pages_are_never_cached(rita: User) -> None:
    cached = signed_in(rita).get("/console/").headers["Cache-Control"]
    assert {"no-store", "private"} <= set(cached.replace(" ", "").split(","))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="It has an SQLite of its own")
def test_with_https_cookies_belong_to_this_host_alone(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "releaseconsole.settings",
        "CONSOLE_VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/console.sqlite3",
        "PUBLIC_URL": "https://updates.example.com",
        "SECRET_KEY": "a-key-of-this-test-only-0123456789-abcdefghijklmnopqrstuvwxyz",
        "DEBUG": "0",
    }
    database_put(tmp_path)
    command = [sys.executable, "manage.py", "collectstatic", "-v0", "--no-input"]
    subprocess.run(command, env=environment, cwd=settings.BASE_DIR, check=True)
    said = subprocess.run(
        [sys.executable, "-c", IN_PRODUCTION],
        env=environment,
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert '"hsts": "max-age=31536000; includeSubDomains; preload"' in said
    assert '"__Host-csrftoken": [true, true, "/", "", "Lax"]' in said
    assert '"session": ["__Host-sessionid", true, true]' in said
    assert '"plain": [301, "https://updates.example.com/console/login/"]' in said
