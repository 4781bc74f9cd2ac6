"""The award of a grant (tilsagn) out of a pool, with or without an application that it decides.

What becomes of the grant afterwards is in the package grant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from services.funding.application import APPLICATION, SOURCE_GRANT, ApplicationState
from services.funding.assessment import require_grantable
from services.funding.budget import place, project_years, require_lines
from services.funding.call import CALL
from services.funding.commands import AwardGrant
from services.funding.events import (
    ApplicationAwarded,
    BudgetLine,
    CallAwarded,
    Draw,
    Earmark,
    GrantAwarded,
    PoolCommitted,
)
from services.funding.grant.state import GRANT, GrantState
from services.funding.ledger import awarded, require_covered, require_distinct
from services.funding.pool import POOL, PoolState, require_open
from shared.kernel.decider import Decider, Reads
from shared.kernel.messages import Event
from shared.kernel.refusal import refused, taken

DEFAULT_POST = "grant"
"""The post of a budget that nobody has divided."""


def award_reads(command: AwardGrant) -> Reads:
    """The pool, the grant and, if it decides one, the application."""
    decided = ((APPLICATION, command.application_id),) if command.application_id is not None else ()
    return ((POOL, command.pool_id), (GRANT, command.grant_id), *decided)


def award_also_reads(pool: PoolState, grant: GrantState, *rest: Any) -> Reads:
    """The call of the application, if there is one."""
    *applications, _ = rest
    return tuple((CALL, application.call_id) for application in applications)


def decide_award(pool: PoolState, grant: GrantState, *rest: Any) -> list[Event]:
    """Award a grant: (the pool, the grant, perhaps an application and its call, the command).

    The pool commits the money and the grant comes to be; an application is decided with it, within its call's frame.
    Raises Rejected NOT_FOUND (the pool), ALREADY_EXISTS (the grant), TOO_EARLY (before the pool opened),
    PERIOD_REVERSED, DUPLICATE_DRAW, FUNDS_EXCEEDED when the pool has less left of an account-year than the award would
    commit, what `require_grantable` raises, DUPLICATE_EARMARK, or what `budget.require_lines` raises.
    """
    *decided, command = rest
    draws = tuple(draw.as_draw() for draw in command.draws)
    _require_award(pool, grant, draws, command)
    application: ApplicationState | None = None
    if decided:
        application, call = decided
        require_grantable(application, call, command)
    granted = _granted(pool, application, draws, command)
    committed = PoolCommitted(
        pool_id=command.pool_id, grant_id=command.grant_id, draws=draws, effective_on=command.effective_on
    )
    return [committed, granted, *(_application_decided(granted, command) if application is not None else ())]


def _require_award(pool: PoolState, grant: GrantState, draws: Sequence[Draw], command: AwardGrant) -> None:
    """Refuse an award that its pool cannot bear."""
    require_open(pool, command.effective_on)
    if grant.exists:
        raise taken("grant_id")
    if command.period_to < command.period_from:
        raise refused("PERIOD_REVERSED", "The period must not end before it begins.", "period_to")
    require_distinct(draws)
    require_covered(draws, pool.left())


def _require_distinct_earmarks(earmarks: Sequence[Earmark]) -> None:
    names = [earmark.earmark for earmark in earmarks]
    for index, name in enumerate(names):
        if name in names[:index]:
            message = "An earmark may stand once; add the amounts up."
            raise refused("DUPLICATE_EARMARK", message, f"earmarks.{index}.earmark", earmark=name)


def _budget(command: AwardGrant, draws: Sequence[Draw], application: ApplicationState | None) -> tuple[BudgetLine, ...]:
    """The grant's budget: the command's; else the application's, where all of it is awarded; else one post.

    The one post has in each project year what is drawn from that budget year, an earlier or later one's in the
    nearest year of the period.
    """
    if command.budget:
        return tuple(BudgetLine(**line.model_dump()) for line in command.budget)
    if application is not None and application.applied_oere == sum(draw.amount_oere for draw in draws):
        applied = (line for line in application.financing if line.source == SOURCE_GRANT)
        return _summed((line.post, line.project_year, line.earmark, line.amount_oere) for line in applied)
    years = project_years(command.period_from, command.period_to)
    return _summed(
        (DEFAULT_POST, min(max(draw.budget_year, years[0]), years[-1]), None, draw.amount_oere) for draw in draws
    )


def _summed(lines: Iterable[tuple[str, int, str | None, int]]) -> tuple[BudgetLine, ...]:
    """Budget lines of (post, project year, earmark, øre), each post, year and earmark once."""
    sums: dict[tuple[str, int, str | None], int] = {}
    for post, year, earmark, amount_oere in lines:
        sums[post, year, earmark] = sums.get((post, year, earmark), 0) + amount_oere
    return tuple(
        BudgetLine(post=post, project_year=year, earmark=earmark, amount_oere=amount_oere)
        for (post, year, earmark), amount_oere in sums.items()
    )


def _granted(
    pool: PoolState, application: ApplicationState | None, draws: tuple[Draw, ...], command: AwardGrant
) -> GrantAwarded:
    """The grant with its budget, of which each line has its place in the ledger; refused if the budget does not fit."""
    amount_oere = sum(draw.amount_oere for draw in draws)
    lines = _budget(command, draws, application)
    earmarks = tuple(Earmark(**earmark.model_dump()) for earmark in command.earmarks)
    _require_distinct_earmarks(earmarks)
    require_lines(lines, amount_oere, earmarks, project_years(command.period_from, command.period_to))
    same = {"grant_id", "pool_id", "municipality", "plan_months", "application_id", "reason", "period_from"}
    return GrantAwarded(
        **command.model_dump(include=same | {"period_to", "effective_on"}),
        **pool.model_dump(include={"track", "initiative"}),
        draws=draws,
        amount_oere=amount_oere,
        budget=lines,
        earmarks=earmarks,
        call_id=application.call_id if application is not None else None,
        postings=awarded(place(lines, draws)),
    )


def _application_decided(granted: GrantAwarded, command: AwardGrant) -> tuple[Event, Event]:
    """What the grant is to the call and to the application."""
    of_call, of_application = (
        granted.model_dump(include=set(kind.model_fields)) for kind in (CallAwarded, ApplicationAwarded)
    )
    return CallAwarded(**of_call), ApplicationAwarded(**of_application, decided_by=command.on_behalf_of)


AWARD_GRANT = Decider(AwardGrant, reads=award_reads, decide=decide_award, also_reads=award_also_reads)
