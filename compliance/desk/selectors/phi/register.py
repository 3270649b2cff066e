"""The PHI register, put together at the moment it is asked for: from profiles, rows and declarations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from compliance.desk.domain.phi.inventory import INVENTORY, Handling, StoredField
from compliance.desk.domain.phi.status import Evidence, PHIStatus, RegisterLine
from compliance.desk.models import DeclarationSubject, MeasurementKind, PHIDeclaration, PHIMeasurement
from compliance.ledger.domain.phi_rules import PHIRule
from releaseconsole.kernel.errors import ConsoleError, NotFoundError
from signing.models import ClaimDefinition, TokenProfile
from signing.selectors import phi_device_encrypts
from signing.services import phi_conditions
from updates.models import App, Bundle, Device, TesterFeedback

_BUNDLES: Final = 20
_UNFLAGGED: Final = "Kept as for every app: the app isn't flagged."


@dataclass(frozen=True, slots=True)
class AppRegister:
    """All lines of one app."""

    app: App
    line: RegisterLine
    tokens: list[RegisterLine]
    claims: list[RegisterLine]
    fields: list[RegisterLine]
    bundles: list[RegisterLine]
    bundles_left: int

    @property
    def lines(self) -> list[RegisterLine]:
        """Those of its parts."""
        return [*self.tokens, *self.claims, *self.fields, *self.bundles]


def measurements_latest() -> dict[str, PHIMeasurement | None]:
    """Read the newest measurement of each kind, by its words; None: it was never looked at."""
    return {kind.label: PHIMeasurement.objects.filter(kind=kind.value).first() for kind in MeasurementKind}


def storage_declared() -> list[PHIDeclaration]:
    """Read what people attest about storage, the newest word on each kind."""
    return list(_newest(PHIDeclaration.objects.filter(subject=DeclarationSubject.STORAGE)))


def apps_registered(*, now: datetime) -> list[RegisterLine]:
    """List all apps, each with its status."""
    profiles = {row.app_id: row for row in TokenProfile.objects.prefetch_related("claims")}
    said = {row.app_id: row for row in _newest(PHIDeclaration.objects.filter(subject="app"))}
    return [_app_line(app, profiles.get(app.pk), said.get(app.pk), now) for app in App.objects.all()]


def app_registered(*, app_id: str, counts: Mapping[str, int], now: datetime) -> AppRegister:
    """Put together all lines of one app.

    Args:
        app_id: The app.
        counts: What was refused or dropped, by rule.
        now: When it's looked at.

    Raises:
        NotFoundError: There's no such app.
    """
    app, profile = App.objects.filter(pk=app_id).first(), TokenProfile.objects.filter(pk=app_id).first()
    if app is None or profile is None:
        raise NotFoundError("There is no such app.")
    said = _newest(PHIDeclaration.objects.filter(subject="app", app_id=app_id)).first()
    line = _app_line(app, profile, said, now)
    bundles = Bundle.objects.filter(app=app).order_by("-pk")
    return AppRegister(
        app=app,
        line=line,
        tokens=_token_lines(profile, now),
        claims=[_claim_line(claim, profile, now) for claim in profile.claims.all()],
        fields=[_field_line(field, app, line.status, counts, now) for field in INVENTORY],
        bundles=_bundle_lines(app, line, list(bundles[:_BUNDLES])),
        bundles_left=max(0, bundles.count() - _BUNDLES),
    )


def bundle_registered(*, app_id: str, version: str) -> Bundle:
    """Find a bundle.

    Raises:
        NotFoundError: There's no such bundle.
    """
    found = Bundle.objects.select_related("app").filter(app=app_id, version=version).first()
    if found is None:
        raise NotFoundError("The app has no such bundle.")
    return found


def _newest(rows: QuerySet[PHIDeclaration]) -> QuerySet[PHIDeclaration]:
    """Keep the newest declaration about each thing."""
    same = PHIDeclaration.objects.filter(
        subject=OuterRef("subject"), app_id=OuterRef("app_id"), key=OuterRef("key")
    )
    return rows.filter(pk=Subquery(same.order_by("-declared_at", "-pk").values("pk")[:1])).select_related(
        "declared_by"
    )


def _app_line(
    app: App, profile: TokenProfile | None, said: PHIDeclaration | None, now: datetime
) -> RegisterLine:
    link = reverse("desk:phi-app", args=[app.pk])
    if profile is None:
        return RegisterLine(app.name, PHIStatus.UNKNOWN, "It has no token profile.", "", Evidence.NONE)
    if not profile.handles_phi:
        if any(claim.claim_class == "phi" for claim in profile.claims.all()):
            why = "A claim of its tokens is health data, and the app isn't flagged."
            return RegisterLine(app.name, PHIStatus.YES, why, "", Evidence.NONE, True, now, link)
        # What was said before the flag was lowered was about another time.
        lowered = profile.phi_lowered_at
        if said is not None and (lowered is None or said.declared_at >= lowered):
            why = f"{said.declared_by.name}: {said.statement}"
            status = PHIStatus(said.status)
            return RegisterLine(app.name, status, why, "", Evidence.ATTESTED, False, said.declared_at, link)
        why = "Nobody has said whether it handles health data."
        return RegisterLine(app.name, PHIStatus.UNKNOWN, why, "", Evidence.NONE, False, None, link)
    missing = [condition.name for condition in phi_conditions(profile=profile) if not condition.is_met]
    words = f"Missing: {', '.join(missing)}." if missing else "All that the flag needs is there."
    why = "Its token profile says so."
    return RegisterLine(app.name, PHIStatus.YES, why, words, Evidence.MEASURED, bool(missing), now, link)


def _token_lines(profile: TokenProfile, now: datetime) -> list[RegisterLine]:
    try:
        is_encrypted = phi_device_encrypts(profile)
    except ConsoleError as exc:
        broken = RegisterLine("Release tokens", PHIStatus.UNKNOWN, exc.message, "", Evidence.NONE, True, now)
        return [broken, *_backend_lines(profile, now)]
    fixed = profile.claims.exclude(fixed_value=None)
    kind, words = "release+jwt", f"Signed with {profile.algorithm}, readable by whoever holds it."
    if is_encrypted:
        kind = "phi-release+jwt"
        words = f"Signed with {profile.algorithm}, then encrypted to the device's key with A256GCM."
    status = _claims_status(fixed, profile)
    is_bad = status is PHIStatus.YES and not is_encrypted
    why = "By the claims that every token carries."
    release = RegisterLine(kind, status, why, words, Evidence.MEASURED, is_bad, now)
    return [release, *_backend_lines(profile, now)]


def _backend_lines(profile: TokenProfile, now: datetime) -> list[RegisterLine]:
    if not profile.issues_backend_tokens:
        return []
    words = (
        f"Signed with {profile.backend_algorithm}. With a claim that is health data, or may be, it's "
        "encrypted to the back end's key with A256GCM, or refused."
    )
    status = _claims_status(profile.claims.all(), profile)
    why = "By the claims that it may carry."
    return [RegisterLine("backend+jwt", status, why, words, Evidence.MEASURED, False, now)]


def _claims_status(claims: QuerySet[ClaimDefinition], profile: TokenProfile) -> PHIStatus:
    classes = set(claims.values_list("claim_class", flat=True))
    if "phi" in classes:
        return PHIStatus.YES
    return PHIStatus.UNKNOWN if "" in classes and profile.handles_phi else PHIStatus.NO


def _claim_line(claim: ClaimDefinition, profile: TokenProfile, now: datetime) -> RegisterLine:
    name = claim.name
    match claim.claim_class:
        case "phi":
            words = "Leaves in encrypted tokens only."
            return RegisterLine(
                name, PHIStatus.YES, "Its class is phi.", words, Evidence.MEASURED, False, now
            )
        case "":
            words = "Treated as health data." if profile.handles_phi else "Treated as internal."
            why = "Nobody has classified it."
            return RegisterLine(name, PHIStatus.UNKNOWN, why, words, Evidence.MEASURED, False, now)
        case other:
            why = f"Its class is {other}."
            return RegisterLine(name, PHIStatus.NO, why, "None for its own sake.", Evidence.ATTESTED)


def _field_line(
    field: StoredField, app: App, status: PHIStatus, counts: Mapping[str, int], now: datetime
) -> RegisterLine:
    if status is PHIStatus.NO:
        return RegisterLine(field.what, PHIStatus.NO, "As the app.", _UNFLAGGED, Evidence.ATTESTED)
    is_flagged = status is PHIStatus.YES
    stored, found = _field_found(field, app, counts)
    words = field.words if is_flagged else _UNFLAGGED
    holds = PHIStatus.NO if stored == 0 else PHIStatus.UNKNOWN
    is_bad = is_flagged and field.handling is Handling.DROPPED and bool(stored)
    return RegisterLine(field.what, holds, found, words, Evidence.MEASURED, is_bad, now)


def _field_found(field: StoredField, app: App, counts: Mapping[str, int]) -> tuple[int | None, str]:
    """Look at the rows: how many hold something (None: too many to look through), and that in words."""
    match field.field:
        case "custom_id":
            stored = Device.objects.filter(app=app).exclude(custom_id="").count()
            return stored, f"{stored} stored, {counts.get(PHIRule.CUSTOM_ID.value, 0)} dropped lately"
        case "detail":
            return None, f"dropped from {counts.get(PHIRule.DETAIL.value, 0)} reports lately"
        case "attributes":
            return len(app.attributes), f"{len(app.attributes)} listed"
        case "text":
            stored = TesterFeedback.objects.filter(tester__app=app).count()
        case _:
            stored = ClaimDefinition.objects.filter(profile=app.pk).exclude(fixed_value=None).count()
    return stored, f"{stored} stored"


def _bundle_lines(app: App, line: RegisterLine, bundles: list[Bundle]) -> list[RegisterLine]:
    keys = [bundle.archive_id for bundle in bundles]
    said = {
        row.key: row
        for row in _newest(PHIDeclaration.objects.filter(subject="bundle", app_id=app.pk, key__in=keys))
    }
    return [_bundle_line(app, line, bundle, said.get(bundle.archive_id)) for bundle in bundles]


def _bundle_line(app: App, line: RegisterLine, bundle: Bundle, said: PHIDeclaration | None) -> RegisterLine:
    link = reverse("updates:bundle", args=[app.pk, bundle.version])
    words = "Anybody with the app can fetch it: nothing keeps health data in it secret."
    if said is not None:
        status, why = PHIStatus(said.status), f"{said.declared_by.name}: {said.statement}"
        is_bad = status is PHIStatus.YES
        return RegisterLine(
            bundle.version, status, why, words, Evidence.ATTESTED, is_bad, said.declared_at, link
        )
    if line.status is PHIStatus.NO:
        return RegisterLine(
            bundle.version, PHIStatus.NO, "As the app.", words, Evidence.ATTESTED, False, line.at, link
        )
    return RegisterLine(
        bundle.version, PHIStatus.UNKNOWN, "Nobody has looked.", words, Evidence.NONE, False, None, link
    )
