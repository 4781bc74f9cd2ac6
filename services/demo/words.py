"""What the demo says, in Danish: one line for each thing that happens. No line names a citizen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from services.demo.script import Act
from services.demo.script.applications import NOT_REAL
from services.reporting.web.danish import millions_kr, number
from shared.kernel.municipalities import municipalities

Fields = Mapping[str, Any]


def told(act: Act, initiatives: Mapping[str, str]) -> str:
    """`tilsagn: Aarhus 12,0 mio. kr. (bostoetteforloeb)`; `initiatives` by grant, pool and trial id."""
    return _LINES[act.method](act.fields, initiatives).replace("\u00a0", " ")


def events(count: int) -> str:
    """`1.204 hændelser`"""
    return f"{number(count)} {'hændelse' if count == 1 else 'hændelser'}"


def calculated(initiative: str) -> str:
    """`nettoresultat genberegnet (ppr)`: which municipality's is not told, as on the page."""
    return f"nettoresultat genberegnet ({initiative})"


def seen(positions: Mapping[str, int]) -> str:
    """`har set funding 1.204, trials 530, som 77`"""
    return "har set " + ", ".join(f"{source} {number(position)}" for source, position in sorted(positions.items()))


def _appropriation(fields: Fields, _: Mapping[str, str]) -> str:
    return f"bevilling: § {fields['account']} i {fields['budget_year']}, {millions_kr(fields['amount_oere'])}"


def _pool(fields: Fields, initiatives: Mapping[str, str]) -> str:
    return f"pulje: {_sum(fields)} ({initiatives[fields['pool_id']]})"


def _grant(fields: Fields, initiatives: Mapping[str, str]) -> str:
    place = municipalities()[fields["municipality"]].name
    mark = ", simuleret" if fields["reason"] == NOT_REAL else ""
    return f"tilsagn: {place} {_sum(fields)} ({initiatives[fields['grant_id']]}{mark})"


def _sum(fields: Fields) -> str:
    return millions_kr(sum(draw["amount_oere"] for draw in fields["draws"]))


def _batch(fields: Fields, _: Mapping[str, str]) -> str:
    lines = fields["lines"]
    total = millions_kr(sum(line["amount_oere"] for line in lines))
    return f"udbetaling lagt frem: {number(len(lines))} tilskud, {total} (simuleret)"


def _of_grant(word: str) -> Callable[[Fields, Mapping[str, str]], str]:
    return lambda fields, initiatives: f"{word} ({initiatives[fields['grant_id']]}, simuleret)"


def _simulated(word: str) -> Callable[[Fields, Mapping[str, str]], str]:
    return lambda _fields, _initiatives: f"{word} (simuleret)"


def _trial(word: str) -> Callable[[Fields, Mapping[str, str]], str]:
    return lambda fields, initiatives: f"{word} ({initiatives[fields['trial_id']]})"


_LINES: dict[str, Callable[[Fields, Mapping[str, str]], str]] = {
    "register_appropriation": _appropriation,
    "publish_knowledge": lambda fields, _: f"vidensgrundlag: {len(fields['prices'])} priser",
    "open_pool": _pool,
    "extend_pool": lambda fields, initiatives: f"pulje udvidet: {_sum(fields)} ({initiatives[fields['pool_id']]})",
    "publish_call": lambda fields, _: f"ansøgningsrunde: {fields['title']}",
    "advance": lambda fields, _: f"kalenderen når {date.fromisoformat(fields['day']):%d.%m.%Y}",
    "save_application": lambda fields, initiatives: (
        f"udkast til ansøgning ({initiatives[fields['call_id']]}, simuleret)"
    ),
    "submit_application": _simulated("ansøgning sendt"),
    "assess_application": _simulated("ansøgning vurderet"),
    "refuse_application": _simulated("afslag"),
    "award_grant": _grant,
    "issue_grant_letter": _of_grant("tilskudsbrev sendt"),
    "accept_grant": _of_grant("tilsagn accepteret"),
    "start_project": _of_grant("projekt i gang"),
    "prepare_payment_batch": _batch,
    "approve_payment_batch": lambda fields, _: f"udbetaling godkendt: {millions_kr(fields['total_oere'])} (simuleret)",
    "record_bank_answers": _simulated("bankens svar"),
    "submit_status_report": _of_grant("statusrapport"),
    "submit_accounts": _of_grant("regnskab indsendt"),
    "decide_accounts": _of_grant("regnskab godkendt"),
    "request_change": _of_grant("ændring ansøgt"),
    "decide_change": _of_grant("ændring afgjort"),
    "claim_repayment": _of_grant("tilbagebetaling krævet"),
    "invoice_repayment": _of_grant("faktura sendt"),
    "record_repayment": _of_grant("tilbagebetalt"),
    "hand_over_claim": _of_grant("overdraget til Gældsstyrelsen"),
    "close_grant": _of_grant("tilskud afsluttet"),
    "open_trial": _trial("forsøg åbnet"),
    "enrol_citizen": _trial("en simuleret borger indskrevet"),
    "record_assessment": _trial("en måling"),
    "complete_participation": _trial("en gennemførelse"),
    "withdraw_participant": _trial("et frafald"),
    "publish_report": lambda fields, _: f"rapport: {fields['title']}",
}
