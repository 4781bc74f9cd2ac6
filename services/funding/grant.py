"""A grant (tilskud): what a municipality was promised, and what has been paid of it.

That it may be awarded is decided in pool.py, where the money comes from.
"""

from __future__ import annotations

from datetime import date

from services.funding.commands import PayInstalment
from services.funding.events import Draw, GrantAwarded, InstalmentPaid
from services.funding.ledger import AccountYear, postings_for_payment, remaining, require_covered, sum_draws
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.rejection import Rejected


class GrantState(Value):
    """A grant: for whom, since when, and what was awarded and paid, in øre per account-year."""

    initiative: str = ""
    municipality: str = ""
    awarded_on: date | None = None
    awarded: tuple[Draw, ...] = ()
    paid: tuple[Draw, ...] = ()
    payment_ids: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether the grant has been awarded."""
        return self.awarded_on is not None

    def left(self) -> dict[AccountYear, int]:
        """What may still be paid, in øre per account-year."""
        return remaining(self.awarded, self.paid)


def evolve(state: GrantState, event: Event) -> GrantState:
    """The grant after `event`; an event of another kind changes nothing."""
    match event:
        case GrantAwarded():
            return GrantState(
                initiative=event.initiative,
                municipality=event.municipality,
                awarded_on=event.effective_on,
                awarded=event.draws,
            )
        case InstalmentPaid():
            payment = Draw(account=event.account, budget_year=event.budget_year, amount_oere=event.amount_oere)
            return state.model_copy(
                update={
                    "paid": sum_draws(state.paid, (payment,)),
                    "payment_ids": (*state.payment_ids, event.payment_id),
                }
            )
        case _:
            return state


def decide_payment(grant: GrantState, command: PayInstalment) -> list[Event]:
    """Pay an instalment.

    Raises Rejected NOT_FOUND (no such grant), ALREADY_PAID (this payment_id has been used on the grant),
    TOO_EARLY (before the award took effect; `earliest` says when), or AWARD_EXCEEDED when less is left of the
    account-year.
    """
    if grant.awarded_on is None:
        field = {"field": "grant_id", "rule": "not_found", "message": "no such grant"}
        raise Rejected("NOT_FOUND", "There is no grant with this grant_id.", [field])
    if command.payment_id in grant.payment_ids:
        field = {"field": "payment_id", "rule": "already_paid", "message": "used before on this grant"}
        raise Rejected("ALREADY_PAID", "A payment with this payment_id has been made on the grant.", [field])
    if command.effective_on < grant.awarded_on:
        field = {"field": "effective_on", "rule": "too_early", "message": "before the award takes effect"}
        earliest = grant.awarded_on.isoformat()
        raise Rejected("TOO_EARLY", "Nothing is paid before the award takes effect.", [field], earliest=earliest)
    payment = Draw(account=command.account, budget_year=command.budget_year, amount_oere=command.amount_oere)
    require_covered((payment,), grant.left(), code="AWARD_EXCEEDED")
    return [
        InstalmentPaid(
            grant_id=command.grant_id,
            payment_id=command.payment_id,
            initiative=grant.initiative,
            municipality=grant.municipality,
            account=command.account,
            budget_year=command.budget_year,
            amount_oere=command.amount_oere,
            postings=postings_for_payment(payment),
            effective_on=command.effective_on,
        )
    ]


GRANT = Aggregate("grant", GrantState(), evolve)

PAY_INSTALMENT = Decider(
    PayInstalment,
    reads=lambda command: ((GRANT, command.grant_id),),
    decide=decide_payment,
)
