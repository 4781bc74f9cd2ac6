"""An appropriation (bevilling): what parliament voted on one account of the finance act, year by year.

The stream is the account's. What was voted changes by acts only: adjusted, transferred, or regulated by prices and
wages (see regulation.py); drawing on it is the pool's decision (see pool.py).
"""

from __future__ import annotations

from typing import Any

from services.funding.commands import (
    AdjustAppropriation,
    RegisterAppropriation,
    TransferAppropriation,
)
from services.funding.events import (
    AppropriationAdjusted,
    AppropriationDrawn,
    AppropriationReceived,
    AppropriationRegistered,
    AppropriationRegulated,
    AppropriationTransferred,
    Draw,
)
from services.funding.ledger import AccountYear, moved, remaining, require_covered, sum_draws, unallocated
from shared.kernel.decider import Aggregate, Decider, Reads
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import refused


class AppropriationState(Value):
    """An account: what is voted by now and what pools have drawn, in øre, one draw per budget year."""

    registered: tuple[int, ...] = ()
    """The budget years whose vote is registered; money may have come to others by transfer."""
    voted: tuple[Draw, ...] = ()
    drawn: tuple[Draw, ...] = ()
    regulated: tuple[tuple[int, str, int, int], ...] = ()
    """Which regulations were made: budget year, series, and the index years from and to."""

    def left(self) -> dict[AccountYear, int]:
        """What may still be drawn, in øre per account-year."""
        return remaining(self.voted, self.drawn)

    def voted_oere(self, account: str, budget_year: int) -> int:
        """What is voted for the account's budget year.

        Raises Rejected NOT_FOUND (account, budget_year) when nothing was ever voted for it or transferred to it.
        """
        for vote in self.voted:
            if vote.budget_year == budget_year:
                return vote.amount_oere
        message = "The account has no appropriation for this budget year; register it first."
        raise refused("NOT_FOUND", message, "budget_year", account=account, budget_year=budget_year)


def evolve(state: AppropriationState, event: Event) -> AppropriationState:
    """The account after `event`; an event of another kind changes nothing."""
    match event:
        case AppropriationRegistered():
            registered = (*state.registered, event.budget_year)
            return _voted(state, event.account, event.budget_year, event.amount_oere, registered)
        case AppropriationAdjusted() | AppropriationReceived():
            return _voted(state, event.account, event.budget_year, event.amount_oere)
        case AppropriationRegulated():
            which = (event.budget_year, event.series_id, event.from_point.year, event.to_point.year)
            regulated = state.model_copy(update={"regulated": (*state.regulated, which)})
            return _voted(regulated, event.account, event.budget_year, event.amount_oere)
        case AppropriationTransferred():
            given = _voted(state, event.account, event.budget_year, -event.amount_oere)
            if event.to_account != event.account:
                return given
            return _voted(given, event.account, event.to_budget_year, event.amount_oere)
        case AppropriationDrawn():
            return state.model_copy(update={"drawn": sum_draws(state.drawn, event.draws)})
        case _:
            return state


def _voted(
    state: AppropriationState, account: str, budget_year: int, amount_oere: int, registered: tuple[int, ...] = ()
) -> AppropriationState:
    voted = sum_draws(state.voted, (Draw(account=account, budget_year=budget_year, amount_oere=amount_oere),))
    return state.model_copy(update={"voted": voted, "registered": registered or state.registered})


def decide_registration(state: AppropriationState, command: RegisterAppropriation) -> list[Event]:
    """Register the vote of one budget year.

    Raises Rejected ALREADY_REGISTERED when the account has its vote for that year: a change of an appropriation is
    another act and another kind of event, never a second registration.
    """
    if command.budget_year in state.registered:
        message = "This account's appropriation for the budget year is registered already; adjust it instead."
        figures = {"account": command.account, "budget_year": command.budget_year}
        raise refused("ALREADY_REGISTERED", message, "budget_year", **figures)
    vote = _draw(command, command.amount_oere)
    return [
        AppropriationRegistered(
            **_of_command(command),
            amount_oere=command.amount_oere,
            postings=moved("voted", "appropriated", unallocated((vote,))),
        )
    ]


def decide_adjustment(state: AppropriationState, command: AdjustAppropriation) -> list[Event]:
    """Add to what was voted for a budget year, or take away.

    Raises Rejected ZERO_AMOUNT, NOT_FOUND (the account has nothing for the year), or FUNDS_EXCEEDED when more would be
    taken away than pools have left undrawn.
    """
    if command.amount_oere == 0:
        message = "An adjustment adds or takes away something; give an amount other than nought."
        raise refused("ZERO_AMOUNT", message, "amount_oere")
    state.voted_oere(command.account, command.budget_year)
    change = _draw(command, command.amount_oere)
    require_undrawn(state, change)
    return [
        AppropriationAdjusted(
            **_of_command(command),
            amount_oere=command.amount_oere,
            corrects=command.corrects,
            postings=moved("voted", "appropriated", unallocated((change,))),
        )
    ]


def transfer_reads(command: TransferAppropriation) -> Reads:
    """The account that gives and, if it is another, the one that receives."""
    accounts = dict.fromkeys((command.account, command.to_account))
    return tuple((APPROPRIATION, account) for account in accounts)


def decide_transfer(state: AppropriationState, *rest: Any) -> list[Event]:
    """Move an undrawn amount to another account or budget year: (the giver, perhaps the receiver, the command).

    Each side balances within its own account-year: what was voted here becomes less, and there more. Raises Rejected
    SAME_ACCOUNT_YEAR, NOT_FOUND (the account has nothing for the year), or FUNDS_EXCEEDED.
    """
    command: TransferAppropriation = rest[-1]
    if (command.account, command.budget_year) == (command.to_account, command.to_budget_year):
        message = "This would move the amount to where it is; name another account or budget year."
        raise refused("SAME_ACCOUNT_YEAR", message, "to_budget_year")
    state.voted_oere(command.account, command.budget_year)
    source = _draw(command, command.amount_oere)
    require_covered((source,), state.left())
    target = Draw(account=command.to_account, budget_year=command.to_budget_year, amount_oere=command.amount_oere)
    transferred = AppropriationTransferred(
        **_of_command(command),
        to_account=command.to_account,
        to_budget_year=command.to_budget_year,
        amount_oere=command.amount_oere,
        postings=(
            *moved("appropriated", "voted", unallocated((source,))),
            *moved("voted", "appropriated", unallocated((target,))),
        ),
    )
    if command.to_account == command.account:
        return [transferred]
    return [transferred, _received(command)]


def _received(command: TransferAppropriation) -> AppropriationReceived:
    return AppropriationReceived(
        account=command.to_account,
        budget_year=command.to_budget_year,
        from_account=command.account,
        from_budget_year=command.budget_year,
        amount_oere=command.amount_oere,
        act=command.act,
        effective_on=command.effective_on,
    )


def require_undrawn(state: AppropriationState, change: Draw) -> None:
    """Refuse a change that would take away what pools have drawn: raises Rejected FUNDS_EXCEEDED."""
    if change.amount_oere < 0:
        require_covered((change.model_copy(update={"amount_oere": -change.amount_oere}),), state.left())


_Entry = RegisterAppropriation | AdjustAppropriation | TransferAppropriation


def _draw(command: _Entry, amount_oere: int) -> Draw:
    return Draw(account=command.account, budget_year=command.budget_year, amount_oere=amount_oere)


def _of_command(command: _Entry) -> dict[str, Any]:
    """What every entry of an account says."""
    return command.model_dump(include={"account", "budget_year", "act", "effective_on"})


APPROPRIATION = Aggregate("appropriation", AppropriationState(), evolve)

REGISTER_APPROPRIATION = Decider(
    RegisterAppropriation,
    reads=lambda command: ((APPROPRIATION, command.account),),
    decide=decide_registration,
)
ADJUST_APPROPRIATION = Decider(
    AdjustAppropriation,
    reads=lambda command: ((APPROPRIATION, command.account),),
    decide=decide_adjustment,
)
TRANSFER_APPROPRIATION = Decider(TransferAppropriation, reads=transfer_reads, decide=decide_transfer)
