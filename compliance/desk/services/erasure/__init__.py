"""Erasing somebody everywhere, keeping them erased, and proving both (docs/erasure.md)."""

from compliance.desk.services.erasure.forgetting import leftovers_forget
from compliance.desk.services.erasure.holders import desk_holders_register
from compliance.desk.services.erasure.planning import (
    Plan,
    PlanLine,
    erasure_plan,
    erasure_plan_record,
    subject_widen,
)
from compliance.desk.services.erasure.receipts import erasure_receipt, receipt_check, receipt_run
from compliance.desk.services.erasure.replay import Replayed, erasures_replay
from compliance.desk.services.erasure.running import (
    erasure_resume,
    erasure_run_through,
    erasure_start,
    erasure_step,
    erasures_running,
)
from compliance.desk.services.erasure.suppression import (
    DatabaseSuppressionList,
    suppression_file_update,
    suppression_keys,
    suppression_lift,
)

__all__ = [
    "DatabaseSuppressionList",
    "Plan",
    "PlanLine",
    "Replayed",
    "desk_holders_register",
    "erasure_plan",
    "erasure_plan_record",
    "erasure_receipt",
    "erasure_resume",
    "erasure_run_through",
    "erasure_start",
    "erasure_step",
    "erasures_replay",
    "erasures_running",
    "leftovers_forget",
    "receipt_check",
    "receipt_run",
    "subject_widen",
    "suppression_file_update",
    "suppression_keys",
    "suppression_lift",
]
