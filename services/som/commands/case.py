"""What may be done with a live case: choose how it is computed, and tell it what the other services cannot."""

from __future__ import annotations

from services.som.commands.values import (
    Cohorts,
    Costs,
    OwnConsequences,
    OwnPrices,
    Savings,
    SettingsRow,
    SuccessRateRow,
)
from services.som.events import RateChoice
from shared.kernel.messages import Command, Day, Identifier, MunicipalityCode, Text


class AdjustCase(Command):
    """Choose how a live case is computed; what is left out goes back to its default. The case is computed anew."""

    initiative: Identifier
    municipality: MunicipalityCode
    settings: SettingsRow = SettingsRow()
    rate_choice: RateChoice = "auto"
    typed_rate: SuccessRateRow | None = None
    cohorts: Cohorts = ()
    costs: Costs = ()
    savings: Savings = ()
    own_prices: OwnPrices = ()
    own_consequences: OwnConsequences = ()
    reason: Text
    effective_on: Day
