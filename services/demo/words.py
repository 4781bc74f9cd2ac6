"""What the demo says, in Danish: one line for each thing that happens. No line names a citizen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.demo.script import Act
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
    return f"tilsagn: {place} {_sum(fields)} ({initiatives[fields['grant_id']]})"


def _instalment(fields: Fields, initiatives: Mapping[str, str]) -> str:
    return f"udbetaling: {millions_kr(fields['amount_oere'])} ({initiatives[fields['grant_id']]})"


def _sum(fields: Fields) -> str:
    return millions_kr(sum(draw["amount_oere"] for draw in fields["draws"]))


def _trial(word: str) -> Callable[[Fields, Mapping[str, str]], str]:
    return lambda fields, initiatives: f"{word} ({initiatives[fields['trial_id']]})"


_LINES: dict[str, Callable[[Fields, Mapping[str, str]], str]] = {
    "register_appropriation": _appropriation,
    "publish_knowledge": lambda fields, _: f"vidensgrundlag: {len(fields['prices'])} priser",
    "open_pool": _pool,
    "award_grant": _grant,
    "pay_instalment": _instalment,
    "open_trial": _trial("forsøg åbnet"),
    "enrol_citizen": _trial("en simuleret borger indskrevet"),
    "record_assessment": _trial("en måling"),
    "complete_participation": _trial("en gennemførelse"),
    "withdraw_participant": _trial("et frafald"),
    "publish_report": lambda fields, _: f"rapport: {fields['title']}",
}
