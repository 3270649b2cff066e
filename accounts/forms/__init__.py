"""Shapes of what people type; rules are checked by the services."""

from accounts.forms.entering import (
    CodeForm,
    ForgottenForm,
    NewPasswordForm,
    RecoveryCodeForm,
    SetupForm,
    SignInForm,
)
from accounts.forms.fields import ONE_LINE
from accounts.forms.own import AuthenticatorNameForm, NewTOTPForm
from accounts.forms.people import AccessFilterForm, EngagementForm, GrantForm, PersonForm, RecoveryReasonForm
from accounts.forms.proofs import FullProofForm, PasswordChangeForm, PasswordProofForm, ProofForm, StepUpForm

__all__ = [
    "ONE_LINE",
    "AccessFilterForm",
    "AuthenticatorNameForm",
    "CodeForm",
    "EngagementForm",
    "ForgottenForm",
    "FullProofForm",
    "GrantForm",
    "NewPasswordForm",
    "NewTOTPForm",
    "PasswordChangeForm",
    "PasswordProofForm",
    "PersonForm",
    "ProofForm",
    "RecoveryCodeForm",
    "RecoveryReasonForm",
    "SetupForm",
    "SignInForm",
    "StepUpForm",
]
