"""The funding service: the fund ledger, as callers see it."""

from __future__ import annotations

from typing import Any

from services.funding import events, views
from services.funding.appropriation import REGISTER_APPROPRIATION
from services.funding.commands import (
    AwardGrant,
    GrantStatement,
    OpenPool,
    PayInstalment,
    Position,
    RegisterAppropriation,
    TrialBalance,
)
from services.funding.grant import PAY_INSTALMENT
from services.funding.pool import AWARD_GRANT, OPEN_POOL
from shared.eventstore.codec import Codec
from shared.messaging.host import Definition, hosted
from shared.messaging.rpc import rpc
from shared.messaging.subscription import Listens

CODEC = Codec(
    [
        events.AppropriationRegistered,
        events.AppropriationDrawn,
        events.PoolOpened,
        events.PoolCommitted,
        events.GrantAwarded,
        events.InstalmentPaid,
    ]
)

DEFINITION = Definition(
    name="funding",
    codec=CODEC,
    deciders=(REGISTER_APPROPRIATION, OPEN_POOL, AWARD_GRANT, PAY_INSTALMENT),
    tables=(views.metadata,),
    listens=(Listens("funding", CODEC, views.react),),
)


class FundingService:
    """Appropriations, pools, grants and payments; publishes `funding.events`."""

    name = DEFINITION.name
    host = hosted(DEFINITION)

    @rpc
    def register_appropriation(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Register what was voted for one budget year on a finance-act account."""
        return self.host.command(RegisterAppropriation, fields)

    @rpc
    def open_pool(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Open a pool under a track and an initiative, drawing on one or several account-years."""
        return self.host.command(OpenPool, fields)

    @rpc
    def award_grant(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Award a grant to a municipality out of a pool."""
        return self.host.command(AwardGrant, fields)

    @rpc
    def pay_instalment(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Pay an instalment of a grant."""
        return self.host.command(PayInstalment, fields)

    @rpc
    def trial_balance(self, fields: dict[str, Any]) -> Any:
        """The balance of every ledger account per account-year."""
        return self.host.query(TrialBalance, fields, views.trial_balance)

    @rpc
    def position(self, fields: dict[str, Any]) -> Any:
        """What is voted, pooled, committed and paid, per account-year."""
        return self.host.query(Position, fields, views.position)

    @rpc
    def grant_statement(self, fields: dict[str, Any]) -> Any:
        """A grant's postings, line by line."""
        return self.host.query(GrantStatement, fields, views.grant_statement)

    @rpc
    def feed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The events after a position, at most `limit`, with the log's head."""
        return self.host.feed(fields)
