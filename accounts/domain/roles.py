"""The roles of the console and what each may do. The table below is the policy; everything reads it."""

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing a person or an API token may be allowed to do, on one app or on the console."""

    APP_VIEW = "app_view"
    APP_CREATE = "app_create"
    BUNDLE_UPLOAD = "bundle_upload"
    CHANNEL_MANAGE = "channel_manage"
    RELEASE_PUBLISH = "release_publish"
    RELEASE_APPROVE = "release_approve"
    RELEASE_ROLL_BACK = "release_roll_back"
    TESTER_MANAGE = "tester_manage"
    KEY_VIEW = "key_view"
    KEY_OPERATE = "key_operate"
    TOKEN_VERIFY = "token_verify"
    TOKEN_ISSUE = "token_issue"
    AUDIT_VIEW = "audit_view"
    AUDIT_EXPORT = "audit_export"
    ACCESS_VIEW = "access_view"
    PRIVACY_MANAGE = "privacy_manage"
    API_TOKEN_MANAGE = "api_token_manage"
    PEOPLE_MANAGE = "people_manage"
    SETTINGS_MANAGE = "settings_manage"


PERMISSION_WORDS: Final[dict[str, str]] = {
    Permission.APP_VIEW: "see apps and devices",
    Permission.APP_CREATE: "create apps",
    Permission.BUNDLE_UPLOAD: "upload bundles",
    Permission.CHANNEL_MANAGE: "create and change channels",
    Permission.RELEASE_PUBLISH: "publish releases",
    Permission.RELEASE_APPROVE: "sign off releases",
    Permission.RELEASE_ROLL_BACK: "roll back releases",
    Permission.TESTER_MANAGE: "manage testers and member devices, and force single devices",
    Permission.KEY_VIEW: "see signing keys",
    Permission.KEY_OPERATE: "operate signing keys",
    Permission.TOKEN_VERIFY: "have tokens verified",
    Permission.TOKEN_ISSUE: "have tokens issued for a back end",
    Permission.AUDIT_VIEW: "read the audit log",
    Permission.AUDIT_EXPORT: "export the audit log",
    Permission.ACCESS_VIEW: "see who may do what",
    Permission.PRIVACY_MANAGE: "handle personal data",
    Permission.API_TOKEN_MANAGE: "make and revoke API tokens",
    Permission.PEOPLE_MANAGE: "manage people and roles",
    Permission.SETTINGS_MANAGE: "change settings",
}


class Role(StrEnum):
    """A default set of permissions; each is a group with this name."""

    ADMINISTRATOR = "administrator"
    RELEASE_MANAGER = "release_manager"
    APPROVER = "approver"
    KEY_CUSTODIAN = "key_custodian"
    COMPLIANCE_OFFICER = "compliance_officer"
    AUDITOR = "auditor"
    APP_DEVELOPER = "app_developer"
    EXTERNAL_AUDITOR = "external_auditor"

    @property
    def words(self) -> str:
        """How pages and letters write it."""
        return self.value.replace("_", " ")


ROLE_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    # People and settings, no keys (separation of duties); what is about tokens is there to be passed on.
    Role.ADMINISTRATOR: frozenset({
        Permission.APP_VIEW,
        Permission.APP_CREATE,
        Permission.CHANNEL_MANAGE,
        Permission.AUDIT_VIEW,
        Permission.ACCESS_VIEW,
        Permission.TOKEN_VERIFY,
        Permission.TOKEN_ISSUE,
        Permission.API_TOKEN_MANAGE,
        Permission.PEOPLE_MANAGE,
        Permission.SETTINGS_MANAGE,
    }),
    Role.RELEASE_MANAGER: frozenset({
        Permission.APP_VIEW,
        Permission.APP_CREATE,
        Permission.BUNDLE_UPLOAD,
        Permission.CHANNEL_MANAGE,
        Permission.RELEASE_PUBLISH,
        Permission.RELEASE_ROLL_BACK,
        Permission.TESTER_MANAGE,
        Permission.TOKEN_VERIFY,
        Permission.TOKEN_ISSUE,
        Permission.API_TOKEN_MANAGE,
    }),
    Role.APPROVER: frozenset({Permission.APP_VIEW, Permission.RELEASE_APPROVE, Permission.RELEASE_ROLL_BACK}),
    Role.KEY_CUSTODIAN: frozenset({
        Permission.APP_VIEW,
        Permission.KEY_VIEW,
        Permission.KEY_OPERATE,
        Permission.TOKEN_VERIFY,
        Permission.TOKEN_ISSUE,
    }),
    Role.COMPLIANCE_OFFICER: frozenset({
        Permission.APP_VIEW,
        Permission.KEY_VIEW,
        Permission.AUDIT_VIEW,
        Permission.AUDIT_EXPORT,
        Permission.ACCESS_VIEW,
        Permission.PRIVACY_MANAGE,
    }),
    Role.AUDITOR: frozenset({
        Permission.APP_VIEW,
        Permission.KEY_VIEW,
        Permission.AUDIT_VIEW,
        Permission.AUDIT_EXPORT,
        Permission.ACCESS_VIEW,
    }),
    Role.APP_DEVELOPER: frozenset({Permission.APP_VIEW, Permission.BUNDLE_UPLOAD}),
    # Nothing by itself: what they may read, and how long, is in their engagement.
    Role.EXTERNAL_AUDITOR: frozenset(),
}

# The roles of the console's own people; somebody from outside holds none of them beside theirs.
INSIDER_ROLES: Final = frozenset(Role) - {Role.EXTERNAL_AUDITOR}

# What can be given to a person on one app. Everything else is about the console, or about keys and people,
# and comes with a role only.
GRANTABLE: Final = frozenset({
    Permission.APP_VIEW,
    Permission.BUNDLE_UPLOAD,
    Permission.RELEASE_PUBLISH,
    Permission.RELEASE_APPROVE,
    Permission.RELEASE_ROLL_BACK,
    Permission.TESTER_MANAGE,
})
# The same on a single channel. A bundle belongs to its app, so there's nothing to upload to a channel.
GRANTABLE_ON_CHANNEL: Final = GRANTABLE - {Permission.BUNDLE_UPLOAD}
# What an API token that is bound to channels may do on those alone.
CHANNEL_PERMISSIONS: Final = frozenset({Permission.RELEASE_PUBLISH, Permission.RELEASE_ROLL_BACK})

# What an API token of an app may carry: step-up operations and people are never among them.
TOKEN_PERMISSIONS: Final = frozenset({
    Permission.APP_VIEW,
    Permission.BUNDLE_UPLOAD,
    Permission.CHANNEL_MANAGE,
    Permission.RELEASE_PUBLISH,
    Permission.RELEASE_ROLL_BACK,
    Permission.TESTER_MANAGE,
    # Carried by the back end of an app itself.
    Permission.TOKEN_VERIFY,
    Permission.TOKEN_ISSUE,
})
# What one of the console as a whole may carry: to read. With the second it's told personal values too.
CONSOLE_TOKEN_PERMISSIONS: Final = frozenset({Permission.AUDIT_VIEW, Permission.AUDIT_EXPORT})
