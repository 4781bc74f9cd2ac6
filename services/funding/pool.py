"""A pool (pulje): money drawn from appropriations, out of which grants are awarded (see award.py).

What of a grant lapses or is repaid comes back to its pool, in the account-year it came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.funding.appropriation import APPROPRIATION, AppropriationState
from services.funding.commands import ExtendPool, OpenPool
from services.funding.events import (
    AppropriationDrawn,
    Draw,
    PoolCommitted,
    PoolExtended,
    PoolOpened,
    PoolRestored,
    Track,
)
from services.funding.ledger import (
    AccountYear,
    moved,
    remaining,
    require_covered,
    require_distinct,
    sum_draws,
    unallocated,
)
from shared.kernel.decider import Aggregate, Decider, Reads
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import not_found, refused, taken


class PoolState(Value):
    """A pool: what it is for, what it drew and what it has committed to grants, in øre per account-year."""

    track: Track | None = None
    initiative: str = ""
    opened_on: date | None = None
    drawn: tuple[Draw, ...] = ()
    committed: tuple[Draw, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether the pool has been opened."""
        return self.opened_on is not None

    @property
    def drawn_oere(self) -> int:
        """What the pool has drawn in all."""
        return sum(draw.amount_oere for draw in self.drawn)

    def left(self) -> dict[AccountYear, int]:
        """What may still be awarded, in øre per account-year."""
        return remaining(self.drawn, self.committed)


def evolve(state: PoolState, event: Event) -> PoolState:
    """The pool after `event`; an event of another kind changes nothing."""
    match event:
        case PoolOpened():
            return PoolState(
                track=event.track, initiative=event.initiative, opened_on=event.effective_on, drawn=event.draws
            )
        case PoolExtended():
            return state.model_copy(update={"drawn": sum_draws(state.drawn, event.draws)})
        case PoolCommitted():
            return state.model_copy(update={"committed": sum_draws(state.committed, event.draws)})
        case PoolRestored():
            back = (draw.model_copy(update={"amount_oere": -draw.amount_oere}) for draw in event.draws)
            return state.model_copy(update={"committed": sum_draws(state.committed, back)})
        case _:
            return state


def require_open(pool: PoolState, on: date) -> None:
    """Refuse what is to happen in a pool that there isn't, or before it opened.

    Raises Rejected NOT_FOUND or TOO_EARLY (`earliest`, a day).
    """
    if pool.opened_on is None:
        raise not_found("pool_id")
    if on < pool.opened_on:
        message = "The pool opens later; name a day from `earliest` on."
        raise refused("TOO_EARLY", message, "effective_on", earliest=pool.opened_on.isoformat())


def draw_reads(command: OpenPool | ExtendPool) -> Reads:
    """Every account drawn on, sorted, and then the pool."""
    return (*((APPROPRIATION, account) for account in _accounts(command)), (POOL, command.pool_id))


def decide_open_pool(*states_and_command: Any) -> list[Event]:
    """Open a pool: (the state of each account that `draw_reads` names, the pool's state, the command).

    Raises Rejected ALREADY_EXISTS, DUPLICATE_DRAW, or FUNDS_EXCEEDED when an account has less left for the year than
    the pool would draw (nothing, if nothing was voted). The events: what is drawn from each account, then the pool.
    """
    *appropriations, pool, command = states_and_command
    if pool.exists:
        raise taken("pool_id")
    drawn = _draw(appropriations, command)
    draws = _draws(command)
    opened = PoolOpened(
        pool_id=command.pool_id,
        track=command.track,
        initiative=command.initiative,
        title=command.title,
        draws=draws,
        postings=moved("appropriated", "pooled", unallocated(draws)),
        effective_on=command.effective_on,
    )
    return [*drawn, opened]


def decide_extend_pool(*states_and_command: Any) -> list[Event]:
    """Draw more into a pool: (the state of each account that `draw_reads` names, the pool's state, the command).

    Raises Rejected NOT_FOUND (the pool), TOO_EARLY (before it opened), DUPLICATE_DRAW or FUNDS_EXCEEDED, as opening.
    """
    *appropriations, pool, command = states_and_command
    require_open(pool, command.effective_on)
    drawn = _draw(appropriations, command)
    draws = _draws(command)
    extended = PoolExtended(
        pool_id=command.pool_id,
        initiative=pool.initiative,
        draws=draws,
        postings=moved("appropriated", "pooled", unallocated(draws)),
        effective_on=command.effective_on,
    )
    return [*drawn, extended]


def _draw(appropriations: Sequence[AppropriationState], command: OpenPool | ExtendPool) -> list[Event]:
    """What the command draws from each account, if the accounts have it."""
    draws = _draws(command)
    require_distinct(draws)
    left: dict[AccountYear, int] = {}
    for appropriation in appropriations:
        left |= appropriation.left()
    require_covered(draws, left)
    return [
        AppropriationDrawn(
            account=account,
            pool_id=command.pool_id,
            draws=tuple(draw for draw in draws if draw.account == account),
            effective_on=command.effective_on,
        )
        for account in _accounts(command)
    ]


def _draws(command: OpenPool | ExtendPool) -> tuple[Draw, ...]:
    return tuple(draw.as_draw() for draw in command.draws)


def _accounts(command: OpenPool | ExtendPool) -> list[str]:
    """The accounts that the pool would draw on, each once, sorted."""
    return sorted({draw.account for draw in command.draws})


POOL = Aggregate("pool", PoolState(), evolve, snapshot_every=100)

OPEN_POOL = Decider(OpenPool, reads=draw_reads, decide=decide_open_pool)
EXTEND_POOL = Decider(ExtendPool, reads=draw_reads, decide=decide_extend_pool)
