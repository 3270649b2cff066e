"""Whom an incident may have to be told, and by when."""

from datetime import date

import pytest

from compliance.desk.domain.notices import TERMS, Assessment, NoticeRule, notice_day, notices_due

NOTICED = date(2026, 11, 30)
OF_HEALTH = {NoticeRule.HIPAA_COVERED_ENTITY, NoticeRule.HIPAA_INDIVIDUALS}
TO_MANY = {NoticeRule.HIPAA_MEDIA, NoticeRule.HIPAA_HHS}
CALIFORNIA = {NoticeRule.CALIFORNIA_INDIVIDUALS}
ATTORNEY = {NoticeRule.CALIFORNIA_ATTORNEY_GENERAL}


@pytest.mark.parametrize(
    ("personal", "phi", "affected", "rules"),
    [
        pytest.param(False, False, 9000, set(), id="nothing personal"),
        pytest.param(True, False, 499, CALIFORNIA, id="few people"),
        pytest.param(True, False, 500, CALIFORNIA | ATTORNEY, id="many people"),
        pytest.param(True, False, None, CALIFORNIA | ATTORNEY, id="nobody knows how many"),
        pytest.param(
            True, True, 499, OF_HEALTH | CALIFORNIA | {NoticeRule.HIPAA_HHS_YEARLY}, id="few patients"
        ),
        pytest.param(True, True, 500, OF_HEALTH | TO_MANY | CALIFORNIA | ATTORNEY, id="many patients"),
        pytest.param(True, True, None, OF_HEALTH | TO_MANY | CALIFORNIA | ATTORNEY, id="patients unknown"),
    ],
)
def test_which_notices_an_incident_may_need(
    *, personal: bool, phi: bool, affected: int | None, rules: set[NoticeRule]
) -> None:
    known = Assessment(noticed_on=NOTICED, personal=personal, phi=phi, affected=affected)
    assert {rule for rule, _ in notices_due(known)} == rules


@pytest.mark.parametrize(
    ("rule", "noticed", "day"),
    [
        (NoticeRule.HIPAA_INDIVIDUALS, NOTICED, date(2027, 1, 29)),
        (NoticeRule.HIPAA_INDIVIDUALS, date(2028, 1, 1), date(2028, 3, 1)),  # over a leap day
        (NoticeRule.HIPAA_HHS_YEARLY, NOTICED, date(2027, 3, 1)),
        (NoticeRule.HIPAA_HHS_YEARLY, date(2027, 1, 1), date(2028, 2, 29)),
        (NoticeRule.CALIFORNIA_INDIVIDUALS, NOTICED, date(2026, 12, 30)),
    ],
)
def test_the_last_day(rule: NoticeRule, noticed: date, day: date) -> None:
    assert notice_day(rule, noticed) == day


def test_every_rule_has_words() -> None:
    assert set(TERMS) == set(NoticeRule)
