"""A pool (pulje): money drawn from appropriations, out of which grants are awarded.

Here it is decided whether a pool may open and whether a grant may be awarded. What becomes of a grant
afterwards is in grant.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.funding.appropriation import APPROPRIATION, AppropriationState
from services.funding.commands import AwardGrant, OpenPool
from services.funding.events import AppropriationDrawn, Draw, GrantAwarded, PoolCommitted, PoolOpened, Track
from services.funding.grant import GRANT, GrantState
from services.funding.ledger import (
    AccountYear,
    postings_for_award,
    postings_for_pool,
    remaining,
    require_covered,
    require_distinct,
    sum_draws,
)
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.rejection import Rejected


class PoolState(Value):
    """A pool: what it is for, what it drew and what it has committed to grants, in øre per account-year."""

    track: Track | None = None
    initiative: str = ""
    drawn: tuple[Draw, ...] = ()
    committed: tuple[Draw, ...] = ()

    def left(self) -> dict[AccountYear, int]:
        """What may still be awarded, in øre per account-year."""
        return remaining(self.drawn, self.committed)


def evolve(state: PoolState, event: Event) -> PoolState:
    """The pool after `event`; an event of another kind changes nothing."""
    match event:
        case PoolOpened():
            return PoolState(track=event.track, initiative=event.initiative, drawn=event.draws)
        case PoolCommitted():
            return state.model_copy(update={"committed": sum_draws(state.committed, event.draws)})
        case _:
            return state


def _accounts(command: OpenPool) -> tuple[str, ...]:
    """The accounts that the pool would draw on, each once, sorted."""
    return tuple(sorted({draw.account for draw in command.draws}))


def open_pool_reads(command: OpenPool) -> tuple[tuple[Aggregate[Any], str], ...]:
    """Every account drawn on, sorted, and then the pool."""
    return (*((APPROPRIATION, account) for account in _accounts(command)), (POOL, command.pool_id))


def decide_open_pool(*states_and_command: Any) -> list[Event]:
    """Open a pool: (the state of each account that `open_pool_reads` names, the pool's state, the command).

    Raises Rejected ALREADY_EXISTS, DUPLICATE_DRAW, or FUNDS_EXCEEDED when an account has less left for the
    year than the pool would draw (nothing, if nothing was voted). The events: what is drawn from each
    account, then the pool.
    """
    *appropriations, pool, command = states_and_command
    return _open_pool(appropriations, pool, command)


def _open_pool(appropriations: Sequence[AppropriationState], pool: PoolState, command: OpenPool) -> list[Event]:
    """`decide_open_pool` with its arguments sorted out."""
    if pool.track is not None:
        raise Rejected("ALREADY_EXISTS", "This pool_id is taken; choose another.", [_field("pool_id", "exists")])
    draws = tuple(draw.as_draw() for draw in command.draws)
    require_distinct(draws)
    left: dict[AccountYear, int] = {}
    for appropriation in appropriations:
        left |= appropriation.left()
    require_covered(draws, left)
    drawn = [
        AppropriationDrawn(
            account=account,
            pool_id=command.pool_id,
            draws=tuple(draw for draw in draws if draw.account == account),
            effective_on=command.effective_on,
        )
        for account in _accounts(command)
    ]
    opened = PoolOpened(
        pool_id=command.pool_id,
        track=command.track,
        initiative=command.initiative,
        title=command.title,
        draws=draws,
        postings=postings_for_pool(draws),
        effective_on=command.effective_on,
    )
    return [*drawn, opened]


def decide_award(pool: PoolState, grant: GrantState, command: AwardGrant) -> list[Event]:
    """Award a grant out of the pool: the pool commits the money, the grant comes to be.

    Raises Rejected NOT_FOUND (no such pool), ALREADY_EXISTS (the grant), PERIOD_REVERSED, DUPLICATE_DRAW, or
    FUNDS_EXCEEDED when the pool has less left of an account-year than the award would commit.
    """
    if pool.track is None:
        raise Rejected("NOT_FOUND", "There is no pool with this pool_id.", [_field("pool_id", "not_found")])
    if grant.exists:
        raise Rejected("ALREADY_EXISTS", "This grant_id is taken; choose another.", [_field("grant_id", "exists")])
    if command.period_to < command.period_from:
        field = _field("period_to", "before_period_from")
        raise Rejected("PERIOD_REVERSED", "The period must not end before it begins.", [field])
    draws = tuple(draw.as_draw() for draw in command.draws)
    require_distinct(draws)
    require_covered(draws, pool.left())
    committed = PoolCommitted(
        pool_id=command.pool_id, grant_id=command.grant_id, draws=draws, effective_on=command.effective_on
    )
    awarded = GrantAwarded(
        grant_id=command.grant_id,
        pool_id=command.pool_id,
        track=pool.track,
        initiative=pool.initiative,
        municipality=command.municipality,
        draws=draws,
        amount_oere=sum(draw.amount_oere for draw in draws),
        period_from=command.period_from,
        period_to=command.period_to,
        postings=postings_for_award(draws),
        effective_on=command.effective_on,
    )
    return [committed, awarded]


def _field(name: str, rule: str) -> dict[str, str]:
    """The field that a rejection is about."""
    return {"field": name, "rule": rule, "message": rule.replace("_", " ")}


POOL = Aggregate("pool", PoolState(), evolve, snapshot_every=100)

OPEN_POOL = Decider(OpenPool, reads=open_pool_reads, decide=decide_open_pool)
AWARD_GRANT = Decider(
    AwardGrant,
    reads=lambda command: ((POOL, command.pool_id), (GRANT, command.grant_id)),
    decide=decide_award,
)
