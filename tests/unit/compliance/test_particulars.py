from typing import Any

import pytest

from compliance.ledger.domain.phrases import particulars


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        pytest.param(
            {"version": "1.2.0", "channel": "beta", "rollout_bps": 10}, "1.2.0 on beta", id="release"
        ),
        pytest.param({"rolled_back": [{"version": "2"}, {"version": "1"}]}, "2 and 1", id="rollback"),
        pytest.param({"role": "release_manager"}, "release manager", id="role"),
        pytest.param({"permission": "key_view", "path": "/x"}, "key view", id="refusal"),
        pytest.param({"permission": ""}, "", id="refusal without a name"),
        pytest.param({"kind": "totp"}, "", id="nothing to name"),
    ],
)
def test_particulars_tell_like_events_apart(detail: dict[str, Any], text: str) -> None:
    assert particulars(detail) == text
