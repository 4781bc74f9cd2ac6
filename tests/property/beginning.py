"""How a run begins: with money, a pool, a call with an assessed application, and a grant awarded without one."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from services.funding import commands as c
from tests.property.fund_model import Model
from tests.property.fund_wishes import BEGIN, A, B, Q, of, one
from tests.property.fund_words import Commands, Fields, budget_line, words

begin = of(
    account=one(A, B),
    amounts=st.lists(one(4 * Q, 4 * Q, 8 * Q + 3, 12 * Q, 5), min_size=4, max_size=4),
    cut=st.integers(0, 8 * Q),
    mark=st.booleans(),
    plan_months=one(3, 3, 6, 12, 1),
    period=one(("2018-01-01", "2019-12-31"), ("2018-03-01", "2019-06-30")),
    running=one(True, True, False),
)
"""How a run begins."""


def award(choice: Fields) -> Commands:
    """Money, a pool with an account-year more than the grant's, a call, an application and the award of g1."""
    day, no = {"effective_on": BEGIN.isoformat()}, {"earmark": None}
    lines = [
        budget_line((post, year, "mark" if choice["mark"] and post == "rent" else None), amount)
        for (post, year), amount in zip(
            [("staff", 2018), ("rent", 2018), ("staff", 2019), ("rent", 2019)], choice["amounts"], strict=True
        )
    ]
    total, marked = sum(choice["amounts"]), sum(line["amount_oere"] for line in lines if line["earmark"])
    cut = min(choice["cut"], total - 1)
    years = [(2018, total - cut), *([(2019, cut)] if cut else [])]
    draws = [{"account": choice["account"], "budget_year": year, "amount_oere": amount} for year, amount in years]
    votes = [
        {"account": account, "budget_year": year, "amount_oere": 200 * Q} for account in (A, B) for year in (2018, 2019)
    ]
    applied = {"application_id": "a1", "call_id": "c1", "financing": [line | no for line in lines]}
    model = Model()
    points = [{"year": 2017 + n, "value": value} for n, value in enumerate(("100", "101.6", "99.3"))]
    grant = {"grant_id": "g1", "pool_id": "p1", "municipality": "0730", "draws": draws, "budget": lines}
    earmarks = [{"earmark": "mark", "title": "m", "amount_oere": marked}] if marked else []
    period = dict(zip(("period_from", "period_to"), choice["period"], strict=True))
    steps: Commands = [(c.RegisterAppropriation, {**vote, "act": "FL", **day}) for vote in votes]
    steps += [
        (kind, words(kind, fields, on, model))
        for kind, fields, on in (
            (c.ImportIndexSeries, {"series_id": "pl", "published_on": "2017-08-01", "points": points}, BEGIN),
            (c.OpenPool, {"pool_id": "p1", "draws": [vote | {"amount_oere": 100 * Q} for vote in votes]}, BEGIN),
            (c.PublishCall, {"call_id": "c1", "pool_id": "p1", "frame_oere": 200 * Q}, BEGIN),
            (c.SaveApplication, applied, BEGIN + timedelta(days=1)),
            (c.SubmitApplication, {"application_id": "a1"}, BEGIN + timedelta(days=1)),
            (c.AssessApplication, {"application_id": "a1"}, date(2017, 11, 21)),
        )
    ]
    steps.append((c.AwardGrant, {**grant, **period, "earmarks": earmarks, "plan_months": choice["plan_months"], **day}))
    if choice["running"]:
        letter = {"accept_by": "2018-02-01", "late": choice["cut"] % 2 == 0, "grant_id": "g1"}
        steps.append((c.IssueGrantLetter, words(c.IssueGrantLetter, letter, BEGIN, model)))
        steps.append((c.AcceptGrant, {"grant_id": "g1", "effective_on": "2018-02-01"}))
        steps.append((c.StartProject, {"grant_id": "g1", "effective_on": "2018-03-01"}))
    return steps
