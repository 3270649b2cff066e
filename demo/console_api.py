"""The management API as a CI job uses it: token in the header, a key that makes a retry safe."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from demo.bundle import build
from demo.connection import Answer, Connection
from demo.record import DemoError

_BOUNDARY: Final = "demo-bundle-boundary-5f1c"
_ERROR: Final = 400


class ConsoleAPI:
    """One app's API."""

    def __init__(self, connection: Connection, app_id: str, token: str) -> None:
        self._connection = connection
        self._base = f"/api/v1/apps/{app_id}"
        self._token = token

    def accepts_token(self) -> bool:
        """Tell whether the token still works."""
        return self._send("GET", "").status < _ERROR

    def releases(self, channel: str) -> dict[str, dict[str, Any]]:
        """List the newest release of each version on a channel."""
        answer = self._expect(self._send("GET", f"/channels/{channel}/releases?page_size=200"))
        newest_first: list[dict[str, Any]] = answer["results"]
        return {release["version"]: release for release in reversed(newest_first)}

    def upload(self, version: str, more: Mapping[str, str] | None = None) -> None:
        """Upload a version, with files that only it has; uploading it again changes nothing."""
        part = 'Content-Disposition: form-data; name="version"\r\n\r\n' + version
        file = (
            'Content-Disposition: form-data; name="file"; filename="www.zip"\r\n'
            "Content-Type: application/zip\r\n\r\n"
        )
        head = f"--{_BOUNDARY}\r\n{part}\r\n--{_BOUNDARY}\r\n{file}".encode()
        body = head + build(version, more) + f"\r\n--{_BOUNDARY}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        self._expect(self._send("POST", "/bundles", body, kind))

    def publish(
        self,
        channel: str,
        version: str,
        *,
        notes: str,
        rollout_bps: int,
        plan: Sequence[Mapping[str, int]] = (),
    ) -> None:
        """Make a version live."""
        asked = {"version": version, "notes": notes, "rollout_bps": rollout_bps, "plan": list(plan)}
        self._act(f"/channels/{channel}/releases", asked, key=f"demo-publish-{channel}-{version}")

    def roll_back(self, channel: str, version: str) -> None:
        """Take back what is live; `version` only makes a retry of it safe."""
        self._act(f"/channels/{channel}/rollback", {}, key=f"demo-rollback-{channel}-{version}")

    def _act(self, path: str, value: Any, *, key: str) -> None:
        authority = self._authority() | {"Idempotency-Key": key}
        self._expect(self._connection.post(self._base + path, value, authority))

    def _send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        return self._connection.request(method, self._base + path, body, self._authority() | (headers or {}))

    def _authority(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _expect(self, answer: Answer) -> Any:
        if answer.status >= _ERROR:
            raise DemoError(f"The API refused: {answer.status} {answer.body.decode(errors='replace')[:500]}")
        return answer.json()
