"""What an intervention costs, built up step by step as in the agency's cost model (Omkostningsmodellen).

Intervention (indsats) → teams → resources (ressourceforbrug) → grants (tilskud) → saved expenses (sparede udgifter) →
results (resultater). The steps and categories are the published ones (domain facts 1.5); the model's own rules are not
public, so the arithmetic is ours and said where it stands.
"""

from services.som.cost_builder.lines import CaseCosts, case_costs
from services.som.cost_builder.plan import CostPlan
from services.som.cost_builder.reading import read_plan
from services.som.cost_builder.results import Cost, KindCost, OneWay, Results, YearCost, results

__all__ = [
    "CaseCosts",
    "Cost",
    "CostPlan",
    "KindCost",
    "OneWay",
    "Results",
    "YearCost",
    "case_costs",
    "read_plan",
    "results",
]
