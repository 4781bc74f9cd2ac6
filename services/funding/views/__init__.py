"""The read side of the fund: tables that follow the log, and what can be asked of them."""

from services.funding.views.application_queries import application, applications, calls, ranked_list
from services.funding.views.apply import react
from services.funding.views.grant_queries import (
    deadlines,
    due_deadlines,
    grant,
    grant_letter,
    grants,
    payment_batch,
)
from services.funding.views.ledger_queries import balances, grant_statement, journal, position, trial_balance
from services.funding.views.tables import metadata

__all__ = [
    "application",
    "applications",
    "balances",
    "calls",
    "deadlines",
    "due_deadlines",
    "grant",
    "grant_letter",
    "grant_statement",
    "grants",
    "journal",
    "metadata",
    "payment_batch",
    "position",
    "ranked_list",
    "react",
    "trial_balance",
]
