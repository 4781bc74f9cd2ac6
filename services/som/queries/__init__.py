"""What can be asked of SØM, each as a function of the database and the query.

`COMPUTED` are those that take processor time; they are answered in a child process.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from services.som import commands
from services.som.queries.advice import allocation
from services.som.queries.cases import case_projection, cases
from services.som.queries.evidence import evidence
from services.som.queries.library import knowledge_version, knowledge_versions, recalculation, scenario, scenarios
from services.som.queries.results import (
    case_computation,
    case_result,
    comparison,
    explain_case,
    grid,
    simulation,
    tornado,
)
from shared.kernel.messages import Query

COMPUTED: Mapping[str, tuple[type[Query], Callable[[Connection, Any], Any]]] = {
    "case_result": (commands.CaseResult, case_result),
    "explain_case": (commands.ExplainCase, explain_case),
    "tornado": (commands.Tornado, tornado),
    "grid": (commands.Grid, grid),
    "simulation": (commands.Simulation, simulation),
    "comparison": (commands.Comparison, comparison),
    "allocation": (commands.Allocation, allocation),
    "evidence": (commands.Evidence, evidence),
}

__all__ = [
    "COMPUTED",
    "allocation",
    "case_computation",
    "case_projection",
    "case_result",
    "cases",
    "comparison",
    "evidence",
    "explain_case",
    "grid",
    "knowledge_version",
    "knowledge_versions",
    "recalculation",
    "scenario",
    "scenarios",
    "simulation",
    "tornado",
]
