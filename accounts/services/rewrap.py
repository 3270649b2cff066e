"""Sealing anew what rests under an earlier KEK: row by row, so that nobody waits and a kill loses nothing."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.models import ApprovalRequest, Identity, Letter, RecoveryCodeDevice, TOTPAuthenticator
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.sealed_holders import Rewrapped
from releaseconsole.kernel.sealing import SealingError

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class SealedRows(Generic[M]):
    """A column of sealed values.

    Attributes:
        name: As the holder is registered.
        rows: The rows that may have one; an empty value is none.
        field: The column.
        context: What a row's value is bound to.
    """

    name: str
    rows: QuerySet[M]
    field: str
    context: Callable[[M], str]

    def census(self) -> Mapping[str, int]:
        """Count the values by the KEK they are under; one that is no sealed value counts under "damaged"."""
        values = self.rows.exclude(**{self.field: ""}).values_list(self.field, flat=True)
        return Counter(_kek_id(value) for value in values.iterator())

    def rewrap(self) -> Rewrapped:
        """Seal each value anew that isn't under the current KEK, in a transaction of its own.

        One audit event says so, in the transaction of the first row: a run that is killed is on record too.

        Raises:
            SealingError: The current KEK can't be reached.
        """
        current = sealing.kek_current().kek_id
        behind = [
            pk
            for pk, value in self.rows.exclude(**{self.field: ""}).values_list("pk", self.field)
            if _kek_id(value) != current
        ]
        renewed, failed = 0, []
        for pk in behind:
            try:
                renewed += self._row_rewrap(pk, current=current, waiting=0 if renewed else len(behind))
            except SealingError as exc:
                failed.append(f"{pk}: {exc.message}")
        return Rewrapped(renewed, tuple(failed))

    def _row_rewrap(self, pk: object, *, current: str, waiting: int) -> int:
        with transaction.atomic():
            # Looked at again under the lock: the key may have been destroyed, or another run been faster.
            row = self.rows.select_for_update().filter(pk=pk).first()
            sealed = getattr(row, self.field, "")
            if row is None or not sealed or _kek_id(sealed) == current:
                return 0
            kek, context = sealing.kek_current(), self.context(row)
            setattr(row, self.field, kek.seal(kek.unseal(sealed, context=context), context=context))
            row.save(update_fields=[self.field])
            if waiting:
                self._audit(current, waiting)
        return 1

    def _audit(self, kek_id: str, waiting: int) -> None:
        detail: dict[str, Any] = {"holder": self.name, "kek_id": kek_id, "values": waiting}
        audit_record(action=Action.KEY_REWRAPPED, actor=SYSTEM, now=clock.now(), detail=detail)


def _kek_id(sealed: str) -> str:
    try:
        return sealing.sealed_kek_id(sealed)
    except SealingError:
        return "damaged"


def totp_seeds() -> SealedRows[TOTPAuthenticator]:
    """Return the seeds of one-time codes."""
    return SealedRows(
        "TOTP seeds", TOTPAuthenticator.objects.all(), "sealed_seed", TOTPAuthenticator.seed_context
    )


def approval_payloads() -> SealedRows[ApprovalRequest]:
    """Return what requests that wait keep sealed, such as a key that is to be imported."""
    return SealedRows(
        "requests that wait", ApprovalRequest.objects.all(), "sealed_payload", ApprovalRequest.payload_context
    )


def secret_letters() -> SealedRows[Letter]:
    """Return the letters that wait with a link that lets somebody in; one that is sent is empty."""
    return SealedRows("secret letters", Letter.objects.filter(is_secret=True), "body", Letter.body_context)


def recovery_code_peppers() -> SealedRows[RecoveryCodeDevice]:
    """Return the keys of recovery codes' hashes."""
    return SealedRows(
        "recovery code peppers",
        RecoveryCodeDevice.objects.all(),
        "sealed_pepper",
        RecoveryCodeDevice.pepper_context,
    )


def refresh_tokens() -> SealedRows[Identity]:
    """Return the refresh tokens of who signs in at the identity provider."""
    return SealedRows(
        "refresh tokens", Identity.objects.all(), "sealed_refresh_token", Identity.refresh_token_context
    )
