"""A valid request of every kind of funding and trials, as JSON values, with every field that may be there."""

from __future__ import annotations

import json
from typing import Any

from services.funding import commands as funding
from services.trials import commands as trials
from shared.kernel.messages import Query, Request

ID = "11111111-1111-4111-8111-111111111111"
CITIZEN = "9f2c6f0e-3d55-4a8f-9b8e-0c1d2e3f4a5b"
DAY, MOMENT = "2027-02-01", "2027-02-01T12:00:00+01:00"
ACCOUNT_YEAR = {"account": "15.26.04.10", "budget_year": 2027}
DRAW = {**ACCOUNT_YEAR, "amount_oere": 100}
POST = {"post": "staff", "project_year": 2027, "amount_oere": 100}
LINE = {**POST, "earmark": "partnership"}
PAYMENT = {"payment_id": "payment-1", "grant_id": "grant-1"}
APPLICATION = {"application_id": "application-1"}
GRANT = {"grant_id": "grant-1"}
CLAIM = {**GRANT, "claim_id": "claim-1"}
REPORT = {**GRANT, "report_id": "accounts-2027"}
PERIOD = {"period_from": "2027-03-01", "period_to": "2028-12-31"}
WHY = {"reason": "Fordi.\nDerfor."}
AS = {"as_of": 7, "as_at": DAY}
WHO = {"trial_id": "trial-1", "citizen": CITIZEN}

_APPROPRIATIONS: dict[type[Request], dict[str, Any]] = {
    funding.RegisterAppropriation: {**DRAW, "act": "FL 2027", "currency": "DKK", "effective_on": DAY},
    funding.AdjustAppropriation: {**DRAW, "act": "Akt 1", "corrects": ID, "effective_on": DAY},
    funding.TransferAppropriation: {
        **DRAW, "to_account": "15.26.04.20", "to_budget_year": 2028, "act": "Akt 1", "effective_on": DAY
    },
    funding.ImportIndexSeries: {
        "series_id": "pl", "title": "Pris- og lønindeks", "source": "Finansministeriet", "published_on": DAY,
        "points": [{"year": 2026, "value": "100"}, {"year": 2027, "value": "102.2"}], "effective_on": DAY,
    },
    funding.RegulateAppropriation: {
        **ACCOUNT_YEAR, "series_id": "pl", "from_year": 2026, "to_year": 2027, "act": "TB 2027", "effective_on": DAY
    },
    funding.OpenPool: {
        "pool_id": "pool-1", "track": "development", "initiative": "early-help", "title": "Tidlig hjælp",
        "draws": [DRAW], "effective_on": DAY,
    },
    funding.ExtendPool: {"pool_id": "pool-1", "draws": [DRAW], "effective_on": DAY},
}  # fmt: skip

_APPLICATIONS: dict[type[Request], dict[str, Any]] = {
    funding.PublishCall: {
        "call_id": "call-1", "pool_id": "pool-1", "title": "Tidlig hjælp", "purpose": "At hjælpe.",
        "target_group": "Unge", "applicants": ["0101"], "opens_at": MOMENT, "deadline_at": MOMENT, "decision_on": DAY,
        **PERIOD, "frame_oere": 100, "criteria": [{"criterion": "need", "title": "Behov", "weight": 1}],
        "assessors_required": 2, "effective_on": DAY,
    },
    funding.ExtendCall: {"call_id": "call-1", "deadline_at": MOMENT, "reason": "Sne", "effective_on": DAY},
    funding.SaveApplication: {
        **APPLICATION, "call_id": "call-1", "municipality": "0101", "title": "Vi vil", "description": "Sådan.",
        "expenses": [{**POST, "note": "to årsværk"}], "financing": [{**LINE, "source": "grant"}], "currency": "DKK",
        "at": MOMENT,
    },
    funding.CopyApplication: {
        **APPLICATION, "from_application_id": "application-0", "call_id": "call-1", "at": MOMENT
    },
    funding.SubmitApplication: {**APPLICATION, "at": MOMENT},
    funding.ReopenApplication: {**APPLICATION, "reason": "En side mangler", "until": MOMENT, "at": MOMENT},
    funding.WithdrawApplication: {**APPLICATION, "reason": "Ingen ansatte", "at": MOMENT},
    funding.DeclareConflict: {"on_behalf_of": "Anna", **APPLICATION, "reason": "Min bror", "at": MOMENT},
    funding.AssessApplication: {
        "on_behalf_of": "Anna", **APPLICATION, "scores": [{"criterion": "need", "points": 80}], "comment": "Godt.",
        "at": MOMENT,
    },
    funding.RefuseApplication: {"on_behalf_of": "Bo", **APPLICATION, **WHY, "effective_on": DAY},
    funding.AwardGrant: {
        **GRANT, "pool_id": "pool-1", "municipality": "0101", "draws": [DRAW], "budget": [LINE],
        "earmarks": [{"earmark": "partnership", "title": "Partnerskab", "amount_oere": 100}], "plan_months": 3,
        **APPLICATION, **WHY, "currency": "DKK", **PERIOD, "effective_on": DAY,
    },
}  # fmt: skip

_GRANTS: dict[type[Request], dict[str, Any]] = {
    funding.IssueGrantLetter: {
        **GRANT, "letter": "brev-1", "accept_by": DAY, "conditions": ["Dialogmøde"], "effective_on": DAY,
        "reports": [
            {"report_id": "final", "kind": "accounts", "project_years": [2027], "due_on": DAY, "final": True}
        ],
    },
    funding.AcceptGrant: {**GRANT, "effective_on": DAY},
    funding.StartProject: {**GRANT, "effective_on": DAY},
    funding.ChangePaymentPlan: {**GRANT, "plan_months": 12, "reason": "Få penge", "effective_on": DAY},
    funding.StopPayments: {**GRANT, "reason": "Uklart", "effective_on": DAY},
    funding.ReleasePayments: {**GRANT, "reason": "Klart", "effective_on": DAY},
    funding.RequestChange: {
        **GRANT, "change_id": "change-1", "kind": "carry_over", **WHY, "period_to": DAY, "budget": [LINE],
        "carry_over": [LINE], "effective_on": DAY,
    },
    funding.DecideChange: {
        "on_behalf_of": "Bo", **GRANT, "change_id": "change-1", "decision": "approve", **WHY, "effective_on": DAY
    },
    funding.SubmitStatusReport: {**REPORT, "document": "sag 1", "effective_on": DAY},
    funding.SubmitAccounts: {
        **REPORT, "lines": [{"post": "staff", "project_year": 2027, "spent_oere": 100}], "effective_on": DAY,
        "audit": {
            "auditor": "Revisor A/S", "auditor_kind": "registered", "statement": "sag 2", "protocol": "sag 3",
            "performance_audit": False,
        },
    },
    funding.DecideAccounts: {
        "on_behalf_of": "Bo", **REPORT, "decision": "send_back", **WHY, "due_on": DAY, "effective_on": DAY
    },
    funding.ReopenAccounts: {"on_behalf_of": "Bo", **REPORT, **WHY, "due_on": DAY, "effective_on": DAY},
    funding.ClaimRepayment: {"on_behalf_of": "Bo", **CLAIM, "cause": "unspent", **WHY, "effective_on": DAY},
    funding.InvoiceRepayment: {**CLAIM, "invoice": "faktura 1", "due_on": DAY, "effective_on": DAY},
    funding.RecordRepayment: {**CLAIM, "receipt": "kvittering-1", "amount_oere": 100, "effective_on": DAY},
    funding.HandOverClaim: {**CLAIM, "effective_on": DAY},
    funding.CloseGrant: {**GRANT, "effective_on": DAY},
    funding.PassDeadline: {**GRANT, "deadline": "report", "reference": "final", "effective_on": DAY},
    funding.CloseCall: {"call_id": "call-1", "effective_on": DAY},
    funding.Advance: {"day": DAY},
    funding.ReachDay: {"day": DAY},
}  # fmt: skip

_PAYMENTS: dict[type[Request], dict[str, Any]] = {
    funding.PreparePaymentBatch: {
        "on_behalf_of": "Anna", "batch_id": "batch-1", "lines": [{**PAYMENT, "amount_oere": 100}], "currency": "DKK",
        "effective_on": DAY,
    },
    funding.ApprovePaymentBatch: {
        "on_behalf_of": "Bo", "batch_id": "batch-1", "total_oere": 100, "effective_on": DAY
    },
    funding.CancelPaymentBatch: {"batch_id": "batch-1", "reason": "Fejl", "effective_on": DAY},
    funding.RecordBankAnswers: {
        "batch_id": "batch-1", "effective_on": DAY,
        "answers": [{**PAYMENT, "outcome": "returned", "reference": "NB 1", "reason": "Lukket konto"}],
    },
    funding.CorrectBankAnswer: {
        "on_behalf_of": "Bo", **PAYMENT, "outcome": "paid", **WHY, "effective_on": DAY
    },
}  # fmt: skip

_QUERIES: dict[type[Request], dict[str, Any]] = {
    funding.TrialBalance: AS,
    funding.Balances: {
        "by": ["post"], **AS, "ledger_account": "paid", **ACCOUNT_YEAR, "initiative": "early-help",
        "pool_id": "pool-1", **GRANT, "post": "staff", "earmark": "partnership",
    },
    funding.Position: AS,
    funding.GrantStatement: {**GRANT, **AS},
    funding.Journal: {"after": 0, "limit": 1},
    funding.Calls: {"pool_id": "pool-1"},
    funding.Applications: {"call_id": "call-1", "municipality": "0101"},
    funding.Application: APPLICATION,
    funding.RankedList: {"call_id": "call-1"},
    funding.Grants: {"pool_id": "pool-1", "municipality": "0101"},
    funding.Grant: GRANT,
    funding.GrantLetter: {**GRANT, "language": "en"},
    funding.DueInstalments: {"on": DAY},
    funding.PaymentBatch: {"batch_id": "batch-1"},
    funding.Deadlines: {"until": DAY, "limit": 1},
}  # fmt: skip

_TRIALS: dict[type[Request], dict[str, Any]] = {
    trials.OpenTrial: {
        "trial_id": "trial-1", "initiative": "early-help", "title": "Tidlig hjælp", "arms": ["course", "comparison"],
        "sites": ["0101", "0461"], "eligibility": {"age_min": 18, "age_max": 29}, "effective_on": DAY,
        "success_measure": {
            "instrument": "employment", "wave": "month-12", "direction": "higher", "threshold": "6.5"
        },
    },
    trials.EnrolCitizen: {
        **WHO, "arm": "course", "municipality": "0101", "consent_given": True, "age_years": 20, "effective_on": DAY
    },
    trials.RecordAssessment: {
        **WHO, "instrument": "employment", "wave": "month-12", "score": "7.25", "effective_on": DAY
    },
    trials.CompleteParticipation: {**WHO, "effective_on": DAY},
    trials.WithdrawParticipant: {**WHO, "reason": "moved", "effective_on": DAY},
    trials.TrialEffect: {"trial_id": "trial-1"},
    trials.TrialStatus: {"trial_id": "trial-1"},
}  # fmt: skip


def _whole(model: type[Request], own: dict[str, Any]) -> dict[str, Any]:
    """The fields of a kind, with those that every command or query may have."""
    if issubclass(model, Query):
        return {"wait_for": {"funding": 1}, "wait_seconds": 2.0, **own}
    return {"command_id": ID, "on_behalf_of": "Ministeriet", "correlation_id": ID, **own}


VALID: dict[type[Request], dict[str, Any]] = {
    model: json.loads(json.dumps(_whole(model, own)))
    for kinds in (_APPROPRIATIONS, _APPLICATIONS, _GRANTS, _PAYMENTS, _QUERIES, _TRIALS)
    for model, own in kinds.items()
}
