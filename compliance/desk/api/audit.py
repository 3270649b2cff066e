"""The audit log for machines: its entries (`audit/events`), and what proves them.

Read with a token of the console itself, which no app has; one that may export as well is given the personal
values. Proofs of single entries aren't recorded here: each would be another entry to prove. That a machine
follows the log is.
"""

import base64
import re
from typing import Any, Final

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import ScopedView, token_of
from accounts.domain.roles import Permission
from compliance.desk.api.rendering import LinesRenderer, TextRenderer
from compliance.desk.errors import CursorMalformedError
from compliance.desk.selectors.feed import FeedEntry, checkpoint_latest, consistency_read, feed_entries
from compliance.desk.services.following import following_record
from compliance.desk.services.proving import entry_prove
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import canonical_json

_MOST: Final = 1000
_USUAL: Final = 100
_NUMBER: Final = re.compile(r"0|[1-9]\d{0,17}")
_BEFORE_ALL: Final = -1
_TEXT: Final = f"{TextRenderer.media_type}; charset=utf-8"


def _number_of(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not text.isascii() or not _NUMBER.fullmatch(text):
        raise CursorMalformedError(f"`{name}` isn't a number as the log writes them: {text[:40]}")
    return int(text)


def _parameter(name: str, description: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.INT64, description=description, required=required)


class LogView(ScopedView):
    """A view on the log as a whole: the token must be the console's own."""

    http_method_names = ["get", "head"]
    permissions = {"GET": Permission.AUDIT_VIEW}
    is_console_wide = True
    serializer_class = serializers.Serializer
    pagination_class = None


class AuditEvents(LogView):
    """The feed."""

    renderer_classes = [LinesRenderer, JSONRenderer]

    @operation(
        "audit_events_follow",
        ok={(200, LinesRenderer.media_type): OpenApiTypes.STR},
        parameters=[
            _parameter("after", "Number of the last entry that you have; without it, from the first one on."),
            _parameter("limit", f"How many at most: {_USUAL} unless told, up to {_MOST}."),
        ],
    )
    def get(self, request: Request, **_: Any) -> HttpResponse:
        """Read the log's entries in their order, a JSON document on each line; none is ever left out.

        `X-Next` and `Link: …; rel="next"` lead on: ask there again, soon after a full page, else later.

        An entry is `sequence`, `leaf_hash` (base64), `header` (the text that the tree hashes), `content` (the
        text that the header commits to; null: erased) and `disclosures` (`name`, `salt`, `value`: personal
        values that are still there; only for tokens that carry `audit_export` as well).
        """
        after = _number_of(request, "after")
        limit = _number_of(request, "limit")
        start = _BEFORE_ALL if after is None else after
        entries = list(feed_entries(after=start, limit=min(limit or _USUAL, _MOST)))
        token = token_of(request)
        following_record(actor=token.actor, after=start, now=clock.now())
        tells_all = self.may_as_well(token, Permission.AUDIT_EXPORT)
        lines = "".join(f"{_line(entry, tells_all=tells_all)}\n" for entry in entries)
        last = entries[-1].sequence if entries else start
        headers = _next(request, last, limit)
        return HttpResponse(lines, headers=headers, content_type=f"{LinesRenderer.media_type}; charset=utf-8")


class AuditCheckpointDetail(LogView):
    """What was signed last."""

    renderer_classes = [TextRenderer, JSONRenderer]

    @operation("audit_checkpoint_read", ok={(200, TextRenderer.media_type): OpenApiTypes.STR})
    def get(self, _request: Request, **_: Any) -> HttpResponse:
        """Read the newest signed checkpoint (C2SP tlog-checkpoint in a signed note)."""
        return HttpResponse(checkpoint_latest().note, content_type=_TEXT)


class AuditProof(LogView):
    """The proof of one entry."""

    renderer_classes = [TextRenderer, JSONRenderer]

    @operation("audit_proof_read", ok={(200, TextRenderer.media_type): OpenApiTypes.STR})
    def get(self, _request: Request, sequence: int, **_: Any) -> HttpResponse:
        """Prove that an entry is in the log (C2SP tlog-proof, with the entry's header as extra)."""
        proof, _checkpoint = entry_prove(sequence=sequence, now=clock.now())
        return HttpResponse(proof, content_type=_TEXT)


class ConsistencyOut(serializers.Serializer[Any]):
    """A consistency proof."""

    first = serializers.IntegerField(help_text="Entries of the earlier log.")
    second = serializers.IntegerField(help_text="Entries of the later one.")
    path = serializers.ListField(child=serializers.CharField(), help_text="Hashes, in base64.")


class AuditConsistency(LogView):
    """That the log only grew."""

    serializer_class = ConsistencyOut

    @operation(
        "audit_consistency_read",
        ok={200: ConsistencyOut},
        parameters=[
            _parameter("from", "Entries of the checkpoint that you have.", required=True),
            _parameter("to", "Entries of the later one; without it, of the newest checkpoint."),
        ],
    )
    def get(self, request: Request, **_: Any) -> Response:
        """Prove that a later log begins with an earlier one (RFC 9162, section 2.1.4).

        Raises:
            CursorMalformedError: It isn't said from where.
        """
        first = _number_of(request, "from")
        if first is None:
            raise CursorMalformedError("`from` is missing: the size of the checkpoint that you have.")
        found = consistency_read(first=first, second=_number_of(request, "to"))
        path = [base64.b64encode(each).decode() for each in found.path]
        return Response(ConsistencyOut({"first": found.first, "second": found.second, "path": path}).data)


def _line(entry: FeedEntry, *, tells_all: bool) -> str:
    event = entry.event
    content = getattr(event, "content", None)
    written: dict[str, Any] = {
        "sequence": entry.sequence,
        "leaf_hash": base64.b64encode(bytes(event.leaf_hash)).decode(),
        "header": bytes(event.header).decode(),
        "content": bytes(content.content).decode() if content else None,
    }
    if tells_all:
        written["disclosures"] = [
            {"name": each.name, "salt": each.salt, "value": each.value} for each in event.disclosures.all()
        ]
    return canonical_json(written).decode()


def _next(request: Request, last: int, limit: int | None) -> dict[str, str]:
    """Lead to what comes after the last entry; before there is any, to the beginning."""
    query = "&".join(
        f"{name}={value}"
        for name, value in (("after", None if last == _BEFORE_ALL else last), ("limit", limit))
        if value is not None
    )
    address = request.build_absolute_uri(request.path + (f"?{query}" if query else ""))
    return {"X-Next": address, "Link": f'<{address}>; rel="next"', "Cache-Control": "no-store"}
