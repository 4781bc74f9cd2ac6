"""What must hold before a command is decided and stands in no stream that it reads: that what it names is there, and
that what it asks for can be computed. None of it ever goes away again, so it may be looked up beforehand."""

from __future__ import annotations

from sqlalchemy import Connection

from services.som import views
from services.som.commands import AdjustCase, ChangeScenario, CreateScenario
from services.som.events import CaseAdjusted, CaseInputs
from services.som.knowledge import require_consequences, require_prices
from services.som.live import live_inputs
from services.som.model import KnowledgeBase, compile_case
from services.som.queries.calculations import knowledge_of
from services.som.queries.streams import projection_row
from shared.kernel.refusal import not_found
from shared.kernel.rejection import Rejected


def require_scenario(connection: Connection, command: CreateScenario | ChangeScenario) -> None:
    """Raises Rejected UNKNOWN_KNOWLEDGE, BRANCH_NOT_FOUND (the case has no projection at that position), or what the
    inputs are refused with."""
    knowledge = knowledge_of(connection, command.pricebook, command.pricebook_version)
    if isinstance(command, CreateScenario) and command.branch is not None:
        branch = command.branch
        try:
            projection_row(connection, branch.initiative, branch.municipality, branch.position)
        except Rejected:
            message = "This case has no projection at this position of SØM's log; look its projections up."
            field = {"field": "branch", "rule": "exists", "message": message}
            raise Rejected("BRANCH_NOT_FOUND", message, [field], position=branch.position) from None
    require_computable(CaseInputs.model_validate(command.inputs.model_dump()), knowledge, "inputs.")


def require_adjusted(connection: Connection, command: AdjustCase) -> None:
    """Raises Rejected NOT_FOUND when no award opened the case, or what it would be refused with as it stands; before a
    knowledge base is published nothing is computed."""
    case = next(iter(views.live_cases(connection, [(command.initiative, command.municipality)])), None)
    if case is None:
        raise not_found("municipality")
    book = views.book_in_force(connection)
    if book is None:
        return
    adjusted = CaseAdjusted.model_validate(command.model_dump())
    basis = book.knowledge.basis(command.initiative)
    require_computable(live_inputs(case.told, basis, adjusted), book.knowledge, "")


def require_computable(inputs: CaseInputs, knowledge: KnowledgeBase, at: str) -> None:
    """Raises Rejected as own prices, own consequences and `compile_case` do; `at` is where the inputs stand."""
    require_prices(inputs.own_prices, knowledge.published.rules, f"{at}own_prices")
    prices = {*knowledge.prices, *(price.price_id for price in inputs.own_prices)}
    require_consequences(inputs.own_consequences, prices, f"{at}own_consequences")
    compile_case(inputs, knowledge)
