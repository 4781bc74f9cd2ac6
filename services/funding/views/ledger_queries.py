"""What can be asked of the ledger. Amounts are øre; every answer states the position that it is true of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from services.funding.commands import Balances, GrantStatement, Journal, Position, TrialBalance
from services.funding.ledger import GRANT_ACCOUNTS, OUTLAYS
from services.funding.views.ledger_reading import Cut, cut, head, sums
from services.funding.views.tables import grants
from services.funding.views.tables import journal as lines
from shared.kernel.refusal import not_found, refused

FILTERS = ("ledger_account", "account", "budget_year", "initiative", "pool_id", "grant_id", "post", "earmark")
STANDING = tuple(name for name in GRANT_ACCOUNTS if name not in ("repaid", "lapsed"))
"""The accounts of money that is promised still, or was spent or kept as promised."""
STAGES: dict[str, tuple[str, ...]] = {
    "free_oere": ("appropriated",),
    "pooled_oere": ("pooled", *GRANT_ACCOUNTS, "restored"),
    "pool_free_oere": ("pooled",),
    "committed_oere": STANDING,
    "payable_oere": ("payable",),
    "paid_oere": OUTLAYS,
    "accounted_for_oere": ("accounted_for",),
    "carried_over_oere": ("carried_over",),
    "owed_oere": ("receivable",),
    "repaid_oere": ("repaid",),
    "waived_oere": ("waived",),
    "unaccounted_oere": ("paid",),
    "lapsed_oere": ("lapsed",),
}
"""Each figure of the position, and the ledger accounts whose balances it is the sum of."""


def trial_balance(connection: Connection, query: TrialBalance) -> dict[str, Any]:
    """Every ledger account's balance per account-year, those that stand at nought left out; `sum_oere` is always 0.

    Raises Rejected AS_OF_BEYOND_HEAD.
    """
    return _balances(connection, cut(connection, query), ("ledger_account", "account", "budget_year"), {})


def balances(connection: Connection, query: Balances) -> dict[str, Any]:
    """Balances by the dimensions in `by`, of the postings that match the query's other fields, with their sum.

    A posting has the pool, grant and initiative of its event, and none where the event has none: what was voted and
    never pooled is nobody's. Raises Rejected AS_OF_BEYOND_HEAD, or DUPLICATE_DIMENSION.
    """
    if len(set(query.by)) < len(query.by):
        raise refused("DUPLICATE_DIMENSION", "Each dimension may stand once in by.", "by")
    only = {name: value for name in FILTERS if (value := getattr(query, name)) is not None}
    return _balances(connection, cut(connection, query), query.by, only)


def _balances(connection: Connection, at: Cut, by: Sequence[str], only: Mapping[str, str | int]) -> dict[str, Any]:
    found = sums(connection, at, by, only)
    rows = [
        {**{name: part or None for name, part in zip(by, key, strict=True)}, "balance_oere": amount}
        for key, amount in found.items()
    ]
    return {"balances": rows, "sum_oere": sum(found.values()), **at.stated()}


def position(connection: Connection, query: Position) -> dict[str, Any]:
    """Per account-year, and in all (`total`), how far the appropriation is used, in øre:

    `voted` = `free` (in no pool) + `pooled`; `pooled` = `pool_free` (promised to nobody) + `committed`; `committed` =
    what grants were promised less what lapsed or was repaid, whether paid yet or not; `payable` is on its way to the
    bank. `paid` is all that was ever paid out, and what became of it: `accounted_for` + `carried_over` + `owed` +
    `repaid` + `waived` + `unaccounted` (nothing has been decided of it yet). `lapsed` was promised and never paid.

    Raises Rejected AS_OF_BEYOND_HEAD.
    """
    at = cut(connection, query)
    years: dict[tuple[str, int], dict[str, int]] = {}
    for (account, budget_year, name), amount in sums(
        connection, at, ("account", "budget_year", "ledger_account"), {}
    ).items():
        years.setdefault((account, budget_year), {})[name] = amount
    rows = [
        {"account": account, "budget_year": budget_year, **_figures(balance)}
        for (account, budget_year), balance in years.items()
    ]
    figures = [_figures(balance) for balance in years.values()]
    total = {name: sum(one[name] for one in figures) for name in _figures({})}
    return {"account_years": rows, "total": total, **at.stated()}


def _figures(balance: Mapping[str, int]) -> dict[str, int]:
    def add_up(names: Iterable[str]) -> int:
        return sum(balance.get(name, 0) for name in names)

    return {"voted_oere": -add_up(["voted"]), **{figure: add_up(names) for figure, names in STAGES.items()}}


def grant_statement(connection: Connection, query: GrantStatement) -> dict[str, Any]:
    """The postings to a grant's accounts in order, each naming its event, with what was then left to pay.

    `balances` is what stands on each of its accounts. Raises Rejected NOT_FOUND or AS_OF_BEYOND_HEAD.
    """
    at = cut(connection, query)
    if connection.execute(select(grants.c.grant_id).where(grants.c.grant_id == query.grant_id)).first() is None:
        raise not_found("grant_id")
    own = select(lines).where(
        lines.c.grant_id == query.grant_id, lines.c.ledger_account.in_(GRANT_ACCOUNTS), *at.conditions()
    )
    standing = dict.fromkeys(GRANT_ACCOUNTS, 0)
    rows = []
    for row in connection.execute(own.order_by(lines.c.position, lines.c.line)).mappings():
        standing[row["ledger_account"]] += row["amount_oere"]
        rows.append({**row, "not_yet_paid_oere": standing["committed"]})
    left = {"not_yet_paid_oere": standing["committed"], "balances": standing}
    return {"grant_id": query.grant_id, "lines": rows, **left, **at.stated()}


def journal(connection: Connection, query: Journal) -> dict[str, Any]:
    """The journal's lines after a position: whole events, at most `limit` lines unless one event alone has more.

    `next_after` is what to ask for next; `more` whether there is more up to the position that the views have reached.
    """
    after = select(lines).where(lines.c.position > query.after).order_by(lines.c.position, lines.c.line)
    rows = [dict(row) for row in connection.execute(after.limit(query.limit + 1)).mappings()]
    more = len(rows) > query.limit
    if more:
        cut_off = rows[-1]["position"]
        if rows[0]["position"] == cut_off:
            whole = select(lines).where(lines.c.position == cut_off).order_by(lines.c.line)
            rows = [dict(row) for row in connection.execute(whole).mappings()]
        else:
            rows = [row for row in rows if row["position"] != cut_off]
    reached = head(connection)
    next_after = rows[-1]["position"] if more else max(reached, query.after)
    return {"lines": rows, "next_after": next_after, "more": more, "position": reached}
