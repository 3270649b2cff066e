"""NUL bytes, which PostgreSQL takes in no text: refused wherever somebody may send one."""

import pytest
from django.test import Client

from accounts.models import User
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made, channel_made
from updates.models import Channel

APP = f"/console/apps/{APP_ID}"
CHANNEL = f"{APP}/channels/production"


@pytest.fixture
def production(db: None) -> Channel:
    return channel_made(app_made())


@pytest.mark.parametrize(
    "address",
    [
        *("/setup/%00/", "/api/v1/apps/%00", "/console/login/?next=%00", "/.well-known/jwks.json?%00"),
        *("/console/apps/%00/", f"{APP}/devices/%00/", f"{APP}/devices/?q=%00", f"{APP}/bundles/%00/"),
        *("/console/accounts/user/?q=%00", "/console/accounts/user/%00/change/", f"{CHANNEL}/%00"),
        *("/console/compliance/log/?app=%00", f"{CHANNEL}/roll-back/?to=1%00"),
    ],
)
def test_an_address_with_nul_is_a_bad_request(address: str, ada: User, production: Channel) -> None:
    assert signed_in(ada).get(address).status_code == 400
    assert Client().post(address).status_code == 400


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("roll-back", {"to": "\0", "decision_seq": "1"}),
        ("members", {"device_id": "\0"}),
        ("members/remove", {"device_id": "\0"}),
        ("publish", {"version": "\0", "notes": "\0"}),
    ],
)
def test_a_field_with_nul_is_refused_in_words(
    page: str, fields: dict[str, str], rita: User, production: Channel
) -> None:
    answer = signed_in(rita).post(f"{CHANNEL}/{page}/", fields, follow=True)
    assert answer.status_code == 200
