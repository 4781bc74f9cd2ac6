"""Who pays: prices whose shares add up, and payer rules that can be counted with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from services.som.events import Measure, PayerRule, Price
from services.som.knowledge.rows import require_range
from shared.kernel.refusal import refused

IN_KRONER: tuple[Measure, ...] = ("kroner_per_year", "kroner_per_admission")
"""The measures in which a rule counts the price itself, at the price level of its `level_year`."""


def require_rules(rules: Iterable[PayerRule]) -> None:
    """The steps of each version ascend, and what is in kroner says of which year.

    Raises Rejected RULE_STEPS_NOT_ASCENDING (rule_id, start) or RULE_LEVEL_YEAR_MISSING (rule_id).
    """
    for place, rule in enumerate(rules):
        for which, (before, after) in enumerate(pairwise(rule.steps), start=1):
            if after.start <= before.start:
                raise refused(
                    "RULE_STEPS_NOT_ASCENDING",
                    "Each step of a rule must begin above the one before; put them in order.",
                    f"rules.{place}.steps.{which}.start",
                    rule_id=rule.rule_id,
                    start=str(after.start),
                )
        if rule.level_year is None and (rule.measure in IN_KRONER or rule.ceiling_dkk is not None):
            message = "Limits and ceilings in kroner belong to a price level; say of which year."
            raise refused("RULE_LEVEL_YEAR_MISSING", message, f"rules.{place}.level_year", rule_id=rule.rule_id)


def require_prices(prices: Sequence[Price], rules: Sequence[PayerRule], at: str = "prices") -> None:
    """The payers bear each price exactly, by shares and by a rule that is among `rules`.

    `at` is where the prices stand in what was sent. Raises Rejected SHARES_DO_NOT_ADD_UP (price_id, shares_add_up_to),
    RANGE_NOT_ASCENDING, UNKNOWN_RULE (price_id, rule_id) or RULE_QUANTITY_MISMATCH (price_id, rule_id, measure).
    """
    measures = [(rule.rule_id, rule.measure) for rule in rules]
    for place, price in enumerate(prices):
        total = price.kommune + price.region + price.stat
        if total != 1:
            raise refused(
                "SHARES_DO_NOT_ADD_UP",
                "The payers' shares of a price must add up to 1.",
                f"{at}.{place}",
                price_id=price.price_id,
                shares_add_up_to=str(total),
            )
        require_range(f"{at}.{place}", price.low_dkk, price.amount_dkk, price.high_dkk, "_dkk")
        if price.rule is not None:
            mine = [measure for rule_id, measure in measures if rule_id == price.rule.rule_id]
            _require_rule_use(price, mine, f"{at}.{place}.rule")


def _require_rule_use(price: Price, measures: Sequence[Measure], at: str) -> None:
    assert price.rule is not None
    figures = {"price_id": price.price_id, "rule_id": price.rule.rule_id}
    if not measures:
        message = "A price names a payer rule that is not among the rules; add it, or correct the name."
        raise refused("UNKNOWN_RULE", message, f"{at}.rule_id", **figures)
    for measure in measures:
        if (measure in IN_KRONER) == (price.rule.quantity is not None):
            raise refused(
                "RULE_QUANTITY_MISMATCH",
                "A price has a quantity when its rule counts days or weeks, and none when it counts kroner.",
                f"{at}.quantity",
                measure=measure,
                **figures,
            )
