"""What people ask each other for about keys: how each operation is foreseen, and done once it's approved.

Both come from an operation's facts alone, with what was handed in (a key, a public half, a signed file) as
its payload. A payload needs no trust: the facts hold its thumbprint or hash, and are computed from it anew.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from accounts.domain.policy import PHI_CLAIM_LOWER, PHI_LOWER
from accounts.domain.roles import Permission
from accounts.services.approval_kinds import (
    ApprovalKind,
    ApprovedRequest,
    Asked,
    Foreseen,
    approval_kind_register,
)
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain import root_consequences
from signing.domain.ceremony import CeremonyKind
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.consequences import consequences
from signing.domain.key_operations import KeyOperation
from signing.domain.key_words import kid_short
from signing.domain.lifecycle import KeyPurpose
from signing.domain.profile_consequences import claim_consequences, profile_consequences
from signing.models import SigningKey
from signing.selectors.cases import key_case
from signing.selectors.overview import key_by_kid
from signing.services.operations import (
    KEY_SERVICES,
    ceremony_import_confirmed,
    ceremony_import_operation,
    claim_define_confirmed,
    claim_define_operation,
    claim_remove_confirmed,
    claim_remove_operation,
    key_import,
    key_import_operation,
    key_operation_now,
    key_read,
    profile_change_confirmed,
    profile_change_operation,
    recipient_remove_confirmed,
    recipient_remove_operation,
    root_register_confirmed,
    root_register_operation,
    root_rotate_confirmed,
    root_rotate_operation,
)
from signing.services.rules import key_rules

Facts = Mapping[str, Any]

# Whoever looks after the law, or another custodian; none of them can give either to themselves.
_LOWERING_DECIDERS: Final = (Permission.PRIVACY_MANAGE, Permission.KEY_OPERATE)


def signing_approval_kinds_register() -> None:
    """Let operations on keys be asked for."""
    for what, operate in KEY_SERVICES.items():
        if what is KeyOperation.SUSPEND:
            continue  # it makes things safer, can be undone, and never waits for anybody
        _register(
            what.value,
            f"{what.name.capitalize()} a key",
            _key_foreseer(what),
            _key_performer(operate),
            is_emergency=what is KeyOperation.REVOKE,
        )
    _register("signing:key:import", "Import a key", _import_foresee, _import_perform)
    _register("signing:profile:change", "Change a token profile", _profile_foresee, _profile_perform)
    _register("signing:claim:define", "Define a claim", _claim_define_foresee, _claim_define_perform)
    _register("signing:claim:remove", "Remove a claim", _claim_remove_foresee, _claim_remove_perform)
    _register(
        PHI_LOWER, "Lower an app's PHI flag", _profile_foresee, _profile_perform, approvers=_LOWERING_DECIDERS
    )
    _register(
        PHI_CLAIM_LOWER,
        "Lower a claim of health data",
        _phi_claim_foresee,
        _phi_claim_perform,
        approvers=_LOWERING_DECIDERS,
    )
    _register("signing:recipient:remove", "Remove a back end's key", _recipient_foresee, _recipient_perform)
    _register("signing:root:register", "Register an offline root", _root_foresee, _root_perform)
    _register("signing:root:rotate", "Rotate a root", _root_rotate_foresee, _root_rotate_perform)
    _register(
        "signing:ceremony:import", "Put in force what a root signed", _ceremony_foresee, _ceremony_perform
    )


def root_payload(jwk: Mapping[str, str]) -> bytes:
    """Write what the registration of a root needs beside its facts."""
    return canonical_json(jwk)


def _register(
    name: str,
    title: str,
    foresee: Callable[[Asked], Foreseen],
    perform: Callable[[ApprovedRequest], str],
    *,
    is_emergency: bool = False,
    approvers: tuple[Permission, ...] = (),
) -> None:
    kind = ApprovalKind(name, title, Permission.KEY_OPERATE, foresee, perform, is_emergency, approvers)
    approval_kind_register(kind)


def _key_foreseer(what: KeyOperation) -> Callable[[Asked], Foreseen]:
    def foresee(asked: Asked) -> Foreseen:
        row = key_by_kid(kid=asked.operation.facts["kid"])
        operation = key_operation_now(what, key_id=row.pk)
        told = consequences(key_case(what, row, rules=key_rules, now=clock.now()))
        owner = row.app_id or "the console"
        headline = f"{what.name.capitalize()} the key {kid_short(row.key_id)} of {owner}"
        return Foreseen(operation, headline, ((told.headline,), *told.sentences))

    return foresee


def _key_performer(operate: Callable[..., SigningKey]) -> Callable[[ApprovedRequest], str]:
    def perform(approved: ApprovedRequest) -> str:
        row = key_by_kid(kid=approved.operation.facts["kid"])
        done = operate(key_id=row.pk, authority=approved)
        return f"The key is {done.get_state_display()}."

    return perform


def _import_foresee(asked: Asked) -> Foreseen:
    facts = asked.operation.facts
    key = key_read(algorithm=Algorithm(facts["algorithm"]), pem=asked.payload)
    operation = key_import_operation(app_id=facts["app_id"], key=key)
    headline = f"Import the key {kid_short(facts['kid'])} for {facts['app_id']}"
    return Foreseen(operation, headline, root_consequences.IMPORT)


def _import_perform(approved: ApprovedRequest) -> str:
    facts = approved.operation.facts
    key = key_read(algorithm=Algorithm(facts["algorithm"]), pem=approved.payload)
    done = key_import(app_id=facts["app_id"], key=key, authority=approved)
    return f"The key is {done.get_state_display()}."


def _profile_foresee(asked: Asked) -> Foreseen:
    facts = asked.operation.facts
    operation = profile_change_operation(app_id=facts["app_id"], changes=facts["after"])
    at = key_rules(KeyPurpose.RELEASE_TOKEN).may_sign_from(clock.now())
    told = profile_consequences(operation.facts["before"], operation.facts["after"], new_key_signs_at=at)
    headline = f"Change the token profile of {facts['app_id']}"
    if operation.name == PHI_LOWER:
        headline = f"Say that {facts['app_id']} handles no health data any more"
    return Foreseen(operation, headline, tuple(told))


def _profile_perform(approved: ApprovedRequest) -> str:
    facts = approved.operation.facts
    profile_change_confirmed(app_id=facts["app_id"], changes=facts["after"], authority=approved)
    return "The token profile is changed."


def _claim(facts: Facts) -> dict[str, Any]:
    after = facts["after"]
    return {
        "app_id": facts["app_id"],
        "name": facts["name"],
        "claim_class": ClaimClass(after["class"]) if after["class"] else None,
        "claim_type": ClaimType(after["type"]),
        "fixed_value": after["fixed"],
    }


def _claim_define_foresee(asked: Asked) -> Foreseen:
    facts = asked.operation.facts
    operation = claim_define_operation(**_claim(facts))
    told = claim_consequences(facts["name"], operation.facts["before"], operation.facts["after"])
    return Foreseen(operation, f"Define the claim {facts['name']} of {facts['app_id']}", tuple(told))


def _claim_define_perform(approved: ApprovedRequest) -> str:
    claim_define_confirmed(**_claim(approved.operation.facts), authority=approved)
    return "The claim is defined."


def _claim_remove_foresee(asked: Asked) -> Foreseen:
    facts = asked.operation.facts
    operation = claim_remove_operation(app_id=facts["app_id"], name=facts["name"])
    told = claim_consequences(facts["name"], operation.facts["before"], None)
    return Foreseen(operation, f"Remove the claim {facts['name']} of {facts['app_id']}", tuple(told))


def _claim_remove_perform(approved: ApprovedRequest) -> str:
    facts = approved.operation.facts
    claim_remove_confirmed(app_id=facts["app_id"], name=facts["name"], authority=approved)
    return "The claim is removed."


def _phi_claim_foresee(asked: Asked) -> Foreseen:
    is_removal = asked.operation.facts["after"] is None
    return (_claim_remove_foresee if is_removal else _claim_define_foresee)(asked)


def _phi_claim_perform(approved: ApprovedRequest) -> str:
    is_removal = approved.operation.facts["after"] is None
    return (_claim_remove_perform if is_removal else _claim_define_perform)(approved)


def _recipient_foresee(asked: Asked) -> Foreseen:
    app_id = asked.operation.facts["app_id"]
    operation = recipient_remove_operation(app_id=app_id)
    headline = f"Remove the encryption key of {app_id}'s back end"
    return Foreseen(operation, headline, root_consequences.RECIPIENT_REMOVE)


def _recipient_perform(approved: ApprovedRequest) -> str:
    recipient_remove_confirmed(app_id=approved.operation.facts["app_id"], authority=approved)
    return "The key is removed."


def _root_foresee(asked: Asked) -> Foreseen:
    facts = asked.operation.facts
    operation = root_register_operation(app_id=facts["app_id"], jwk=json.loads(asked.payload))
    headline = f"Register the offline root {kid_short(facts['kid'])} for {facts['app_id']}"
    return Foreseen(operation, headline, root_consequences.ROOT_REGISTER)


def _root_perform(approved: ApprovedRequest) -> str:
    facts = approved.operation.facts
    jwk = json.loads(approved.payload)
    root_register_confirmed(app_id=facts["app_id"], jwk=jwk, authority=approved)
    return "The root is registered. Compare its id with the one on its machine."


def _root_rotate_foresee(asked: Asked) -> Foreseen:
    app_id = asked.operation.facts["app_id"]
    operation = root_rotate_operation(app_id=app_id)
    return Foreseen(operation, f"Rotate the root of {app_id}", root_consequences.ROOT_ROTATE)


def _root_rotate_perform(approved: ApprovedRequest) -> str:
    root_rotate_confirmed(app_id=approved.operation.facts["app_id"], authority=approved)
    return "The root is rotated. Pin the new one in the app's next build."


def _ceremony_foresee(asked: Asked) -> Foreseen:
    facts = asked.operation.facts
    operation = ceremony_import_operation(
        app_id=facts["app_id"], kind=CeremonyKind(facts["kind"]), data=asked.payload
    )
    what = facts["kind"].replace("-", " ")
    headline = f"Put in force the {what} that the root of {facts['app_id']} signed"
    return Foreseen(operation, headline, root_consequences.CEREMONY)


def _ceremony_perform(approved: ApprovedRequest) -> str:
    facts = approved.operation.facts
    ceremony_import_confirmed(
        app_id=facts["app_id"],
        kind=CeremonyKind(facts["kind"]),
        data=approved.payload,
        authority=approved,
    )
    return "What the root signed is in force."
