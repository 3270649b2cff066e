import pytest
from django.core.exceptions import ImproperlyConfigured

from releaseconsole.settings.privacy import contact_parse, days_parse


@pytest.mark.parametrize("address", ["", "privacy@clinic.example"])
def test_a_contact_is_an_address_of_mail_or_none(address: str) -> None:
    assert contact_parse(address) == address


@pytest.mark.parametrize("address", ["privacy", "a@b\nBcc: c@d.example", "https://clinic.example/"])
def test_a_contact_that_is_none_stops_the_start(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PRIVACY_CONTACT is no address"):
        contact_parse(address)


def test_a_holiday_that_is_no_day_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="PRIVACY_HOLIDAYS takes days"):
        days_parse(["25.12.2026"])
