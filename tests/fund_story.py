"""A made-up programme of four grants in which everything happens that can happen to the fund's money.

STORY is told in memory (`told`) to make the golden samples, and over RPC where real answers are wanted. Randers' grant
lives its whole life; Odsherred's lapses; Herning's accounts are rejected and its claim goes to the debt authority;
Læsø's small one is paid once a year and leaves less than is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.funding import commands
from services.funding.events import CallPublished, GrantAwarded
from services.funding.grant import GRANT
from shared.kernel.messages import Command, Event
from shared.kernel.rejection import Rejected
from tests.fund import Fund

ACCOUNT, OTHER_ACCOUNT = "15.26.04.10", "15.26.04.20"
RANDERS, ODSHERRED, HERNING, LAESOE = "0730", "0306", "0657", "0825"
ANNE, BO, CLARA, DORTE = "Anne Lund", "Bo Krag", "Clara Friis", "Dorte Munk"
"""The programme office: Anne and Bo assess and prepare, Clara decides, Dorte approves payments."""
KR = 100


def _draw(year: int, kroner: int, account: str = ACCOUNT) -> dict[str, Any]:
    return {"account": account, "budget_year": year, "amount_oere": kroner * KR}


def _line(post: str, year: int, kroner: int, **more: Any) -> dict[str, Any]:
    return {"post": post, "project_year": year, "amount_oere": kroner * KR, **more}


def _spent(post: str, year: int, kroner: int) -> dict[str, Any]:
    return {"post": post, "project_year": year, "spent_oere": kroner * KR}


STAFF, PARTNERSHIP = {"earmark": "staff"}, {"earmark": "partnership"}
RANDERS_EXPENSES = [
    _line("staff", 2018, 5_250_000, note="Ti psykologer og talehørelærere"),
    _line("partnership", 2018, 900_000),
    _line("staff", 2019, 5_250_000),
    _line("partnership", 2019, 900_000),
    _line("rooms", 2018, 120_000, note="Lokaler i Familiens Hus"),
]
RANDERS_FINANCING = [
    _line("staff", 2018, 5_250_000, source="grant", **STAFF),
    _line("partnership", 2018, 900_000, source="grant", **PARTNERSHIP),
    _line("staff", 2019, 5_250_000, source="grant", **STAFF),
    _line("partnership", 2019, 900_000, source="grant", **PARTNERSHIP),
    _line("rooms", 2018, 120_000, source="municipality"),
]
"""12.3 m kroner applied for: 1.8 m for the partnership and 10.5 m for staff; the rooms are Randers' own."""


def _scores(need: int, method: int) -> list[dict[str, Any]]:
    return [{"criterion": "need", "points": need}, {"criterion": "method", "points": method}]


def _report(name: str, kind: str, years: Sequence[int], due_on: str, **more: Any) -> dict[str, Any]:
    return {"report_id": name, "kind": kind, "project_years": list(years), "due_on": due_on, **more}


def _audit(kind: str = "state_authorised", *, performance: bool = True) -> dict[str, Any]:
    return {
        "auditor": "Revision Kronjylland",
        "auditor_kind": kind,
        "statement": "sag 2018-1042/31",
        "protocol": "sag 2018-1042/32",
        "performance_audit": performance,
    }


def _batch(name: str, day: str, *payments: tuple[str, str, int]) -> dict[str, Any]:
    lines = [{"payment_id": one, "grant_id": to, "amount_oere": kroner * KR} for one, to, kroner in payments]
    return {"on_behalf_of": ANNE, "batch_id": name, "lines": lines, "effective_on": day}


def _approval(name: str, day: str, kroner: int) -> dict[str, Any]:
    return {"on_behalf_of": DORTE, "batch_id": name, "total_oere": kroner * KR, "effective_on": day}


def _answers(name: str, day: str, *answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"batch_id": name, "answers": list(answers), "effective_on": day}


def _paid(payment: str, grant: str) -> dict[str, Any]:
    return {"payment_id": payment, "grant_id": grant, "outcome": "paid", "reference": f"NKS-{payment}-{grant[-4:]}"}


Step = tuple[str, dict[str, Any]]
_Payments = Sequence[tuple[str, str, int]]


def _pay(name: str, day: str, payments: _Payments) -> list[Step]:
    total = sum(kroner for _, _, kroner in payments)
    return [
        ("prepare_payment_batch", _batch(name, day, *payments)),
        ("approve_payment_batch", _approval(name, day, total)),
        ("record_bank_answers", _answers(name, day, *(_paid(one, to) for one, to, _ in payments))),
    ]


def _on(grant_id: str, day: str, **fields: Any) -> dict[str, Any]:
    return {"grant_id": grant_id, **fields, "effective_on": day}


_MONEY: list[Step] = [
    ("register_appropriation", {**_draw(2018, 30_000_000), "act": "FL 2018", "effective_on": "2018-01-01"}),
    ("register_appropriation", {**_draw(2019, 20_000_000), "act": "FL 2019", "effective_on": "2019-01-01"}),
    (
        "adjust_appropriation",
        {**_draw(2018, -500_000), "act": "TB 2018, aktstykke 87", "corrects": None, "effective_on": "2018-01-02"},
    ),
    (
        "transfer_appropriation",
        {
            **_draw(2018, 1_000_000),
            "to_account": OTHER_ACCOUNT,
            "to_budget_year": 2019,
            "act": "Aktstykke 112 af 4. januar 2018",
            "effective_on": "2018-01-04",
        },
    ),
    (
        "import_index_series",
        {
            "series_id": "pl-2018",
            "title": "Generelt pris- og lønindeks for statens tilskud",
            "source": "Økonomisk Administrativ Vejledning",
            "published_on": "2017-08-30",
            "points": [
                {"year": 2017, "value": "100"},
                {"year": 2018, "value": "101.6"},
                {"year": 2019, "value": "103"},
            ],
            "effective_on": "2018-01-05",
        },
    ),
    (
        "regulate_appropriation",
        {
            "account": ACCOUNT,
            "budget_year": 2019,
            "series_id": "pl-2018",
            "from_year": 2018,
            "to_year": 2019,
            "act": "FFL 2019",
            "effective_on": "2018-01-08",
        },
    ),
    (
        "open_pool",
        {
            "pool_id": "ppr",
            "track": "dissemination",
            "initiative": "ppr",
            "title": "Tidlig indsats i PPR",
            "draws": [_draw(2018, 10_000_000), _draw(2019, 10_000_000)],
            "effective_on": "2018-01-08",
        },
    ),
    ("extend_pool", {"pool_id": "ppr", "draws": [_draw(2018, 2_500_000)], "effective_on": "2018-01-09"}),
]
_CALL: list[Step] = [
    (
        "publish_call",
        {
            "call_id": "ppr-2018",
            "pool_id": "ppr",
            "title": "Ansøgningspulje til tidlig indsats i PPR",
            "purpose": "At flere børn får hjælp i deres dagtilbud, før en vanskelighed bliver en sag.",
            "target_group": "Børn på 0–6 år og deres familier",
            "applicants": [RANDERS, ODSHERRED, HERNING, LAESOE],
            "opens_at": "2018-01-10T09:00:00+01:00",
            "deadline_at": "2018-01-24T12:00:00+01:00",
            "decision_on": "2018-02-15",
            "period_from": "2018-03-01",
            "period_to": "2019-12-31",
            "frame_oere": 20_000_000 * KR,
            "criteria": [
                {"criterion": "need", "title": "Behov i målgruppen", "weight": 2},
                {"criterion": "method", "title": "Metode og organisering", "weight": 3},
            ],
            "assessors_required": 2,
            "effective_on": "2018-01-09",
        },
    ),
    (
        "extend_call",
        {
            "call_id": "ppr-2018",
            "deadline_at": "2018-01-31T12:00:00+01:00",
            "reason": "Ansøgningsportalen var nede den 23. januar",
            "effective_on": "2018-01-23",
        },
    ),
    (
        "save_application",
        {
            "application_id": "ppr-0730-1",
            "call_id": "ppr-2018",
            "municipality": RANDERS,
            "title": "PPR ud i børnehaven",
            "description": "PPR flytter ud i byens 42 dagtilbud.",
            "expenses": RANDERS_EXPENSES,
            "financing": RANDERS_FINANCING,
            "at": "2018-01-11T10:15:00+01:00",
        },
    ),
    ("submit_application", {"application_id": "ppr-0730-1", "at": "2018-01-30T15:02:11+01:00"}),
    *(
        (
            "save_application",
            {
                "application_id": f"ppr-{municipality}-1",
                "call_id": "ppr-2018",
                "municipality": municipality,
                "title": title,
                "description": "Projektbeskrivelsen står i bilaget.",
                "expenses": [_line("staff", 2018, first), _line("staff", 2019, second)],
                "financing": [
                    _line("staff", 2018, first, source="grant"),
                    _line("staff", 2019, second, source="grant"),
                ],
                "at": "2018-01-29T09:00:00+01:00",
            },
        )
        for municipality, title, first, second in (
            (ODSHERRED, "Tidlig indsats på tværs", 600_000, 600_000),
            (HERNING, "Sprog fra start", 300_000, 300_000),
            (LAESOE, "Ø-PPR", 40_000, 40_000),
        )
    ),
    *(
        ("submit_application", {"application_id": f"ppr-{municipality}-1", "at": "2018-01-31T12:00:00+01:00"})
        for municipality in (ODSHERRED, HERNING, LAESOE)
    ),
    (
        "copy_application",
        {
            "application_id": "ppr-0657-2",
            "from_application_id": "ppr-0657-1",
            "call_id": "ppr-2018",
            "at": "2018-01-30T09:30:00+01:00",
        },
    ),
    (
        "withdraw_application",
        {"application_id": "ppr-0657-2", "reason": "Sendt ved en fejl", "at": "2018-01-30T09:40:00+01:00"},
    ),
    (
        "copy_application",
        {
            "application_id": "ppr-0306-2",
            "from_application_id": "ppr-0306-1",
            "call_id": "ppr-2018",
            "at": "2018-01-31T11:50:00+01:00",
        },
    ),
    ("submit_application", {"application_id": "ppr-0306-2", "at": "2018-01-31T11:59:59+01:00"}),
    ("advance", {"day": "2018-02-01"}),
    (
        "reopen_application",
        {
            "application_id": "ppr-0730-1",
            "reason": "Budgettets noter manglede",
            "until": "2018-02-05T12:00:00+01:00",
            "at": "2018-02-01T09:00:00+01:00",
        },
    ),
    ("submit_application", {"application_id": "ppr-0730-1", "at": "2018-02-05T12:00:00+01:00"}),
    (
        "declare_conflict",
        {
            "on_behalf_of": "Erik Toft",
            "application_id": "ppr-0730-1",
            "reason": "Min søster er leder i Randers' PPR",
            "at": "2018-02-06T08:30:00+01:00",
        },
    ),
    *(
        (
            "assess_application",
            {
                "on_behalf_of": person,
                "application_id": f"ppr-{municipality}-1",
                "scores": _scores(*points),
                "comment": comment,
                "at": "2018-02-06T10:00:00+01:00",
            },
        )
        for municipality, person, points, comment in (
            (RANDERS, ANNE, (80, 90), "Klar metode, god ledelsesopbakning."),
            (RANDERS, BO, (70, 85), "Stærkt samarbejde med dagtilbud."),
            (ODSHERRED, ANNE, (75, 60), "Stort behov."),
            (ODSHERRED, BO, (75, 55), "Metoden er løst beskrevet."),
            (HERNING, ANNE, (60, 60), "Passende."),
            (HERNING, BO, (55, 65), "Passende."),
            (LAESOE, ANNE, (50, 60), "Lille, men gennemførligt."),
            (LAESOE, BO, (45, 50), "Lille volumen."),
        )
    ),
    (
        "refuse_application",
        {
            "on_behalf_of": CLARA,
            "application_id": "ppr-0306-2",
            "reason": "Ansøgningen beskriver ikke, hvem der får hjælp.",
            "effective_on": "2018-02-15",
        },
    ),
]


def _award(municipality: str, first: int, second: int, **more: Any) -> Step:
    return (
        "award_grant",
        {
            "on_behalf_of": CLARA,
            "grant_id": f"ppr-{municipality}",
            "pool_id": "ppr",
            "municipality": municipality,
            "application_id": f"ppr-{municipality}-1",
            "reason": "Højest på den prioriterede liste inden for rammen.",
            "draws": [_draw(2018, first), *([_draw(2019, second)] if second else [])],
            "period_from": "2018-03-01",
            "period_to": "2019-12-31",
            "effective_on": "2018-02-15",
            **more,
        },
    )


_AWARDS: list[Step] = [
    _award(
        RANDERS,
        6_300_000,
        6_000_000,
        earmarks=[
            {"earmark": "partnership", "title": "Partnerskab om metoden", "amount_oere": 1_800_000 * KR},
            {"earmark": "staff", "title": "Ansættelser i PPR", "amount_oere": 10_500_000 * KR},
        ],
    ),
    _award(ODSHERRED, 600_000, 600_000),
    _award(HERNING, 300_000, 300_000),
    _award(LAESOE, 40_000, 40_000, plan_months=6),
    (
        "issue_grant_letter",
        _on(
            "ppr-0730",
            "2018-02-16",
            letter="2018-1042",
            accept_by="2018-03-15",
            conditions=["Tilskuddet er omfattet af Håndbog om tilskudsregler."],
            reports=[
                _report("status-2018", "status", [2018], "2018-09-01"),
                _report("accounts-2018", "accounts", [2018], "2019-03-01"),
                _report("accounts-2019", "accounts", [2019], "2020-03-01", final=True),
            ],
        ),
    ),
    *(
        (
            "issue_grant_letter",
            _on(
                f"ppr-{municipality}",
                "2018-02-16",
                letter=f"2018-10{number}",
                accept_by="2018-03-15",
                reports=[_report("accounts", "accounts", [2018, 2019], "2020-03-01", final=True)],
            ),
        )
        for number, municipality in enumerate((ODSHERRED, HERNING, LAESOE), 43)
    ),
    *(("accept_grant", _on(f"ppr-{municipality}", "2018-03-01")) for municipality in (RANDERS, HERNING, LAESOE)),
    ("advance", {"day": "2018-03-16"}),
    *(("start_project", _on(f"ppr-{municipality}", "2018-04-01")) for municipality in (RANDERS, HERNING, LAESOE)),
]
_FIRST_YEAR: list[Step] = [
    (
        "change_payment_plan",
        _on("ppr-0825", "2018-03-20", plan_months=12, reason="Et lille tilskud udbetales én gang om året"),
    ),
    ("prepare_payment_batch", _batch("2018-k1-kladde", "2018-03-20", ("k1", "ppr-0730", 1_000_000))),
    (
        "cancel_payment_batch",
        {"batch_id": "2018-k1-kladde", "reason": "Beløbet var forkert", "effective_on": "2018-03-20"},
    ),
    ("stop_payments", _on("ppr-0657", "2018-03-20", reason="Kontonummeret skal bekræftes")),
    ("release_payments", _on("ppr-0657", "2018-03-22", reason="Kontonummeret er bekræftet")),
    (
        "prepare_payment_batch",
        _batch(
            "2018-k1",
            "2018-03-23",
            ("k1", "ppr-0730", 1_537_500),
            ("k1", "ppr-0657", 75_000),
            ("k1", "ppr-0825", 40_000),
        ),
    ),
    ("approve_payment_batch", _approval("2018-k1", "2018-03-23", 1_652_500)),
    (
        "record_bank_answers",
        _answers(
            "2018-k1",
            "2018-03-26",
            _paid("k1", "ppr-0730"),
            _paid("k1", "ppr-0657"),
            {
                "payment_id": "k1",
                "grant_id": "ppr-0825",
                "outcome": "returned",
                "reference": "NKS-k1-0825",
                "reason": "Kontoen er lukket",
            },
        ),
    ),
    (
        "correct_bank_answer",
        _on(
            "ppr-0825",
            "2018-03-27",
            payment_id="k1",
            outcome="paid",
            reason="Banken havde betalt; returneringen gjaldt en anden kommune.",
            on_behalf_of=ANNE,
        ),
    ),
    *_pay("2018-k2", "2018-07-01", [("k2", "ppr-0730", 3_075_000), ("k2", "ppr-0657", 150_000)]),
    ("advance", {"day": "2018-09-02"}),
    (
        "submit_status_report",
        _on("ppr-0730", "2018-09-20", report_id="status-2018", document="sag 2018-1042/12"),
    ),
    *_pay("2018-k4", "2018-10-01", [("k4", "ppr-0730", 1_537_500), ("k4", "ppr-0657", 75_000)]),
    (
        "submit_accounts",
        _on(
            "ppr-0730",
            "2019-02-01",
            report_id="accounts-2018",
            lines=[_spent("staff", 2018, 5_000_000), _spent("partnership", 2018, 900_000)],
            audit=_audit(),
        ),
    ),
    (
        "decide_accounts",
        _on(
            "ppr-0730",
            "2019-02-10",
            on_behalf_of=CLARA,
            report_id="accounts-2018",
            decision="send_back",
            reason="Ledelseserklæringen mangler.",
            due_on="2019-03-10",
        ),
    ),
    (
        "submit_accounts",
        _on(
            "ppr-0730",
            "2019-02-20",
            report_id="accounts-2018",
            lines=[_spent("staff", 2018, 4_900_000), _spent("partnership", 2018, 900_000)],
            audit=_audit(),
        ),
    ),
    (
        "decide_accounts",
        _on(
            "ppr-0730",
            "2019-03-01",
            on_behalf_of=CLARA,
            report_id="accounts-2018",
            decision="approve",
            reason="Regnskabet er revideret uden forbehold.",
        ),
    ),
    (
        "reopen_accounts",
        _on(
            "ppr-0730",
            "2019-03-04",
            on_behalf_of=CLARA,
            report_id="accounts-2018",
            reason="Kommunen har opdaget en bogføringsfejl.",
            due_on="2019-03-20",
        ),
    ),
    (
        "submit_accounts",
        _on(
            "ppr-0730",
            "2019-03-08",
            report_id="accounts-2018",
            lines=[_spent("staff", 2018, 4_950_000), _spent("partnership", 2018, 900_000)],
            audit=_audit(),
        ),
    ),
    (
        "decide_accounts",
        _on(
            "ppr-0730",
            "2019-03-12",
            on_behalf_of=CLARA,
            report_id="accounts-2018",
            decision="approve",
            reason="Regnskabet er revideret uden forbehold.",
        ),
    ),
]


def _asked(name: str, day: str, kind: str, reason: str, **parts: Any) -> Step:
    return "request_change", _on("ppr-0730", day, change_id=name, kind=kind, reason=reason, **parts)


def _decided(name: str, day: str, reason: str, decision: str = "approve") -> Step:
    fields = {"on_behalf_of": CLARA, "change_id": name, "decision": decision, "reason": reason}
    return "decide_change", _on("ppr-0730", day, **fields)


_CHANGES: list[Step] = [
    _asked(
        "carry-over",
        "2019-03-13",
        "carry_over",
        "To stillinger blev først besat i maj.",
        carry_over=[_line("staff", 2018, 300_000, **STAFF)],
    ),
    _decided("carry-over", "2019-03-15", "Midlerne bruges til samme formål i 2019."),
    _asked("target-group", "2019-03-18", "project", "Også børn i skolen skal med."),
    _decided("target-group", "2019-03-20", "Målgruppen ligger uden for puljens formål.", "refuse"),
    _asked(
        "training",
        "2019-03-18",
        "budget",
        "Efteruddannelse i stedet for en stilling.",
        budget=[
            _line("staff", 2018, 4_950_000, **STAFF),
            _line("partnership", 2018, 900_000, **PARTNERSHIP),
            _line("staff", 2019, 5_050_000, **STAFF),
            _line("training", 2019, 500_000, **STAFF),
            _line("partnership", 2019, 900_000, **PARTNERSHIP),
        ],
    ),
    _decided("training", "2019-03-22", "Ændringen er inden for øremærket."),
    _asked("longer", "2019-10-01", "prolongation", "Sidste forløb slutter i marts.", period_to="2020-03-31"),
    _decided("longer", "2019-10-08", "Forlængelsen koster ikke mere."),
]
_SECOND_YEAR: list[Step] = [
    *_pay(
        "2019-k1",
        "2019-03-25",
        [("k1-19", "ppr-0730", 1_312_500), ("k1-19", "ppr-0657", 75_000), ("k1-19", "ppr-0825", 39_900)],
    ),
    *_pay("2019-rest", "2019-10-10", [("rest-19", "ppr-0730", 4_837_500), ("rest-19", "ppr-0657", 225_000)]),
    ("advance", {"day": "2020-01-01"}),
    (
        "submit_accounts",
        _on(
            "ppr-0657",
            "2020-02-01",
            report_id="accounts",
            lines=[_spent("staff", 2018, 300_000), _spent("staff", 2019, 300_000)],
            audit=_audit(),
        ),
    ),
    (
        "decide_accounts",
        _on(
            "ppr-0657",
            "2020-02-15",
            on_behalf_of=CLARA,
            report_id="accounts",
            decision="reject",
            reason="Udgifterne er ikke afholdt i projektet.",
        ),
    ),
    (
        "claim_repayment",
        _on(
            "ppr-0657",
            "2020-02-16",
            on_behalf_of=CLARA,
            claim_id="all",
            cause="accounts_rejected",
            reason="Regnskabet er forkastet.",
        ),
    ),
    ("invoice_repayment", _on("ppr-0657", "2020-02-17", claim_id="all", invoice="F-2020-017", due_on="2020-03-18")),
    (
        "submit_accounts",
        _on(
            "ppr-0825",
            "2020-02-10",
            report_id="accounts",
            lines=[_spent("staff", 2018, 39_800), _spent("staff", 2019, 39_850)],
            audit=_audit("own_choice", performance=False),
        ),
    ),
    (
        "decide_accounts",
        _on(
            "ppr-0825",
            "2020-02-20",
            on_behalf_of=CLARA,
            report_id="accounts",
            decision="approve",
            reason="Regnskabet er i orden.",
        ),
    ),
    (
        "claim_repayment",
        _on(
            "ppr-0825", "2020-02-21", on_behalf_of=CLARA, claim_id="rest", cause="unspent", reason="Uforbrugte midler."
        ),
    ),
    ("close_grant", _on("ppr-0825", "2020-02-21")),
    ("advance", {"day": "2020-03-19"}),
    ("hand_over_claim", _on("ppr-0657", "2020-03-20", claim_id="all")),
    ("advance", {"day": "2020-04-01"}),
    (
        "record_repayment",
        _on("ppr-0657", "2020-05-04", claim_id="all", receipt="gs-2020-0504", amount_oere=100_000 * KR),
    ),
    ("close_grant", _on("ppr-0657", "2020-05-05")),
    (
        "submit_accounts",
        _on(
            "ppr-0730",
            "2020-05-20",
            report_id="accounts-2019",
            lines=[
                _spent("staff", 2019, 5_000_000),
                _spent("training", 2019, 412_345),
                _spent("partnership", 2019, 900_000),
            ],
            audit=_audit(),
        ),
    ),
    (
        "decide_accounts",
        _on(
            "ppr-0730",
            "2020-06-02",
            on_behalf_of=CLARA,
            report_id="accounts-2019",
            decision="approve",
            reason="Regnskabet er revideret uden forbehold.",
        ),
    ),
    (
        "claim_repayment",
        _on(
            "ppr-0730", "2020-06-03", on_behalf_of=CLARA, claim_id="rest", cause="unspent", reason="Uforbrugte midler."
        ),
    ),
    ("invoice_repayment", _on("ppr-0730", "2020-06-04", claim_id="rest", invoice="F-2020-052", due_on="2020-07-04")),
    (
        "record_repayment",
        _on("ppr-0730", "2020-06-30", claim_id="rest", receipt="f-2020-052", amount_oere=137_655 * KR),
    ),
    ("close_grant", _on("ppr-0730", "2020-07-01")),
]

STORY: tuple[Step, ...] = (*_MONEY, *_CALL, *_AWARDS, *_FIRST_YEAR, *_CHANGES, *_SECOND_YEAR)
"""Each method of the service with its fields (but `command_id`), in the order in which they happened."""


def told(story: Sequence[Step] = STORY) -> list[Event]:
    """What the story makes happen, in memory."""
    fund = Fund()
    for method, fields in story:
        if method == "advance":
            _advance(fund, fields["day"])
        else:
            fund.do(command_of(method), **fields)
    return fund.history


def command_of(method: str) -> type[Command]:
    """The command that a method of the service reads."""
    kind: type[Command] = getattr(commands, "".join(word.capitalize() for word in method.split("_")))
    return kind


def _advance(fund: Fund, day: str) -> None:
    """Come to a day and try every deadline there is; the calendar itself asks the view for those that have come."""
    fund.do(commands.ReachDay, day=day)
    calls = {event.call_id for event in fund.history if isinstance(event, CallPublished)}
    grants = dict.fromkeys(event.grant_id for event in fund.history if isinstance(event, GrantAwarded))
    for call_id in calls:
        _pass(fund, commands.CloseCall, call_id=call_id, effective_on=day)
    for grant_id in grants:
        [grant] = fund.states(((GRANT, grant_id),))
        parts = [("report", report.due.report_id) for report in grant.reports]
        parts += [("invoice", claim.claim_id) for claim in grant.claims]
        for deadline, reference in (("acceptance", "-"), ("start", "-"), ("period", "-"), *parts):
            fields = {"grant_id": grant_id, "deadline": deadline, "reference": reference, "effective_on": day}
            _pass(fund, commands.PassDeadline, **fields)


def _pass(fund: Fund, kind: type[Command], **fields: Any) -> None:
    try:
        fund.do(kind, **fields)
    except Rejected as rejection:
        if rejection.code != "NOT_DUE":
            raise
