"""Every decision of the fund, one per command, in the order of the money's life."""

from __future__ import annotations

from services.funding.application import COPY_APPLICATION, SAVE_APPLICATION
from services.funding.appropriation import ADJUST_APPROPRIATION, REGISTER_APPROPRIATION, TRANSFER_APPROPRIATION
from services.funding.assessment import ASSESS_APPLICATION, DECLARE_CONFLICT, REFUSE_APPLICATION
from services.funding.award import AWARD_GRANT
from services.funding.calendar import REACH_DAY
from services.funding.call import CLOSE_CALL, EXTEND_CALL, PUBLISH_CALL
from services.funding.grant.agreement import (
    ACCEPT_GRANT,
    CHANGE_PAYMENT_PLAN,
    ISSUE_GRANT_LETTER,
    RELEASE_PAYMENTS,
    START_PROJECT,
    STOP_PAYMENTS,
)
from services.funding.grant.changes import DECIDE_CHANGE, REQUEST_CHANGE
from services.funding.grant.correction import CORRECT_BANK_ANSWER
from services.funding.grant.deadlines import PASS_DEADLINE
from services.funding.grant.repayment import (
    CLAIM_REPAYMENT,
    CLOSE_GRANT,
    HAND_OVER_CLAIM,
    INVOICE_REPAYMENT,
    RECORD_REPAYMENT,
)
from services.funding.grant.reports import DECIDE_ACCOUNTS, REOPEN_ACCOUNTS, SUBMIT_ACCOUNTS, SUBMIT_STATUS_REPORT
from services.funding.index_series import IMPORT_INDEX_SERIES
from services.funding.payment_batch import (
    APPROVE_PAYMENT_BATCH,
    CANCEL_PAYMENT_BATCH,
    PREPARE_PAYMENT_BATCH,
    RECORD_BANK_ANSWERS,
)
from services.funding.pool import EXTEND_POOL, OPEN_POOL
from services.funding.regulation import REGULATE_APPROPRIATION
from services.funding.submission import REOPEN_APPLICATION, SUBMIT_APPLICATION, WITHDRAW_APPLICATION

DECIDERS = (
    REGISTER_APPROPRIATION,
    ADJUST_APPROPRIATION,
    TRANSFER_APPROPRIATION,
    IMPORT_INDEX_SERIES,
    REGULATE_APPROPRIATION,
    OPEN_POOL,
    EXTEND_POOL,
    PUBLISH_CALL,
    EXTEND_CALL,
    CLOSE_CALL,
    SAVE_APPLICATION,
    COPY_APPLICATION,
    SUBMIT_APPLICATION,
    REOPEN_APPLICATION,
    WITHDRAW_APPLICATION,
    DECLARE_CONFLICT,
    ASSESS_APPLICATION,
    REFUSE_APPLICATION,
    AWARD_GRANT,
    ISSUE_GRANT_LETTER,
    ACCEPT_GRANT,
    START_PROJECT,
    CHANGE_PAYMENT_PLAN,
    STOP_PAYMENTS,
    RELEASE_PAYMENTS,
    PREPARE_PAYMENT_BATCH,
    APPROVE_PAYMENT_BATCH,
    CANCEL_PAYMENT_BATCH,
    RECORD_BANK_ANSWERS,
    CORRECT_BANK_ANSWER,
    SUBMIT_STATUS_REPORT,
    SUBMIT_ACCOUNTS,
    DECIDE_ACCOUNTS,
    REOPEN_ACCOUNTS,
    REQUEST_CHANGE,
    DECIDE_CHANGE,
    CLAIM_REPAYMENT,
    INVOICE_REPAYMENT,
    RECORD_REPAYMENT,
    HAND_OVER_CLAIM,
    CLOSE_GRANT,
    PASS_DEADLINE,
    REACH_DAY,
)
