"""The tables of the views: the journal, its balances, and how calls, applications, grants and payments stand.

Days and moments are ISO 8601 text, the same on both databases; amounts are øre; lists are JSON. Nothing here is
personal but the names of officials that the events carry.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

metadata = MetaData()


def _key(*names: str) -> list[Column[Any]]:
    return [Column(name, Text, primary_key=True) for name in names]


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(name, Text, nullable=False) for name in names]


def _texts_or_none(*names: str) -> list[Column[Any]]:
    return [Column(name, Text) for name in names]


def _amounts(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


def _lists(*names: str) -> list[Column[Any]]:
    return [Column(name, JSON, nullable=False) for name in names]


journal = Table(
    "funding_journal",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    *_texts("event_id", "type", "effective_on", "recorded_at", "ledger_account", "account"),
    Column("budget_year", Integer, nullable=False),
    Column("amount_oere", BigInteger, nullable=False),
    Column("post", Text),
    Column("project_year", Integer),
    *_texts_or_none("earmark", "grant_id", "pool_id"),
    *_texts("initiative"),
    *_texts_or_none("reference", "corrects"),
    Index("funding_journal_grant", "grant_id", "position"),
    Index("funding_journal_effective", "effective_on"),
    Index("funding_journal_recorded", "recorded_at", "position"),
)
"""One row per posting; `amount_oere` is a debit when positive, a credit when negative. `reference` is the act, payment,
claim, report or change that the event is about, `corrects` the id of the event that it corrects, `initiative` '' where
there is none."""

balances = Table(
    "funding_balances",
    metadata,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    *_key("ledger_account", "account"),
    Column("budget_year", Integer, primary_key=True, autoincrement=False),
    *_key("initiative"),
    *_amounts("amount_oere"),
)
"""What stood on each account after the last posting of each block of positions (see postings.py); the newest block is
as live as the journal."""

pools = Table("funding_pools", metadata, *_key("pool_id"), *_texts("track", "initiative", "title"))

calls = Table(
    "funding_calls",
    metadata,
    *_key("call_id"),
    *_texts("pool_id", "title", "purpose", "target_group"),
    *_lists("applicants"),
    *_texts("opens_at", "deadline_at", "decision_on", "period_from", "period_to"),
    *_amounts("frame_oere", "awarded_oere"),
    *_lists("criteria"),
    Column("assessors_required", Integer, nullable=False),
    *_texts("status"),
    Index("funding_calls_pool", "pool_id"),
)
"""`status`: published, closed."""

applications = Table(
    "funding_applications",
    metadata,
    *_key("application_id"),
    *_texts("call_id", "municipality", "title", "description"),
    *_lists("expenses", "financing"),
    *_texts_or_none("copied_from", "grant_id"),
    *_texts("status", "saved_at"),
    *_texts_or_none("submitted_at", "reopened_until", "decided_on", "decided_by", "reason"),
    *_amounts("applied_oere", "awarded_oere"),
    Index("funding_applications_call", "call_id"),
)
"""`status`, for the applicant to see: draft, submitted, reopened, withdrawn, refused, awarded. `reason` is of the last
of reopening, withdrawal and decision."""

assessments = Table(
    "funding_assessments",
    metadata,
    *_key("application_id", "assessor"),
    *_lists("scores"),
    *_texts_or_none("comment", "conflict"),
    *_texts("at"),
)
"""What an assessor gave, or why it is not for them to (`conflict`): what they gave before then no longer counts."""

grants = Table(
    "funding_grants",
    metadata,
    *_key("grant_id"),
    *_texts("pool_id", "track", "initiative", "municipality", "status"),
    *_amounts("amount_oere"),
    *_lists("draws", "budget", "earmarks", "conditions", "stops"),
    Column("budget_version", Integer, nullable=False),
    Column("plan_months", Integer, nullable=False),
    *_texts("awarded_on", "period_from", "period_to"),
    *_texts_or_none("application_id", "call_id", "reason", "letter", "letter_on", "accept_by", "accepted_on"),
    *_texts_or_none("start_by", "started_on", "ended_on", "lapsed_on", "closed_on"),
    Index("funding_grants_pool", "pool_id"),
    Index("funding_grants_municipality", "municipality"),
)
"""`status`: awarded, letter_issued, accepted, started, ended, lapsed, closed. `stops` are what payments wait for."""

letters = Table("funding_letters", metadata, *_key("grant_id"), *_lists("content"))
"""What the grant's letter said when it went out, whatever has been changed since (see letter.py)."""

reports = Table(
    "funding_reports",
    metadata,
    *_key("grant_id", "report_id"),
    *_texts("kind", "status", "due_on"),
    *_lists("project_years"),
    Column("final", Boolean, nullable=False),
    *_texts_or_none("submitted_on", "document", "decided_on", "decided_by", "reason"),
    *_lists("lines"),
    Column("audit", JSON(none_as_null=True)),
    *_amounts("accounted_oere", "unspent_oere"),
)
"""`status`: owed, overdue, received, approved, sent_back, rejected."""

changes = Table(
    "funding_changes",
    metadata,
    *_key("grant_id", "change_id"),
    *_texts("kind", "status", "reason", "requested_on"),
    *_texts_or_none("period_to"),
    *_lists("budget", "carry_over"),
    *_texts_or_none("decided_on", "decided_by", "decision"),
)
"""`status`: requested, approved, refused. `decision` is the decision's own reason."""

claims = Table(
    "funding_claims",
    metadata,
    *_key("grant_id", "claim_id"),
    *_texts("status", "cause", "claimed_on"),
    *_texts_or_none("decided_by", "reason", "invoice", "due_on"),
    *_amounts("amount_oere", "received_oere"),
)
"""`status`: claimed, invoiced, overdue, handed_over, repaid, waived."""

batches = Table(
    "funding_batches",
    metadata,
    *_key("batch_id"),
    *_texts("status", "prepared_by", "pay_on"),
    *_amounts("total_oere"),
    *_texts_or_none("approved_by", "reason"),
)
"""`status`: prepared, approved, cancelled."""

batch_lines = Table(
    "funding_batch_lines",
    metadata,
    *_key("batch_id", "grant_id", "payment_id"),
    *_amounts("amount_oere"),
)

payments = Table(
    "funding_payments",
    metadata,
    *_key("grant_id", "payment_id"),
    *_texts_or_none("batch_id"),
    *_texts("status"),
    *_amounts("amount_oere"),
    *_texts_or_none("ordered_on", "answered_on", "bank_reference", "reason"),
)
"""What has been ordered, in a batch or (in old events) without one. `status`: ordered, paid, returned."""

deadlines = Table(
    "funding_deadlines",
    metadata,
    *_key("kind", "key", "reference"),
    *_texts("due_on"),
    Index("funding_deadlines_key", "key"),
    Index("funding_deadlines_due", "due_on"),
)
"""The deadlines that are neither met nor passed. `kind`: call, acceptance, start, period, report, invoice; `key`: the
call's or the grant's id; `reference`: the letter, report or claim, else the kind."""
