"""How events change the views.

A batch is added up in memory first and then written with one statement per table, so that a replay of a
long log runs at the same rate and in the same memory from its first event to its last. Nothing here knows
the clock: the same events give the same rows, whatever the sizes of the batches.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Table, delete, select

from services.funding import events as funding
from services.reporting.views import tables
from services.som import events as som
from services.trials import events as trials
from shared.eventstore import upsert
from shared.kernel.messages import Event


class Recorded(Protocol):
    """An event as a log holds it."""

    @property
    def event(self) -> Event: ...
    @property
    def position(self) -> int: ...
    @property
    def recorded_at(self) -> str: ...


class _Sums:
    """Increments to a table's amounts, by key."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.keys = [column.name for column in table.primary_key][1:]
        self.nothing = {column.name: 0 for column in table.columns if not column.primary_key}
        self.by_key: dict[tuple[str | int, ...], dict[str, int]] = defaultdict(lambda: dict(self.nothing))

    def rows(self, generation: int) -> list[dict[str, Any]]:
        return [
            {"generation": generation, **dict(zip(self.keys, key, strict=True)), **amounts}
            for key, amounts in self.by_key.items()
        ]


class _Batch:
    """What a batch of events adds up to."""

    def __init__(self) -> None:
        self.appropriations = _Sums(tables.appropriations)
        self.local = _Sums(tables.local)
        self.pools = _Sums(tables.pools)
        self.successes = _Sums(tables.successes)
        self.initiatives: dict[str, dict[str, Any]] = {}
        self.projections: dict[tuple[str, str], tuple[som.ProjectionRecalculated, int]] = {}

    def write(self, connection: Connection, generation: int) -> None:
        for sums in (self.appropriations, self.local, self.pools, self.successes):
            upsert.add(connection, sums.table, sums.rows(generation))
        key = {"generation": generation}
        # An initiative is called what its first pool called it.
        titles = [{**key, **row} for row in self.initiatives.values()]
        upsert.keep(connection, tables.initiatives, titles)
        cases = [{**key, **_projection(event, position)} for event, position in self.projections.values()]
        upsert.replace(connection, tables.projections, cases)

    def draw(self, figure: str, draws: Sequence[funding.Draw], sign: int = 1) -> int:
        """Add the draws to a figure of their account-years, or take them away; what they add up to."""
        for draw in draws:
            self.appropriations.by_key[draw.account, draw.budget_year][figure] += sign * draw.amount_oere
        return sign * sum(draw.amount_oere for draw in draws)


_Voted = funding.AppropriationRegistered | funding.AppropriationAdjusted | funding.AppropriationRegulated
_Settled = funding.AccountsApproved | funding.AccountsReopened | funding.RepaymentClaimed | funding.RepaymentReceived


def _voted(batch: _Batch, event: _Voted, _position: int) -> None:
    batch.appropriations.by_key[event.account, event.budget_year]["appropriated_oere"] += event.amount_oere


def _transferred(batch: _Batch, event: funding.AppropriationTransferred, _position: int) -> None:
    # Both sides here: the receiving account tells the same once more, and only when it is another account.
    by_key = batch.appropriations.by_key
    by_key[event.account, event.budget_year]["appropriated_oere"] -= event.amount_oere
    by_key[event.to_account, event.to_budget_year]["appropriated_oere"] += event.amount_oere


def _pool_opened(batch: _Batch, event: funding.PoolOpened, position: int) -> None:
    titled = {"initiative": event.initiative, "track": event.track, "title": event.title}
    batch.initiatives.setdefault(event.initiative, titled)
    _pooled(batch, event, position)


def _pooled(batch: _Batch, event: funding.PoolOpened | funding.PoolExtended, _position: int) -> None:
    batch.pools.by_key[event.initiative, event.pool_id]["drawn_oere"] += batch.draw("pooled_oere", event.draws)


def _awarded(batch: _Batch, event: funding.GrantAwarded, _position: int) -> None:
    local = batch.local.by_key[event.initiative, event.municipality]
    local["awarded_oere"] += batch.draw("awarded_oere", event.draws)


def _never_paid(batch: _Batch, event: funding.GrantLapsed | funding.GrantClosed, _position: int) -> None:
    local = batch.local.by_key[event.initiative, event.municipality]
    local["awarded_oere"] += batch.draw("awarded_oere", event.draws, -1)


def _paid(batch: _Batch, event: funding.InstalmentPaid, _position: int) -> None:
    local = batch.local.by_key[event.initiative, event.municipality]
    local["paid_oere"] += batch.draw("paid_oere", event.draws)


def _corrected(batch: _Batch, event: funding.BankAnswerCorrected, _position: int) -> None:
    local = batch.local.by_key[event.initiative, event.municipality]
    local["paid_oere"] += batch.draw("paid_oere", event.draws, 1 if event.outcome == "paid" else -1)


def _settled(batch: _Batch, event: _Settled, _position: int) -> None:
    for posting in event.postings:
        figure = tables.SETTLED.get(posting.ledger_account)
        if figure is not None:
            batch.local.by_key[event.initiative, event.municipality][figure] += posting.amount_oere
            batch.appropriations.by_key[posting.account, posting.budget_year][figure] += posting.amount_oere


def _enrolled(batch: _Batch, event: trials.CitizenEnrolled, _position: int) -> None:
    counts = batch.local.by_key[event.initiative, event.municipality]
    counts["enrolled"] += 1
    counts["active"] += 1


def _assessed(batch: _Batch, event: trials.AssessmentRecorded, _position: int) -> None:
    if event.success is not None:
        counts = batch.successes.by_key[event.initiative, event.trial_id, event.arm]
        counts["assessed"] += 1
        counts["successes"] += event.success


def _completed(batch: _Batch, event: trials.ParticipantCompleted, _position: int) -> None:
    counts = batch.local.by_key[event.initiative, event.municipality]
    counts["completed"] += 1
    counts["active"] -= 1


def _withdrew(batch: _Batch, event: trials.ParticipantWithdrew, _position: int) -> None:
    counts = batch.local.by_key[event.initiative, event.municipality]
    counts["withdrawn"] += 1
    counts["active"] -= 1


def _recalculated(batch: _Batch, event: som.ProjectionRecalculated, position: int) -> None:
    batch.projections[event.initiative, event.municipality] = event, position


_HANDLERS: dict[type[Event], Callable[[_Batch, Any, int], None]] = {
    funding.AppropriationRegistered: _voted,
    funding.AppropriationAdjusted: _voted,
    funding.AppropriationRegulated: _voted,
    funding.AppropriationTransferred: _transferred,
    funding.PoolOpened: _pool_opened,
    funding.PoolExtended: _pooled,
    funding.GrantAwarded: _awarded,
    funding.GrantLapsed: _never_paid,
    funding.GrantClosed: _never_paid,
    funding.InstalmentPaid: _paid,
    funding.BankAnswerCorrected: _corrected,
    funding.AccountsApproved: _settled,
    funding.AccountsReopened: _settled,
    funding.RepaymentClaimed: _settled,
    funding.RepaymentReceived: _settled,
    trials.CitizenEnrolled: _enrolled,
    trials.AssessmentRecorded: _assessed,
    trials.ParticipantCompleted: _completed,
    trials.ParticipantWithdrew: _withdrew,
    som.ProjectionRecalculated: _recalculated,
}

_GRANT = ("initiative", "municipality", "amount_oere")
# What "Senest sket" tells of an event. Trials' events and projections name no municipality: watched one by
# one, they would give away the small counts that the tables hide.
_TOLD: dict[type[Event], tuple[str, ...]] = {
    funding.AppropriationRegistered: ("account", "budget_year", "amount_oere"),
    funding.PoolOpened: ("initiative",),
    funding.GrantAwarded: _GRANT,
    funding.GrantLapsed: _GRANT,
    funding.GrantClosed: _GRANT,
    funding.InstalmentPaid: _GRANT,
    funding.AccountsApproved: _GRANT,
    funding.RepaymentClaimed: _GRANT,
    funding.RepaymentReceived: _GRANT,
    trials.TrialOpened: ("initiative",),
    trials.CitizenEnrolled: ("initiative",),
    trials.AssessmentRecorded: ("initiative",),
    trials.ParticipantCompleted: ("initiative",),
    trials.ParticipantWithdrew: ("initiative",),
    som.KnowledgePublished: ("version_label",),
    som.ProjectionRecalculated: ("initiative",),
}


def _projection(event: som.ProjectionRecalculated, position: int) -> dict[str, Any]:
    net, rate = event.net_present_value, event.inputs.success_rate
    cost_years = [cost.year for cost in event.inputs.costs if cost.amount_oere > 0]
    years = [[row.year, row.net.kommune, row.net.region, row.net.stat] for row in event.years]
    return {
        "initiative": event.initiative,
        "municipality": event.municipality,
        "net_kommune_oere": net.kommune,
        "net_region_oere": net.region,
        "net_stat_oere": net.stat,
        "discounted_cost_oere": event.discounted_cost,
        "break_even_year": event.break_even_year,
        "first_cost_year": min(cost_years, default=None),
        "completers": sum(cohort.completers for cohort in event.inputs.cohorts),
        "success_origin": None if rate is None else rate.origin,
        "success_name": None if rate is None else rate.name,
        "success_rate": None if rate is None else str(rate.rate),
        "years": json.dumps(years),
        "positions": json.dumps(event.positions, sort_keys=True),
        "sequence": position,
    }


def _keep_latest(connection: Connection, generation: int, source: str, recorded: Sequence[Recorded]) -> None:
    """Keep the source's newest events that are worth telling."""
    told: list[dict[str, Any]] = []
    for item in reversed(recorded):
        names = _TOLD.get(type(item.event))
        if names is not None:
            parts = {"kind": item.event.event_type, **{name: getattr(item.event, name) for name in names}}
            row = {"generation": generation, "source": source, "position": item.position}
            told.append({**row, "recorded_at": item.recorded_at, "parts": json.dumps(parts, sort_keys=True)})
            if len(told) == tables.LATEST:
                break
    if not told:
        return
    table = tables.latest
    upsert.replace(connection, table, told)
    # Each source's own, so that two sources writing at once cannot disagree about which are the newest.
    own = (table.c.generation == generation, table.c.source == source)
    kept = select(table.c.position).where(*own).order_by(table.c.position.desc()).limit(tables.LATEST)
    oldest = connection.execute(kept).scalars().all()[-1]
    connection.execute(delete(table).where(*own, table.c.position < oldest))


def apply(connection: Connection, generation: int, source: str, recorded: Sequence[Recorded]) -> None:
    """Bring a generation of the views up to date with the next events of a source, in order.

    Event classes that the views do not know are passed over. The caller keeps the position in the same
    transaction.
    """
    if not recorded:
        return
    batch = _Batch()
    for item in recorded:
        handler = _HANDLERS.get(type(item.event))
        if handler is not None:
            handler(batch, item.event, item.position)
    batch.write(connection, generation)
    _keep_latest(connection, generation, source, recorded)
    newest = {"position": recorded[-1].position, "recorded_at": recorded[-1].recorded_at}
    upsert.replace(connection, tables.sources, [{"generation": generation, "source": source, **newest}])
