"""An appropriation (bevilling): what parliament voted on one account of the finance act, year by year.

The stream is the account's; registering is its own decision, drawing on it is the pool's (see pool.py).
"""

from __future__ import annotations

from services.funding.commands import RegisterAppropriation
from services.funding.events import AppropriationDrawn, AppropriationRegistered, Draw
from services.funding.ledger import AccountYear, postings_for_registration, remaining, sum_draws
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.rejection import Rejected


class AppropriationState(Value):
    """An account: what was voted and what pools have drawn, in øre, one draw per budget year."""

    voted: tuple[Draw, ...] = ()
    drawn: tuple[Draw, ...] = ()

    def left(self) -> dict[AccountYear, int]:
        """What may still be drawn, in øre per account-year."""
        return remaining(self.voted, self.drawn)


def evolve(state: AppropriationState, event: Event) -> AppropriationState:
    """The account after `event`; an event of another kind changes nothing."""
    match event:
        case AppropriationRegistered():
            vote = Draw(account=event.account, budget_year=event.budget_year, amount_oere=event.amount_oere)
            return AppropriationState(voted=sum_draws(state.voted, (vote,)), drawn=state.drawn)
        case AppropriationDrawn():
            return AppropriationState(voted=state.voted, drawn=sum_draws(state.drawn, event.draws))
        case _:
            return state


def decide_registration(state: AppropriationState, command: RegisterAppropriation) -> list[Event]:
    """Register the vote of one budget year.

    Raises Rejected ALREADY_REGISTERED when the account has its vote for that year: a change of an
    appropriation is another act and another kind of event, never a second registration.
    """
    if any(vote.budget_year == command.budget_year for vote in state.voted):
        raise Rejected(
            "ALREADY_REGISTERED",
            "This account's appropriation for the budget year is registered already.",
            account=command.account,
            budget_year=command.budget_year,
        )
    vote = Draw(account=command.account, budget_year=command.budget_year, amount_oere=command.amount_oere)
    return [
        AppropriationRegistered(
            account=command.account,
            budget_year=command.budget_year,
            amount_oere=command.amount_oere,
            act=command.act,
            postings=postings_for_registration(vote),
            effective_on=command.effective_on,
        )
    ]


APPROPRIATION = Aggregate("appropriation", AppropriationState(), evolve)

REGISTER_APPROPRIATION = Decider(
    RegisterAppropriation,
    reads=lambda command: ((APPROPRIATION, command.account),),
    decide=decide_registration,
)
