"""The audit log: its witness, how long it keeps what, its anchors; packs, and the list of who was erased."""

from pathlib import Path

from releaseconsole import environment as env
from releaseconsole.settings.place import VAR_DIR

LEDGER_WITNESS_FILE = Path(
    env.text(
        "LEDGER_WITNESS_FILE",
        str(VAR_DIR / "ledger" / "witness.json"),
        "File in which the signer of the audit log keeps what it signed last.",
    )
)
# The least values are what looking into an incident takes.
AUDIT_CONTENT_DAYS = env.integer(
    "AUDIT_CONTENT_DAYS", 731, "Days for which the audit log keeps what events tell.", least=90
)
AUDIT_CONTENT_PHI_DAYS = env.integer(
    "AUDIT_CONTENT_PHI_DAYS",
    2192,
    "The same for apps with PHI, and for what the log says of itself.",
    least=731,
)
AUDIT_DISCLOSURE_DAYS = env.integer(
    "AUDIT_DISCLOSURE_DAYS", 731, "Days for which it keeps personal values and free text.", least=30
)
LEDGER_ANCHOR_DIR = env.text(
    "LEDGER_ANCHOR_DIR", "", "Folder that gets a file of each checkpoint, best on another machine's disk."
)
LEDGER_ANCHOR_MAIL = env.boolean(
    "LEDGER_ANCHOR_MAIL", default=True, meaning="Mail each day's last checkpoint to compliance officers."
)
LEDGER_ANCHOR_S3 = env.text(
    "LEDGER_ANCHOR_S3", "", "`s3://bucket/prefix` with object lock that gets checkpoints every hour."
)
LEDGER_ANCHOR_S3_RETAIN_DAYS = env.integer(
    "LEDGER_ANCHOR_S3_RETAIN_DAYS", 2557, "Days for which nobody can delete them there.", least=1
)
LEDGER_ANCHOR_S3_REGION = env.text("LEDGER_ANCHOR_S3_REGION", "", "Region of the bucket.")
LEDGER_ANCHOR_S3_ENDPOINT_URL = env.text(
    "LEDGER_ANCHOR_S3_ENDPOINT_URL", "", "Another address of the object storage, such as MinIO's."
)

EXPORT_DIR = Path(
    env.text("EXPORT_DIR", str(VAR_DIR / "exports"), "Where export packs of the audit log are made and kept.")
)
EXPORT_KEEP_DAYS = env.integer(
    "EXPORT_KEEP_DAYS", 30, "Days after which the file of an export is removed.", least=1
)

PRIVACY_LIST_FILE = Path(
    env.text(
        "PRIVACY_LIST_FILE",
        str(VAR_DIR / "privacy" / "suppressed.json"),
        "File, outside the database and its backups, with the hashes of who was erased.",
    )
)
