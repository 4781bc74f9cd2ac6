"""The worked example of docs/som-formulas.md, computed anew: every figure that the page prints is the engine's."""

from __future__ import annotations

import re
from pathlib import Path

from services.som.commands.values import InputsRow
from services.som.events import PAYERS, CaseInputs, PayerAmounts
from services.som.model.detail import Detail, detail
from tests.som_cases import knowledge

PAGE = Path(__file__).parents[2] / "docs" / "som-formulas.md"


def example() -> CaseInputs:
    """The case as it stands in the page."""
    found = re.search(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return InputsRow.model_validate_json(found[1])


def kroner(amount_oere: int | None) -> str:
    """Øre as kroner with two decimals, `1,234.56`, a loss with a minus sign."""
    assert amount_oere is not None
    return f"{amount_oere / 100:,.2f}".replace("-", "−")


def by_payer(*amounts: PayerAmounts) -> list[str]:
    """The cells kommune, region, stat and in all of each amount."""
    return [kroner(cell) for one in amounts for cell in (*(getattr(one, payer) for payer in PAYERS), one.total)]


def tables(found: Detail) -> list[list[str]]:
    """The rows of the page's tables of results."""
    rows = [
        [str(row.year), f"{row.discount_factor:.6f}", *by_payer(row.amounts.net), kroner(row.discounted.total)]
        for row in found.years
    ]
    discounted = found.discounted
    rows += [
        ["costs", *by_payer(discounted.costs)],
        ["grants received", *by_payer(discounted.transfers)],
        ["saved costs", *by_payer(discounted.savings)],
        ["gains", *by_payer(discounted.gains)],
        ["**net result**", *by_payer(discounted.net)],
    ]
    rows += [[line.name, *by_payer(line.discounted)] for line in found.categories if line.kind == "gain"]
    rows += [[flow.payer, kroner(flow.paid), *by_payer(flow.gained)] for flow in found.flows]
    assert found.faded is not None
    rows += [
        ["per completer", kroner(found.per_completer.discounted)],
        ["per success", kroner(found.per_success.discounted)],
        ["break-even year, undiscounted", str(found.break_even_year)],
        ["break-even year, discounted", str(found.discounted_break_even_year)],
        ["break-even success rate", str(found.break_even_rate)],
        ["benefit–cost ratio", str(found.benefit_cost_ratio)],
        ["net result, faded", kroner(found.faded.net_present_value.total)],
    ]
    return rows


def test_every_figure_of_the_worked_example_is_the_engines() -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = [row for row in tables(detail(example(), knowledge())) if f"| {' | '.join(row)} |" not in page]
    assert missing == []
