"""A small programme told through the commands, for tests that need one to have happened."""

from __future__ import annotations

import uuid
from typing import Any

from tests.worlds import new_id

ACCOUNT = "15.26.04.10"
KNOWLEDGE: dict[str, Any] = {
    "pricebook": "test",
    "version_label": "1",
    "price_level_year": 2018,
    "index_series": "nettoprisindeks",
    "prices": [
        {"price_id": "shelter", "service": "Forsorgshjem", "amount_dkk": "550000", "price_year": 2018,
         "kommune": "0.5", "region": "0", "stat": "0.5", "status": "published", "source": "test"},
    ],
    "consequences": [
        {"target_group": "adults", "success_measure": "housing", "price_id": "shelter",
         "change_per_success": ["-0.5", "-0.25"], "status": "illustrative", "source": "test"},
    ],
    "bases": [
        {"initiative": "course", "target_group": "adults", "success_measure": "housing", "intervention": "CTI",
         "net_success_rate": "0.10", "low": "0.02", "high": "0.18", "evidence_level": 1, "source": "test"},
    ],
    "indices": [{"series": "nettoprisindeks", "year": 2018, "value": "102.2"}],
    "discount_rates": [
        {"decided_from": "2013-05-31", "from_year": 0, "to_year": 35, "rate": "0.04"},
        {"decided_from": "2013-05-31", "from_year": 36, "to_year": None, "rate": "0.03"},
    ],
    "effective_on": "2018-01-01",
}  # fmt: skip


def open_programme(rpc: Any, *, pool_oere: int = 10**12, knowledge: bool = True, trial: bool = True) -> None:
    """An appropriation for 2018 with one pool `pool` of `pool_oere` for the initiative `course`, a knowledge base, and
    a trial `course` at every site the tests use."""
    draws = [{"account": ACCOUNT, "budget_year": 2018, "amount_oere": pool_oere}]
    rpc.funding.register_appropriation(
        command_id=new_id(), account=ACCOUNT, budget_year=2018, amount_oere=pool_oere, act="FL 2018",
        effective_on="2018-01-01",
    )  # fmt: skip
    rpc.funding.open_pool(
        command_id=new_id(), pool_id="pool", track="development", initiative="course", title="Forløb", draws=draws,
        effective_on="2018-01-01",
    )  # fmt: skip
    if knowledge:
        rpc.som.publish_knowledge(command_id=new_id(), **KNOWLEDGE)
    if trial:
        open_trial(rpc, "course", ["0101", "0751", "0851", "0461", "0561"])


def open_trial(rpc: Any, trial_id: str, sites: list[str]) -> dict[str, Any]:
    """A trial with two arms of the initiative `course`; success is a WHO-5 score of 52 or more after nine months."""
    answer: dict[str, Any] = rpc.trials.open_trial(
        command_id=new_id(), trial_id=trial_id, initiative="course", title="Gruppeforløb",
        arms=["intervention", "comparison"], sites=sites, eligibility={"age_min": 18, "age_max": 65},
        success_measure={"instrument": "who-5", "wave": "9m", "direction": "higher", "threshold": "52"},
        effective_on="2018-01-01",
    )  # fmt: skip
    return answer


def award(
    rpc: Any, grant_id: str, municipality: str, amount_oere: int, *, command_id: str | None = None
) -> dict[str, Any]:
    """Award a grant out of the pool, in 2018."""
    answer: dict[str, Any] = rpc.funding.award_grant(
        command_id=command_id or new_id(), grant_id=grant_id, pool_id="pool", municipality=municipality,
        draws=[{"account": ACCOUNT, "budget_year": 2018, "amount_oere": amount_oere}],
        plan_months=12, period_from="2018-02-01", period_to="2018-12-31", effective_on="2018-02-01",
    )  # fmt: skip
    return answer


def agree(rpc: Any, grant_id: str) -> dict[str, Any]:
    """The letter of a grant that was awarded, and its acceptance: the whole grant is then due, in 2018."""
    rpc.funding.issue_grant_letter(command_id=new_id(), **letter_of(grant_id))
    answer: dict[str, Any] = rpc.funding.accept_grant(command_id=new_id(), grant_id=grant_id, effective_on="2018-02-15")
    return answer


def letter_of(grant_id: str) -> dict[str, Any]:
    """The fields of a letter to a grant of 2018."""
    accounts = {"report_id": "final", "kind": "accounts", "project_years": [2018], "due_on": "2019-04-01"}
    reports = [{**accounts, "final": True}]
    days = {"accept_by": "2018-02-28", "effective_on": "2018-02-01"}
    return {"grant_id": grant_id, "letter": f"brev-{grant_id}", "reports": reports, **days}


def pay(rpc: Any, grant_id: str, payment_id: str, amount_oere: int) -> dict[str, Any]:
    """Pay an instalment of a grant that was agreed on, in 2018, with a batch of its own."""
    for method, fields in payment_of(grant_id, payment_id, amount_oere):
        answer: dict[str, Any] = getattr(rpc.funding, method)(command_id=new_id(), **fields)
    return answer


def payment_of(grant_id: str, payment_id: str, amount_oere: int) -> list[tuple[str, dict[str, Any]]]:
    """The methods and fields by which an instalment is paid: prepared by one, approved by another, and answered."""
    payment = {"payment_id": payment_id, "grant_id": grant_id}
    batch = {"batch_id": f"{grant_id}.{payment_id}", "effective_on": "2018-03-01"}
    return [
        (
            "prepare_payment_batch",
            {**batch, "on_behalf_of": "Anna", "lines": [{**payment, "amount_oere": amount_oere}]},
        ),
        ("approve_payment_batch", {**batch, "on_behalf_of": "Bo", "total_oere": amount_oere}),
        ("record_bank_answers", {**batch, "answers": [{**payment, "outcome": "paid"}]}),
    ]


def enrol_and_complete(rpc: Any, municipality: str, trial_id: str, *, success: bool, arm: str = "intervention") -> int:
    """A made-up citizen enrols, completes and is assessed; the position of the last event."""
    who = {"trial_id": trial_id, "citizen": str(uuid.uuid4())}
    rpc.trials.enrol_citizen(
        command_id=new_id(), **who, arm=arm, municipality=municipality, consent_given=True, age_years=30,
        effective_on="2018-03-01",
    )  # fmt: skip
    rpc.trials.complete_participation(command_id=new_id(), **who, effective_on="2018-12-01")
    score = "60" if success else "40"
    answer = rpc.trials.record_assessment(
        command_id=new_id(), **who, instrument="who-5", wave="9m", score=score, effective_on="2018-12-01"
    )
    return int(answer["position"])
