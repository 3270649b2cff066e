"""What is tried on SQLite alone, since PostgreSQL could answer nothing else (docs/development.md).

A test that is given no database can't reach one: pytest-django stands in its way. And in the files below the
question isn't one to a database: how something is worded, what a form refuses, what a token is worth. What
they have services do is tried on both by those services' own tests, and every page is opened on both by
tests/integration/test_access_table.py.

What filters, searches, counts, races, keeps what strangers type or is refused by the database doesn't belong
here.
"""

from pathlib import Path
from typing import Final

import pytest

FOLDER: Final = Path(__file__).resolve().parents[1] / "integration"

# A file, and where both databases do what it rests on.
TRIED_ONCE: Final = {
    # Tokens: what an attacker makes of them, and what other libraries read in them.
    "signing/test_backend_tokens.py": "signing/test_verify_api.py",
    "signing/test_javascript_libraries.py": "signing/test_release_signer.py",
    "signing/test_npm_jose.py": "signing/test_release_signer.py",
    "signing/test_trust_npm_jose.py": "signing/test_trust_services.py",
    "signing/test_verify_attacks.py": "signing/test_verify_api.py",
    # What devices are told: the gateway asks no database, it has a table that is read from one.
    "updates/gateway/test_capgo_updates.py": "updates/test_decision_table.py",
    "updates/gateway/test_decision_answers.py": "updates/test_decision_table.py",
    "updates/gateway/test_v1_check.py": "updates/test_decision_table.py",
    # Words, forms and buttons.
    "accounts/approvals/test_approval_pages.py": "accounts/approvals/test_deciding.py",
    "accounts/test_step_up_pages.py": "accounts/test_step_up.py",
    "compliance/reports/test_papers.py": "compliance/reports/test_making.py",
    "signing/test_key_import_page.py": "signing/test_key_operations.py",
    "signing/test_key_operation_pages.py": "signing/test_key_operations.py",
    "signing/test_key_pages_access.py": "test_access_table.py",
    "signing/test_profile_pages.py": "signing/test_profiles.py",
    "signing/test_root_pages.py": "signing/test_trust_root.py",
    "signing/test_security_key_forms.py": "accounts/test_security_key_step_up.py",
    "signing/test_two_people_with_security_keys.py": "signing/test_two_people.py",
    "updates/api/test_problems.py": "updates/api/test_releases.py",
    "updates/api/test_schema.py": "updates/api/test_releases.py",
    "updates/reviewing/test_sign_off_pages.py": "updates/reviewing/test_sign_offs.py",
    "updates/test_first_steps.py": "updates/services/test_apps.py",
    "updates/test_form_uploads.py": "updates/services/test_bundles.py",
    "updates/test_pages_access.py": "test_access_table.py",
    "updates/test_store_presence.py": "updates/services/test_apps.py",
    "updates/testers/test_preview_pages.py": "updates/services/test_previews.py",
}


def needs_no_second(item: pytest.Item) -> bool:
    """Whether a test of tests/integration would show nothing new on PostgreSQL."""
    if not item.path.is_relative_to(FOLDER):
        return False
    if item.path.relative_to(FOLDER).as_posix() in TRIED_ONCE:
        return True
    # Which database it is for says a test that is skipped on one, and those may start processes with it.
    return not item.get_closest_marker("skipif") and not _has_database(item)


def _has_database(item: pytest.Item) -> bool:
    given = {"db", "transactional_db"}.intersection(getattr(item, "fixturenames", ()))
    return bool(given or item.get_closest_marker("django_db"))
