"""Passing requests on: the register of providers, notices to them, their answers, and what is overdue."""

from compliance.desk.services.downstream.answering import (
    notice_readdress,
    notice_repeat,
    notice_sent_otherwise,
    notice_settle,
)
from compliance.desk.services.downstream.posting import notice_letter_follow, notices_lost_note
from compliance.desk.services.downstream.providers import (
    ProviderTerms,
    provider_add,
    provider_address_operation,
    provider_change,
    provider_end,
)
from compliance.desk.services.downstream.telling import providers_tell, providers_to_tell
from compliance.desk.services.downstream.tending import provider_notices_forget, provider_notices_remind

__all__ = [
    "ProviderTerms",
    "notice_letter_follow",
    "notice_readdress",
    "notice_repeat",
    "notice_sent_otherwise",
    "notice_settle",
    "notices_lost_note",
    "provider_add",
    "provider_address_operation",
    "provider_change",
    "provider_end",
    "provider_notices_forget",
    "provider_notices_remind",
    "providers_tell",
    "providers_to_tell",
]
