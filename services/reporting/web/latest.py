"""Events told in a line: "Senest sket"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.reporting.views.figures import InitiativeFigures, LatestEvent
from services.reporting.web.danish import clock, kroner, local_time, short_day
from shared.kernel.municipalities import municipalities


class Told(NamedTuple):
    """One event: when, in words, and a key that stays the same."""

    key: str
    time: datetime
    clock: str
    day: str
    text: str


_SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "funding.appropriation_registered": lambda p: (
        f"Bevilling: {p['amount']} på § {p['account']} for {p['budget_year']}"
    ),
    "funding.pool_opened": lambda p: f"Pulje åbnet: {p['title']}",
    "funding.grant_awarded": lambda p: f"Tilsagn: {p['amount']} til {p['place']}, {p['title']}",
    "funding.grant_lapsed": lambda p: f"Tilsagn bortfaldet: {p['amount']} til {p['place']}, {p['title']}",
    "funding.grant_closed": lambda p: f"Tilskud afsluttet: {p['place']}, {p['title']}",
    "funding.instalment_paid": lambda p: f"Udbetaling: {p['amount']} til {p['place']}, {p['title']}",
    "funding.accounts_approved": lambda p: f"Regnskab godkendt: {p['amount']} fra {p['place']}, {p['title']}",
    "funding.repayment_claimed": lambda p: f"Krav om tilbagebetaling: {p['amount']} fra {p['place']}, {p['title']}",
    "funding.repayment_received": lambda p: f"Tilbagebetaling: {p['amount']} fra {p['place']}, {p['title']}",
    "trials.trial_opened": lambda p: f"Forsøg åbnet: {p['title']}",
    "trials.citizen_enrolled": lambda p: f"Borger indrulleret: {p['title']}",
    "trials.assessment_recorded": lambda p: f"Måling registreret: {p['title']}",
    "trials.participant_completed": lambda p: f"Forløb gennemført: {p['title']}",
    "trials.participant_withdrew": lambda p: f"Frafald registreret: {p['title']}",
    "som.knowledge_published": lambda p: f"Vidensbase udgivet: {p['version_label']}",
    "som.projection_recalculated": lambda p: f"Investeringscase genberegnet: {p['title']}",
}


def told(event: LatestEvent, initiatives: Sequence[InitiativeFigures]) -> Told:
    """The event in Danish."""
    parts = dict(event.parts)
    name = parts.get("initiative", "")
    parts["title"] = next((row.title for row in initiatives if row.initiative == name), name)
    if "amount_oere" in parts:
        parts["amount"] = kroner(parts["amount_oere"])
    if "municipality" in parts:
        known = municipalities().get(parts["municipality"])
        parts["place"] = f"{known.name} Kommune" if known else parts["municipality"]
    sentence = _SENTENCES.get(parts["kind"])
    text = sentence(parts) if sentence else str(parts["kind"])
    time = local_time(event.recorded_at)
    return Told(f"{event.source}.{event.position}", time, clock(time, seconds=True), short_day(time), text)
