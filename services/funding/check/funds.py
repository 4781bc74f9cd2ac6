"""Account-years and pools: running balances of the money before and beside grants."""

from __future__ import annotations

from services.funding.check.findings import Findings
from services.funding.check.postings import Event

_SIGNS = {"voted": -1, "appropriated": 1, "pooled": 1}
"""Which way a balance of an account-year may go; what is a grant's is looked after there."""
_BACK = frozenset(("restored", "lapsed", "repaid"))
_WATCHED = _BACK | _SIGNS.keys()


class Funds:
    """Balances by ledger account and account-year, and by pool and account-year."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._balances: dict[tuple[str, str, int], int] = {}
        self._pools: dict[str, dict[tuple[str, int], int]] = {}

    def apply(self, event: Event) -> None:
        """Post an event's lines; then nothing may be overdrawn."""
        if event.kind == "pool_opened":
            self._pools.setdefault(event.data["pool_id"], {})
        balances, touched = self._balances, set()
        for line in event.lines:
            if line[0] in _WATCHED:
                key = line[:3]
                balances[key] = balances.get(key, 0) + line[3]
                touched.add(key)
                if line[0] == "pooled":
                    self._pool(event, line[1:3], line[3])
        for key in sorted(touched):
            self._check(event.position, *key)
        if any(ledger_account == "pooled" for ledger_account, _, _ in touched):
            self._check_pool(event)

    def _pool(self, event: Event, account_year: tuple[str, int], amount_oere: int) -> None:
        pool = self._pools.get(event.data.get("pool_id", ""))
        if pool is None:
            self._findings.add(event.position, "OWNER", ledger_account="pooled", pool_id=event.data.get("pool_id"))
        else:
            pool[account_year] = pool.get(account_year, 0) + amount_oere

    def _check(self, position: int, ledger_account: str, account: str, budget_year: int) -> None:
        balances, where = self._balances, {"account": account, "budget_year": budget_year}
        balance = balances[ledger_account, account, budget_year]
        if balance * _SIGNS.get(ledger_account, 0) < 0:
            figures = where | {"ledger_account": ledger_account, "balance_oere": balance}
            self._findings.add(position, "FUNDS_EXCEEDED", **figures)
        if ledger_account in _BACK:
            amounts = {f"{name}_oere": balances.get((name, account, budget_year), 0) for name in sorted(_BACK)}
            if sum(amounts.values()):
                self._findings.add(position, "RESTORED", **where, **amounts)

    def _check_pool(self, event: Event) -> None:
        pool_id = event.data.get("pool_id", "")
        pool = self._pools.get(pool_id, {})
        for account, budget_year in sorted({line[1:3] for line in event.lines if line[0] == "pooled"}):
            balance = pool.get((account, budget_year), 0)
            if balance < 0:
                figures = {"pool_id": pool_id, "account": account, "budget_year": budget_year, "balance_oere": balance}
                self._findings.add(event.position, "POOL_EXCEEDED", **figures)
