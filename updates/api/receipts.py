"""`…/releases/{release_seq}/receipt`: the proofs without which no device would be offered the release."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.domain.roles import Permission
from updates.api.release_serializers import ReceiptOut
from updates.api.scope import AppView
from updates.selectors.receipts import receipt_get, receipt_proofs
from updates.selectors.releases import release_get


class ProofOut(serializers.Serializer[Any]):
    """That one event is in the audit log."""

    sequence = serializers.IntegerField(help_text="Its place in the log.")
    words = serializers.CharField(help_text="What it says.")
    proof = serializers.CharField(source="text", help_text="C2SP tlog-proof; `extra` is the entry itself.")


class WholeReceiptOut(ReceiptOut):
    """A receipt with its proofs."""

    proofs = ProofOut(many=True)


class ReleaseReceiptDetail(AppView):
    """The receipt of a release."""

    serializer_class = WholeReceiptOut
    permissions = {"GET": Permission.APP_VIEW}

    @operation("release_receipt", ok={200: WholeReceiptOut})
    def get(self, _request: Request, **_: Any) -> Response:
        """Read the receipt with its proofs, to verify them without the console."""
        release = release_get(channel=self.channel, release_seq=self.kwargs["release_seq"])
        receipt = receipt_get(release=release)
        told = {**ReceiptOut(receipt).data, "proofs": ProofOut(receipt_proofs(receipt), many=True).data}
        return Response(told)
