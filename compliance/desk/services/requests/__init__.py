"""Privacy requests: receiving, acknowledging, verifying, extending, answering, reminding and forgetting."""

from compliance.desk.services.requests.acknowledging import request_acknowledge
from compliance.desk.services.requests.backdating import request_backdate
from compliance.desk.services.requests.closing import request_complete, request_deny, request_withdraw
from compliance.desk.services.requests.extending import request_extend
from compliance.desk.services.requests.letters import (
    RequestLetter,
    letter_compose,
    letter_take,
)
from compliance.desk.services.requests.posting import letter_posted, letters_post
from compliance.desk.services.requests.purging import requests_purge
from compliance.desk.services.requests.reading import contact_show, register_search, register_take
from compliance.desk.services.requests.receiving import request_receive
from compliance.desk.services.requests.reminding import erasures_stuck_tell, requests_remind
from compliance.desk.services.requests.verifying import request_verification_fail, request_verify

__all__ = [
    "RequestLetter",
    "contact_show",
    "erasures_stuck_tell",
    "letter_compose",
    "letter_posted",
    "letter_take",
    "letters_post",
    "register_search",
    "register_take",
    "request_acknowledge",
    "request_backdate",
    "request_complete",
    "request_deny",
    "request_extend",
    "request_receive",
    "request_verification_fail",
    "request_verify",
    "request_withdraw",
    "requests_purge",
    "requests_remind",
]
