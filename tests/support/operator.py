"""A person at the console, over HTTP with forms and cookies, knowing nothing of its code."""

import base64
import hashlib
import hmac
import html
import re
import struct
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from releaseconsole.kernel import clock
from tests.support.console import wait_until

PASSWORD = "correct horse battery staple 26"


def totp(secret_base32: str, *, step: int = 0) -> str:
    """The RFC 6238 code of now, or `step` periods of 30 s later; an authenticator app's arithmetic."""
    counter = int(clock.epoch_seconds() // 30) + step
    key = base64.b32decode(secret_base32 + "=" * (-len(secret_base32) % 8), casefold=True)
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


@dataclass
class Operator:
    """Signed in once `set_up` is done."""

    base_url: str

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base_url, follow_redirects=True, timeout=30)
        self.email = ""
        self.totp_secret = ""
        self._used_step = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def set_up(self, setup_url: str, *, email: str = "ada@example.com", preset: str = "solo") -> None:
        """Follow the set-up link as its first holder."""
        page = self.http.get(setup_url)
        assert page.status_code == 200, page.text
        self.totp_secret = _only(r'data-testid="totp-secret"[^>]*>([A-Z2-7 ]+)<', page.text).replace(" ", "")
        fields = {
            "name": "Ada Lovelace",
            "email": email,
            "password": PASSWORD,
            "preset": preset,
            "code": self.next_code(),
        }
        answer = self.http.post(setup_url, data=fields | hidden(page.text), headers=self._origin())
        assert answer.url.path == "/console/", answer.text
        self.email = email

    def signed_in_again(self) -> str:
        """Sign in elsewhere, by both pages; returns the key of that session."""
        with httpx.Client(base_url=self.base_url, follow_redirects=True, timeout=30) as elsewhere:
            page = elsewhere.get("/console/login/")
            for given in ({"email": self.email, "password": PASSWORD}, {"code": self.next_code()}):
                fields = hidden(page.text) | given
                page = elsewhere.post(str(page.url), data=fields, headers=self._origin())
            assert page.url.path == "/console/", page.text
            return elsewhere.cookies["sessionid"]

    def invite_made(self, *, name: str, email: str, roles: list[str]) -> str:
        """Invite somebody, confirmed with a fresh code; returns the link that is shown once."""
        path, fields = "/console/people/invite/", {"name": name, "email": email, "roles": roles}
        page = self.http.post(path, data=hidden(self.http.get(path).text) | fields, headers=self._origin())
        page = self.http.post(
            path, data=hidden(page.text) | fields | {"code": self.next_code()}, headers=self._origin()
        )
        return _only(r'data-copy="([^"]*/console/login/invited/[^"]+)"', page.text)

    def person_id(self, email: str) -> str:
        """Find a person's number by address."""
        page = self.http.get("/console/accounts/user/", params={"q": email})
        return _only(r"/console/accounts/user/(\d+)/change/", page.text)

    def confirm(self, path: str) -> None:
        """Confirm what a page asks for, with a fresh code."""
        self.submit(path, code=self.next_code())

    def accept_invite(self, link: str) -> None:
        """Come in by an invite: choose a password, enrol an authenticator."""
        chosen = hidden(self.http.get(link).text) | {"password": PASSWORD}
        page = self.http.post(link, data=chosen, headers=self._origin())
        self.totp_secret = _only(r'data-testid="totp-secret"[^>]*>([A-Z2-7 ]+)<', page.text)
        fields = hidden(page.text) | {"code": self.next_code()}
        answer = self.http.post(str(page.url), data=fields, headers=self._origin())
        assert answer.url.path == "/console/", answer.text

    def next_code(self) -> str:
        """A code that wasn't used yet: of this step or, as drift, the next; else of the one to come."""
        now = int(clock.epoch_seconds() // 30)
        self._used_step = max(now, self._used_step + 1)
        wait_until(lambda: clock.epoch_seconds() // 30 >= self._used_step - 1, "the code's time comes")
        return totp(self.totp_secret, step=self._used_step - int(clock.epoch_seconds() // 30))

    def submit(self, path: str, files: dict[str, Any] | None = None, **fields: Any) -> httpx.Response:
        """Open a page with a form, fill it in, send it, and return the page one lands on."""
        answer = self.answered(path, files, **fields)
        assert answer.history, _said(answer.text)
        return answer

    def answered(self, path: str, files: dict[str, Any] | None = None, **fields: Any) -> httpx.Response:
        """The same for a form that answers with a page, such as one that shows a secret."""
        page = self.http.get(path)
        assert page.status_code == 200, page.text
        data = hidden(page.text) | fields
        answer = self.http.post(path, data=data, files=files, headers=self._origin())
        assert answer.status_code == 200, answer.text
        return answer

    def _origin(self) -> dict[str, str]:
        return {"Origin": self.base_url}


def hidden(page: str) -> dict[str, str]:
    """Hidden fields of the page's forms, the CSRF token among them."""
    fields = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            fields[name[1]] = html.unescape(value[1]) if value else ""
    return fields


def boxes(page: str, name: str) -> list[str]:
    """The values of all boxes of a name that can be ticked."""
    return re.findall(rf'<input type="checkbox" name="{name}" value="([^"]*)"', page)


def _only(pattern: str, page: str) -> str:
    found = re.findall(pattern, page)
    assert found, page
    return str(found[0])


def _said(page: str) -> str:
    """What a refused form says."""
    return " ".join(re.findall(r'role="alert">\s*(?:<p>)?([^<]+)', page)) or page
