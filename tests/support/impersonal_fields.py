"""Fields that hold nothing personal, each table with the reason: the other half of what holders declare."""

from collections.abc import Mapping
from typing import Final

IMPERSONAL: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "auth.Permission": (
        "names of rights",
        frozenset({"name", "codename"}),
    ),
    "auth.Group": (
        "names of roles",
        frozenset({"name"}),
    ),
    "contenttypes.ContentType": (
        "names of tables",
        frozenset({"app_label", "model"}),
    ),
    "admin.LogEntry": (
        "nothing is written into it: the audit log is the record",
        frozenset({"object_id", "object_repr", "change_message"}),
    ),
    "ledger.PurgeRun": (
        "the name of a kind of data; counts by number of a hold",
        frozenset({"held", "name"}),
    ),
    "ledger.AuditLeaf": (
        "hashes",
        frozenset({"leaf_hash"}),
    ),
    "ledger.AuditTile": (
        "hashes",
        frozenset({"data", "root"}),
    ),
    "ledger.AuditEpoch": (
        "name of the log",
        frozenset({"origin"}),
    ),
    "ledger.AuditCheckpoint": (
        "hashes, signatures",
        frozenset({"origin", "root", "note", "kid"}),
    ),
    "ledger.AuditAnchor": (
        "where copies of checkpoints are",
        frozenset({"kind", "act", "place", "error"}),
    ),
    "ledger.AuditEvent": (
        "people and testers by number only; the tree has hashed it, so it can't be otherwise",
        frozenset({
            "header",
            "leaf_hash",
            "action",
            "outcome",
            "actor_kind",
            "actor_id",
            "app_id",
            "object_type",
            "object_id",
        }),
    ),
    "ledger.AuditContent": (
        "whatever may be personal is a salted digest in it (domain/commitments.py)",
        frozenset({"content"}),
    ),
    "ledger.AuditDisclosure": (
        "name and salt of a value; the value is declared",
        frozenset({"name", "salt"}),
    ),
    "ledger.AuditErasure": (
        "what was erased, by number",
        frozenset({"name", "kind"}),
    ),
    "ledger.LegalHold": (
        "people by number",
        frozenset({"scope", "app_id", "object_type", "object_id", "placed_by", "lifted_by"}),
    ),
    "ledger.AuditVerification": (
        "what is wrong with which entry, by number",
        frozenset({"verdict", "findings", "unchecked"}),
    ),
    "accounts.TrustedPublisher": (
        "an organisation's account at its CI",
        frozenset({"app_id", "kind", "issuer", "owner_id", "channels"}),
    ),
    "accounts.APIToken": (
        "a machine's",
        frozenset({"prefix", "secret_sha256", "app_id", "permissions", "channels"}),
    ),
    "accounts.StepUp": (
        "names and digests of operations",
        frozenset({"operation", "digest"}),
    ),
    "accounts.ApprovalRequest": (
        "names and digests of operations; what is sealed goes with the decision",
        frozenset({"operation", "digest", "app_id", "sealed_payload", "state"}),
    ),
    "accounts.ReviewTask": (
        "names and digests of operations",
        frozenset({"why", "operation", "digest"}),
    ),
    "accounts.AuthenticatorRecord": (
        "one of a few words",
        frozenset({"kind"}),
    ),
    "accounts.Grant": (
        "rights",
        frozenset({"app_id", "channel", "permission"}),
    ),
    "accounts.AuditorEngagement": (
        "names of reports",
        frozenset({"reports"}),
    ),
    "accounts.IdentityRole": (
        "names of roles",
        frozenset({"role"}),
    ),
    "accounts.LogoutNotice": (
        "random ids of notices, which name no account",
        frozenset({"issuer", "jti"}),
    ),
    "accounts.PersonLink": (
        "one of a few words",
        frozenset({"purpose"}),
    ),
    "accounts.ConsolePolicy": (
        "one of a few words",
        frozenset({"preset"}),
    ),
    "accounts.TwoPersonRule": (
        "names of operations",
        frozenset({"operation"}),
    ),
    "accounts.ConsoleSession": (
        "one of a few words",
        frozenset({"kind", "ended_why"}),
    ),
    "accounts.SetupLink": (
        "a hash that names nobody",
        frozenset({"token_sha256"}),
    ),
    "accounts.FailedAttempts": (
        "one of a few words",
        frozenset({"scope"}),
    ),
    "accounts.SecurityKey": (
        "one of a few words",
        frozenset({"credential_type"}),
    ),
    "accounts.SecurityKeyAttestation": (
        "one of a few words",
        frozenset({"fmt"}),
    ),
    "django_otp_webauthn.WebAuthnCredential": (
        "always empty: accounts.SecurityKey takes its place",
        frozenset({
            "name",
            "credential_type",
            "credential_id",
            "public_key",
            "transports",
            "aaguid",
            "credential_id_sha256",
        }),
    ),
    "django_otp_webauthn.WebAuthnAttestation": (
        "always empty: accounts.SecurityKeyAttestation takes its place",
        frozenset({"fmt", "data", "client_data_json"}),
    ),
    "signing.TrustDocument": (
        "keys of apps",
        frozenset({"app_id", "document_type", "signed", "signed_by_new", "signer_kid", "content_sha256"}),
    ),
    "signing.SigningKey": (
        "keys of the console and of apps",
        frozenset({
            "purpose",
            "app_id",
            "algorithm",
            "state",
            "kid",
            "public_jwk",
            "backend",
            "sealed_private",
            "reference",
            "failure",
        }),
    ),
    "signing.TokenProfile": (
        "settings of apps",
        frozenset({"app_id", "algorithm", "backend_algorithm"}),
    ),
    "signing.ClaimDefinition": (
        "names of claims",
        frozenset({"name", "claim_class", "claim_type"}),
    ),
    "signing.RecipientKey": (
        "one of a few words",
        frozenset({"algorithm"}),
    ),
    "updates.App": (
        "the app's own",
        frozenset({
            "app_id",
            "name",
            "platforms",
            "attributes",
            "custom_id_policy",
            "sealed_custom_id_key",
            "telemetry_policy",
            "telemetry_text_version",
        }),
    ),
    "updates.ConsentRecord": (
        "a version, and one of a few words; gone with who agreed",
        frozenset({"text_version", "withdrawn_by"}),
    ),
    "updates.Channel": (
        "the channel's own; a preview is named after a branch's number",
        frozenset({
            "name",
            "platforms",
            "native_min",
            "native_max",
            "update_policy",
            "preview_of",
            "guard_action",
        }),
    ),
    "updates.ChannelFreeze": (
        "a zone",
        frozenset({"zone"}),
    ),
    "updates.IdempotencyRecord": (
        "hashes of a token's random key and of a request",
        frozenset({"key_sha256", "request_sha256"}),
    ),
    "updates.StoredArchive": (
        "a hash of a bundle",
        frozenset({"sha256"}),
    ),
    "updates.Bundle": (
        "the bundle's own; who uploaded it is a number",
        frozenset({
            "version",
            "manifest",
            "manifest_sha256",
            "uploaded_by",
            "native_packages",
            "native_fingerprint",
            "findings",
        }),
    ),
    "updates.Release": (
        "the release's own",
        frozenset({
            "state",
            "rollout_salt",
            "native_min",
            "native_max",
            "plan",
            "scheduled_zone",
            "receipt_trouble",
            "superseded_from",
        }),
    ),
    "updates.ReleaseReceipt": (
        "proofs of events, which name people by number",
        frozenset({"origin", "proof", "others"}),
    ),
    "updates.Device": (
        "what many devices have in common; gone with the device",
        frozenset({"platform", "version", "native_version", "plugin_version", "os_version", "channel_name"}),
    ),
    "updates.DeviceEvent": (
        "what many devices have in common; gone with the event",
        frozenset({"action", "version", "old_version", "channel_name", "platform"}),
    ),
    "updates.InstallOutcome": (
        "what many devices have in common; gone with the outcome",
        frozenset({"version", "channel_name", "outcome", "reason"}),
    ),
    "updates.HourlyRollup": (
        "counts that name no device",
        frozenset({"channel_name", "version", "action"}),
    ),
    "updates.StreamPosition": (
        "a place in a stream",
        frozenset({"stream", "last_id"}),
    ),
    "updates.NativeBuild": (
        "the build's own; who registered it is a number",
        frozenset({"platform", "version", "build_number", "plugins", "fingerprint", "registered_by"}),
    ),
    "updates.SignOffRequirement": (
        "names of roles",
        frozenset({"role"}),
    ),
    "updates.SignOff": (
        "digests and roles",
        frozenset({"digest", "role", "checklist"}),
    ),
    "updates.StorePresence": (
        "the app's own",
        frozenset({
            "ios_team_id",
            "ios_bundle_id",
            "android_package",
            "android_fingerprints",
            "app_store_url",
            "testflight_url",
            "play_url",
            "url_scheme",
            "native_least",
            "privacy_url",
        }),
    ),
    "updates.TesterGroup": (
        "platforms",
        frozenset({"platforms"}),
    ),
    "updates.Tester": (
        "a version of the notice",
        frozenset({"consent_version"}),
    ),
    "updates.TesterDevice": (
        "a platform",
        frozenset({"platform"}),
    ),
    "updates.TesterFeedback": (
        "a version of the app",
        frozenset({"version"}),
    ),
    "updates.WebhookEndpoint": (
        "addresses and secrets of machines",
        frozenset({"url", "sealed_secret", "sealed_previous_secret", "events"}),
    ),
    "updates.WebhookDelivery": (
        "random ids and names of events",
        frozenset({"message_id", "event"}),
    ),
    "desk.Export": (
        "states, counts, hashes and proofs; texts are declared",
        frozenset({"zone", "state", "counts", "receipt", "sha256"}),
    ),
    "desk.ExportCopy": (
        "one of a few words",
        frozenset({"kind"}),
    ),
    "desk.RecertificationCampaign": (
        "a quarter; the note is declared",
        frozenset({"quarter"}),
    ),
    "desk.RecertificationLine": (
        "names of roles, permissions, apps and channels; the reason is declared, people are numbers",
        frozenset({"kind", "what", "app_id", "channel", "decision"}),
    ),
    "desk.Incident": (
        "one of a few words; texts are declared",
        frozenset({"kind"}),
    ),
    "desk.IncidentNotice": (
        "the name of a rule; the note is declared",
        frozenset({"rule"}),
    ),
    "desk.Drill": (
        "one of a few words; texts are declared",
        frozenset({"kind", "result"}),
    ),
    "desk.AuditEngagement": (
        "one of a few words; texts are declared",
        frozenset({"framework"}),
    ),
    "desk.AuditorRequest": (
        "one of a few words; texts are declared",
        frozenset({"state"}),
    ),
    "desk.AuditSample": (
        "names of actions and apps, numbers of entries, hashes",
        frozenset({"action", "app_id", "seed", "words", "sequences"}),
    ),
    "desk.ComponentStatement": (
        "one of a few words; the reason is declared",
        frozenset({"standing"}),
    ),
    "desk.ReportRun": (
        "the id of a report; filters and what came out are declared",
        frozenset({"kind"}),
    ),
    "desk.ReportReview": (
        "one of a few words, and a hash; the note is declared",
        frozenset({"sha256", "verdict"}),
    ),
    "desk.ReportSchedule": (
        "the id of a report, how often it's made, and a time zone; texts are declared",
        frozenset({"cadence", "kind", "zone"}),
    ),
    "desk.PHIDeclaration": (
        "names of apps and things, and one of a few words; what somebody states is declared",
        frozenset({"app_id", "key", "status", "subject"}),
    ),
    "desk.PHIMeasurement": (
        "facts that were measured",
        frozenset({"facts", "kind"}),
    ),
    "desk.BusinessAssociate": (
        "a hash; texts are declared",
        frozenset({"file_sha256"}),
    ),
    "desk.ServiceProvider": (
        "names of apps, and some of a few words; texts are declared",
        frozenset({"app_ids", "found_by", "role"}),
    ),
    "desk.ProviderNotice": (
        "some of a few words; what is sealed, and the note, are declared",
        frozenset({"kind", "role", "state", "unsent_why"}),
    ),
    "desk.AddressableDecision": (
        "names of sections and one of a few words; texts are declared",
        frozenset({"decision", "specification"}),
    ),
    "desk.ModuleCertificate": (
        "what certificates of modules say; the note is declared",
        frozenset({"environment", "library", "module", "number", "standard", "status", "version"}),
    ),
    "desk.ModuleEvidence": (
        "what a process measured of itself; the name of its machine",
        frozenset({"document", "facts", "host", "role", "sha256", "standing"}),
    ),
    "desk.WatchReview": (
        "names and versions of laws and libraries; the note is declared",
        frozenset({
            "adoption",
            "audits",
            "common_criteria",
            "key",
            "kind",
            "maintenance",
            "version",
        }),
    ),
    "desk.AdvisoryImport": (
        "a tool and a hash",
        frozenset({"sha256", "tool"}),
    ),
    "desk.ModuleAdvisory": (
        "published advisories",
        frozenset({"advisory", "aliases", "fixed_in", "package", "severity", "title", "version"}),
    ),
    "desk.ErasureRun": (
        "references, states and counts",
        frozenset({"request", "state", "started_by", "error", "statement"}),
    ),
    "desk.ErasureStep": (
        "counts by place",
        frozenset({"kind", "name", "before", "erased", "after", "kept"}),
    ),
    "desk.PrivacyLetter": (
        "one of a few words",
        frozenset({"kind", "state"}),
    ),
    "desk.PrivacyRequest": (
        "references, states and sections",
        frozenset({
            "reference",
            "kind",
            "scope",
            "channel",
            "state",
            "app_id",
            "authority",
            "verification",
            "verification_method",
            "outcome",
            "denial_bases",
            "result",
        }),
    ),
    "desk.PrivacyRequestStep": (
        "one of a few words",
        frozenset({"step"}),
    ),
    "desk.PrivacyRequestSubject": (
        "one of a few words",
        frozenset({"kind", "proved_by"}),
    ),
    "desk.SubjectKey": (
        "a key",
        frozenset({"sealed_key"}),
    ),
    "desk.SuppressionKey": (
        "a key",
        frozenset({"key_id", "sealed_key"}),
    ),
    "desk.SuppressedSubject": (
        "one of a few words, and a reference",
        frozenset({"kind", "request"}),
    ),
}
