"""A valid request of every kind of som, as JSON values, with every field that may be there."""

from __future__ import annotations

from typing import Any

from services.som import commands as som
from shared.kernel.messages import Query, Request
from tests.valid_requests import DAY, ID

SOURCE = {"status": "own", "source": "Vores egen"}
CASE = {"initiative": "early-help", "municipality": "0101"}
SCENARIO = {"scenario_id": "what-if-1"}
CALCULATION = {"calculation": {**CASE, "position": 7}}
PRICE = {
    "price_id": "shelter", "service": "Forsorgshjem", "area": "Herberg", "committee": "Voksenudvalget",
    "unit": "kr. pr. døgn", "amount_dkk": "1100.50", "price_year": 2023, "kommune": "0.5", "region": "0", "stat": "0.5",
    "rule": {"rule_id": "sel-110", "quantity": "129", "start": "0"}, "index_family": "services", "low_dkk": "900",
    "high_dkk": "1300", "note": "Et gennemsnit", **SOURCE,
}  # fmt: skip
CONSEQUENCE = {
    "target_group": "adults", "success_measure": "housing", "price_id": "shelter",
    "change_per_success": ["-30", "-15.5"], "standard_errors": ["4", "2"], "recommendation": "consider",
    "register_years": "2005-2016", "note": "Egne tal", **SOURCE,
}  # fmt: skip
FOLLOW_UP = {"months": 36, "share_left": "0.05"}
RATE = {
    "origin": "pooled", "name": "CTI", "rate": "0.1", "low": "-0.02", "high": "0.22", "evidence_level": 1,
    "sources": [
        {"origin": "trial", "name": "trial-1", "rate": "0.1", "low": "0", "high": "0.2", "weight": "1",
         "evidence_level": 1}
    ],
    "follow_ups": [FOLLOW_UP], "status": "own",
}  # fmt: skip
COST = {
    "kind": "operation", "year": 2027, "payer": "kommune", "amount_oere": 100, "low_oere": 90, "high_oere": 120,
    "price_year": 2026, "overhead": "0.15", **SOURCE,
}  # fmt: skip
SAVING = {"year": 2027, "payer": "region", "amount_oere": 100, "price_year": 2026, **SOURCE}
COHORT = {"year": 2027, "completers": 34, "starters": 40, "low": 30, "high": 38}
SETTINGS = {
    "timing": "end", "horizon": 1, "price_level_year": 2026, "indexation": "families", "include": "all",
    "phase_in": ["0.5"], "fade_out": "0.1", "relapse": "0.05", "drop_out": "0.1", "displacement": "0.2",
    "assumed_range": "0.3",
}  # fmt: skip
INPUTS = {
    "decision_date": DAY, "target_group": "adults", "success_measure": "housing", "cohorts": [COHORT], "costs": [COST],
    "transfers": [
        {"year": 2027, "payer_from": "stat", "payer_to": "kommune", "amount_oere": 100, "price_year": 2026,
         "source": "Tilskud"}
    ],
    "savings": [SAVING], "success_rate": RATE, "own_prices": [PRICE], "own_consequences": [CONSEQUENCE],
    "settings": SETTINGS,
}  # fmt: skip
VERSION = {"pricebook": "virksom", "pricebook_version": 1}

_COMMANDS: dict[type[Request], dict[str, Any]] = {
    som.PublishKnowledge: {
        "pricebook": "virksom", "version_label": "2026-11", "price_level_year": 2023, "index_series": "nettoprisindeks",
        "indexed_by": [{"family": "benefits", "series": "satser", "rounding": "up_to_100"}], "prices": [PRICE],
        "rules": [
            {"rule_id": "sel-110", "measure": "days_per_year", "bearer": "stat", "rest": "kommune", "valid_from": DAY,
             "steps": [{"start": "0", "share": "0.5"}], "level_year": 2022, "ceiling_dkk": "8862", "law": "§ 110",
             **SOURCE}
        ],
        "consequences": [CONSEQUENCE],
        "studies": [
            {"study_id": "ips", "intervention": "IPS", "population": "Voksne", "country": "DK", "design": "rct",
             "evidence_level": 1, "outcome": "Job", "measure": "OR", "estimate": "1.34", "low": "0.86", "high": "2.1",
             "n_treatment": 162, "n_control": 164, "share_treatment": "0.444", "share_control": "0.378",
             "follow_up_months": 24, "year": 2017, "note": "Ikke sikkert", **SOURCE}
        ],
        "bases": [
            {"initiative": "early-help", "target_group": "adults", "success_measure": "housing", "intervention": "CTI",
             "net_success_rate": "0.1", "low": "0", "high": "0.2", "evidence_level": 1, "study_ids": ["ips"],
             "follow_ups": [FOLLOW_UP], **SOURCE}
        ],
        "indices": [{"series": "nettoprisindeks", "year": 2023, "value": "118.2", **SOURCE}],
        "discount_rates": [{"decided_from": DAY, "from_year": 0, "to_year": None, "rate": "0.035", **SOURCE}],
        "effective_on": DAY,
    },
    som.AdjustCase: {
        **CASE, "settings": SETTINGS, "rate_choice": "typed", "typed_rate": RATE, "cohorts": [COHORT], "costs": [COST],
        "savings": [SAVING], "own_prices": [PRICE], "own_consequences": [CONSEQUENCE], "reason": "Vi ved bedre",
        "effective_on": DAY,
    },
    som.CreateScenario: {
        **SCENARIO, "title": "Hvad nu hvis", "scope": "Bostøtte", "municipality": "0101",
        "branch": {**CASE, "position": 7}, "inputs": INPUTS, **VERSION, "effective_on": DAY,
    },
    som.ChangeScenario: {**SCENARIO, "inputs": INPUTS, **VERSION, "reason": "Nye tal", "effective_on": DAY},
    som.SignChecklist: {
        **SCENARIO, "answers": [{"question": "horizon", "known": "9 år", "answer": "Passer."}], "effective_on": DAY
    },
    som.ReviewScenario: {
        **SCENARIO, "municipality": "0461", "verdict": "disagrees", "remarks": "Effekten aftager.", "effective_on": DAY
    },
    som.ShareScenario: {**SCENARIO, "effective_on": DAY},
}  # fmt: skip

_QUERIES: dict[type[Request], dict[str, Any]] = {
    som.Cases: {"initiative": "early-help"},
    som.CaseProjection: {**CASE, "history": True},
    som.CaseComputation: CALCULATION,
    som.CaseResult: {"calculation": SCENARIO},
    som.ExplainCase: CALCULATION,
    som.Tornado: CALCULATION,
    som.Grid: {**CALCULATION, "first": "success_rate", "second": "price:shelter", "steps": 5},
    som.Simulation: {**CALCULATION, "draws": 1000},
    som.Comparison: {"before": CASE, "after": SCENARIO},
    som.Allocation: {
        "budget_oere": 100, "aim": "target", "target_oere": -5, "one_per_municipality": False,
        "candidates": [
            {"candidate_id": "c1", "amount_oere": 100, "calculation": SCENARIO, "track": "data", "municipality": "0101"}
        ],
        "call_id": None,  # Candidates or a call.
        "floors": [{"track": "data", "amount_oere": 100}],
        "earmarks": [{"name": "unge", "amount_oere": 100, "tracks": ["data"]}],
    },
    som.KnowledgeVersions: {},
    som.KnowledgeVersion: {"pricebook": "virksom", "version": 1},
    som.Evidence: {
        "pricebook": "virksom", "version": 1, "intervention": "IPS", "study_ids": ["ips"], "control_share": "0.25",
        "lower_is_better": True,
    },
    som.Scenarios: {"shared_only": True, "municipality": "0101"},
    som.Scenario: SCENARIO,
    som.Recalculation: {},
}  # fmt: skip


def _whole(model: type[Request], own: dict[str, Any]) -> dict[str, Any]:
    if issubclass(model, Query):
        return {"wait_for": {"funding": 1}, "wait_seconds": 2.0, **own}
    return {"command_id": ID, "on_behalf_of": "Anna Andersen", "correlation_id": ID, **own}


VALID = {model: _whole(model, own) for model, own in (_COMMANDS | _QUERIES).items()}
