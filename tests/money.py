"""Facts about the money of a grant, for those who listen to the fund: what they do not count by is left out."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.funding.events import (
    AccountsApproved,
    AccountsReopened,
    BankAnswerCorrected,
    Draw,
    GrantAwarded,
    GrantClosed,
    GrantLapsed,
    InstalmentPaid,
    LedgerAccount,
    Posting,
    RepaymentClaimed,
    RepaymentReceived,
)

ACCOUNT = "15.26.04.10"
DAY = date(2019, 11, 22)
PLAN: dict[str, Any] = {"budget": (), "earmarks": (), "plan_months": 3}
PLAN |= {"application_id": None, "call_id": None, "reason": None, "period_from": DAY, "period_to": DAY}


def drawn(amounts: dict[int, int]) -> tuple[Draw, ...]:
    """Øre by budget year."""
    return tuple(Draw(account=ACCOUNT, budget_year=year, amount_oere=amount) for year, amount in amounts.items())


def moved(source: LedgerAccount, target: LedgerAccount, amounts: dict[int, int]) -> tuple[Posting, ...]:
    """The postings that move øre, by budget year, from one ledger account to another."""
    return tuple(
        Posting(ledger_account=name, account=ACCOUNT, budget_year=year, amount_oere=sign * amount)
        for year, amount in amounts.items()
        for name, sign in ((source, -1), (target, 1))
    )


def _of(initiative: str, municipality: str, amounts: dict[int, int], on: date) -> dict[str, Any]:
    return {
        "grant_id": f"{initiative}-{municipality}-{on}",
        "pool_id": "pool",
        "initiative": initiative,
        "municipality": municipality,
        "amount_oere": sum(amounts.values()),
        "postings": (),
        "effective_on": on,
    }


def award(initiative: str, municipality: str, amounts: dict[int, int], on: date = DAY) -> GrantAwarded:
    """A grant with these øre by budget year."""
    same = _of(initiative, municipality, amounts, on) | {"postings": moved("pooled", "committed", amounts)}
    return GrantAwarded(**same, **PLAN, track="development", draws=drawn(amounts))


def lapse(initiative: str, municipality: str, amounts: dict[int, int], on: date = DAY) -> GrantLapsed:
    """A grant lapsed before these øre of it were paid."""
    same = _of(initiative, municipality, amounts, on) | {"postings": moved("committed", "lapsed", amounts)}
    return GrantLapsed(**same, cause="not_started", draws=drawn(amounts))


def closure(initiative: str, municipality: str, amounts: dict[int, int], on: date = DAY) -> GrantClosed:
    """A grant closed of which these øre were never paid."""
    same = _of(initiative, municipality, amounts, on) | {"postings": moved("committed", "lapsed", amounts)}
    return GrantClosed(**same, draws=drawn(amounts))


def payment(initiative: str, municipality: str, amounts: dict[int, int], on: date = DAY) -> InstalmentPaid:
    """An instalment paid."""
    batch: dict[str, Any] = {"payment_id": "p", "batch_id": "b", "bank_reference": None}
    same = _of(initiative, municipality, amounts, on) | {"postings": moved("payable", "paid", amounts)}
    return InstalmentPaid(**same, **batch, draws=drawn(amounts))


def correction(
    initiative: str, municipality: str, amounts: dict[int, int], outcome: str, on: date = DAY
) -> BankAnswerCorrected:
    """The bank's answer had been the other one."""
    same = _of(initiative, municipality, amounts, on)
    sides: tuple[LedgerAccount, LedgerAccount] = ("payable", "paid") if outcome == "paid" else ("paid", "committed")
    same |= {"postings": moved(*sides, amounts)}
    change = same.pop("amount_oere") * (1 if outcome == "paid" else -1)
    told: dict[str, Any] = {"payment_id": "p", "corrects": "funding.instalment_paid", "reason": "misread"}
    told |= {"outcome": outcome}
    return BankAnswerCorrected(**same, **told, paid_change_oere=change, draws=drawn(amounts))


def approval(initiative: str, municipality: str, amounts: dict[int, int], on: date = DAY) -> AccountsApproved:
    """Accounts approved."""
    same = _of(initiative, municipality, amounts, on) | {"postings": moved("paid", "accounted_for", amounts)}
    return AccountsApproved(**same, report_id="r", unspent_oere=0, decided_by="Bo", reason="in order")


def reopening(initiative: str, municipality: str, amounts: dict[int, int], on: date = DAY) -> AccountsReopened:
    """The approval of accounts undone."""
    same = _of(initiative, municipality, amounts, on) | {"postings": moved("accounted_for", "paid", amounts)}
    told: dict[str, Any] = {"report_id": "r", "corrects": "funding.accounts_approved", "decided_by": "Bo"}
    told |= {"reason": "misread"}
    return AccountsReopened(**same, **told, due_on=on)


def claim(initiative: str, municipality: str, amounts: dict[int, int], on: date = DAY) -> RepaymentClaimed:
    """Money claimed back."""
    same = _of(initiative, municipality, amounts, on) | {"postings": moved("paid", "receivable", amounts)}
    return RepaymentClaimed(**same, claim_id="c", cause="unspent", decided_by="Bo", reason="unspent")


def repayment(initiative: str, municipality: str, amounts: dict[int, int], on: date = DAY) -> RepaymentReceived:
    """Money came back, and stands in its pool again."""
    postings = moved("receivable", "repaid", amounts) + moved("restored", "pooled", amounts)
    same = _of(initiative, municipality, amounts, on) | {"postings": postings}
    return RepaymentReceived(**same, claim_id="c", receipt="kvittering", draws=drawn(amounts))
