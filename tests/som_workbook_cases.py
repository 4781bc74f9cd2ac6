"""Varied cases for the workbook: seeded, and between them every option, rule and timing that a case can have."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from services.som.events import (
    PAYERS,
    CaseInputs,
    Cohort,
    Consequence,
    CostLine,
    DiscountRate,
    FollowUp,
    IndexedBy,
    IndexValue,
    KnowledgePublished,
    PayerRule,
    Price,
    RateSource,
    RuleStep,
    RuleUse,
    Saving,
    Settings,
    SuccessRate,
    Transfer,
)
from services.som.model import KnowledgeBase

GROUP, MEASURE = "gruppe", "succes"
SEEDS = range(28)


class Case(NamedTuple):
    """A case and its knowledge base."""

    inputs: CaseInputs
    knowledge: KnowledgeBase


def _decimal(chance: random.Random, low: float, high: float, places: int) -> Decimal:
    return Decimal(f"{chance.uniform(low, high):.{places}f}")


def _steps(*steps: tuple[str, str]) -> tuple[RuleStep, ...]:
    return tuple(RuleStep(start=Decimal(start), share=Decimal(share)) for start, share in steps)


def _rule(rule_id: str, measure: Any, bearer: Any, valid_from: date, steps: Any, **more: Any) -> PayerRule:
    rest: Any = "stat" if bearer == "region" else "kommune" if bearer == "stat" else "region"
    return PayerRule(
        rule_id=rule_id, measure=measure, bearer=bearer, rest=rest, valid_from=valid_from, steps=_steps(*steps),
        law=f"lov om {rule_id}", status="derived", source="loven", **more,
    )  # fmt: skip


RULES = (
    _rule("dyre-sager", "kroner_per_year", "stat", date(2013, 1, 1), [("1090000", "0.25"), ("2050000", "0.5")],
          level_year=2020),
    _rule("dyre-sager", "kroner_per_year", "stat", date(2021, 7, 1), [("830000", "0.25"), ("1630000", "0.5")],
          level_year=2020),
    _rule("herberg", "days_per_year", "stat", date(2010, 1, 1), [("0", "0.5")]),
    _rule("herberg", "days_per_year", "stat", date(2023, 10, 1), [("0", "0.5"), ("90", "0")]),
    _rule("ydelse", "weeks_on_benefit", "stat", date(2016, 1, 1),
          [("0", "0.8"), ("4", "0.4"), ("26", "0.3"), ("52", "0.2")]),
    _rule("psykiatri", "kroner_per_admission", "kommune", date(2007, 1, 1), [("0", "0.6")],
          ceiling_dkk=Decimal(9000)),
)  # fmt: skip
USES = {
    "dyre-sager": RuleUse(rule_id="dyre-sager"),
    "herberg": RuleUse(rule_id="herberg", quantity=Decimal("143.5")),
    "ydelse": RuleUse(rule_id="ydelse", quantity=Decimal(20), start=Decimal(3)),
    "psykiatri": RuleUse(rule_id="psykiatri"),
}


def price_of(chance: random.Random, price_id: str, rule: RuleUse | None = None) -> Price:
    """A price; every third shares are thirds, so that øre do not come out even."""
    kommune = chance.choice([Decimal("0.333333333333"), Decimal("0.5"), Decimal("0.25"), Decimal(0)])
    region = chance.choice([Decimal("0.5"), Decimal("0.125"), Decimal(0)]) if kommune < Decimal("0.5") else Decimal(0)
    return Price(
        price_id=price_id,
        service=f"=Ydelse {price_id}, æøå",
        unit=chance.choice(["kr. pr. døgn", "kr. pr. år"]),
        amount_dkk=_decimal(chance, 100, 2_000_000 if rule and rule.rule_id == "dyre-sager" else 40_000, 2),
        price_year=chance.choice([2019, 2020, 2023]),
        kommune=kommune,
        region=region,
        stat=1 - kommune - region,
        rule=rule,
        index_family=chance.choice(["services", "benefits", "state"]),
        low_dkk=chance.choice([None, Decimal(100)]),
        status=chance.choice(["official", "derived", "own", "illustrative"]),
        source="en kilde",
        note=chance.choice([None, "+note"]),
    )


def consequence_of(chance: random.Random, price_id: str, years: int, **changed: Any) -> Consequence:
    """A consequence, of more use or of less."""
    fields: dict[str, Any] = {
        "target_group": GROUP,
        "success_measure": MEASURE,
        "price_id": price_id,
        "change_per_success": tuple(_decimal(chance, -2, 0.7, chance.choice([1, 2, 9])) for _ in range(years)),
        "standard_errors": chance.choice([(), tuple(_decimal(chance, 0, 1, 3) for _ in range(years))]),
        "recommendation": chance.choice(["include", "include", "consider", "leave_out"]),
        "register_years": chance.choice([None, "2010–2021"]),
        "status": chance.choice(["official", "published", "placeholder"]),
        "source": "register",
    }
    return Consequence(**(fields | changed))


def knowledge_of(chance: random.Random) -> KnowledgeBase:
    """A knowledge base with rules, three index families and three discount tables."""
    uses = [None, None, None, *USES.values()]
    rows = [price_of(chance, f"pris-{place}", use) for place, use in enumerate(uses)]
    indices = [
        IndexValue(series=series, year=year, value=Decimal(f"{100 * (1 + growth) ** (year - 2015):.2f}"))
        for series, growth in (("netto", 0.021), ("satser", 0.013), ("pl", 0.017))
        for year in range(2015, 2031)
    ]
    rates = [
        (date(2009, 1, 1), 0, None, "0.05"), (date(2013, 5, 31), 0, 35, "0.04"), (date(2013, 5, 31), 36, None, "0.03"),
        (date(2021, 1, 7), 0, 3, "0.035"), (date(2021, 1, 7), 4, 35, "0.025"), (date(2021, 1, 7), 36, None, "0.015"),
    ]  # fmt: skip
    years = chance.choice([1, 4, 11])
    published = KnowledgePublished(
        pricebook="virksom",
        version_label="1",
        price_level_year=2023,
        index_series="netto",
        indexed_by=(
            IndexedBy(family="services", series="netto"),
            IndexedBy(family="benefits", series="satser", rounding="up_to_100"),
            IndexedBy(family="state", series="pl"),
        ),
        prices=tuple(rows),
        rules=RULES,
        consequences=tuple(consequence_of(chance, price.price_id, years) for price in rows),
        studies=(),
        bases=(),
        indices=tuple(indices),
        discount_rates=tuple(
            DiscountRate(decided_from=decided, from_year=start, to_year=end, rate=Decimal(rate))
            for decided, start, end, rate in rates
        ),
        effective_on=date(2024, 1, 1),
    )
    return KnowledgeBase(published)


def settings_of(chance: random.Random, number: int, longest: int) -> Settings:
    """Timing, indexation and options; the first three cases as SØM has them, with each timing."""
    timing: Any = ("start", "middle", "end")[number % 3]
    if number < 3:
        return Settings(timing=timing)
    return Settings(
        timing=timing,
        horizon=chance.choice([None, 0, longest - 1]),
        price_level_year=chance.choice([None, 2021]),
        indexation=chance.choice(["one_series", "families"]),
        include=chance.choice(["include", "consider", "all"]),
        phase_in=chance.choice([(), (Decimal("0.5"), Decimal("0.75"))]),
        fade_out=chance.choice([Decimal(0), Decimal("0.15")]),
        relapse=chance.choice([Decimal(0), Decimal("0.05")]),
        drop_out=chance.choice([None, Decimal("0.1"), Decimal("0.333")]),
        displacement=chance.choice([Decimal(0), Decimal("0.2")]),
    )


def rate_of(chance: random.Random, number: int) -> SuccessRate | None:
    """A success rate: nought, negative, none at all, or an ordinary one; some with later follow-ups."""
    if number == 5:
        return None
    rate = {3: Decimal(0), 4: Decimal("-0.08")}.get(number, _decimal(chance, 0.02, 0.6, chance.choice([1, 2, 9])))
    later = (FollowUp(months=38, share_left=Decimal("0.054545455")), FollowUp(months=18, share_left=Decimal("0.7")))
    sources = (RateSource(origin="trial", name="forsøget", rate=rate, weight=Decimal("0.25")),)
    return SuccessRate(
        origin="typed",
        name="=skøn",
        rate=rate,
        low=rate - Decimal("0.01"),
        high=rate + Decimal("0.01"),
        evidence_level=chance.choice([None, 2]),
        sources=chance.choice([(), sources]),
        follow_ups=later if number % 4 == 0 else (),
        status=chance.choice(["published", "own"]),
    )


def _oere(chance: random.Random) -> int:
    return chance.choice([chance.randrange(1, 10**9), 12_345, 99_999_95])


def _costs(chance: random.Random, years: range) -> tuple[CostLine, ...]:
    kinds: Any = ("preparation", "training", "operation", "material", "residual")
    lines = []
    for _ in range(chance.randrange(0, 9)):
        kind = chance.choice(kinds)
        amount = _oere(chance)
        lines.append(
            CostLine(
                kind=kind,
                year=chance.choice(years),
                payer=chance.choice(PAYERS),
                amount_oere=-amount if kind == "residual" else amount,
                high_oere=chance.choice([None, 2 * 10**9]),
                price_year=chance.choice([None, 2019, 2023]),
                # Halves of øre: an odd amount with a quarter or a tenth on top.
                overhead=chance.choice([Decimal(0), Decimal("0.5"), Decimal("0.25"), Decimal("0.1"), Decimal("0.18")]),
                status=chance.choice(["own", "simulated"]),
                source="budget",
            )
        )
    return tuple(lines)


def varied_case(number: int) -> Case:
    """One case of the series; the same number always gives the same case."""
    chance = random.Random(f"workbook {number}")
    knowledge = knowledge_of(chance)
    longest = max(len(row.change_per_success) for row in knowledge.published.consequences)
    start = chance.choice([2014, 2019, 2022])
    years = range(start, start + 5)
    own_price = price_of(chance, "egen-pris")
    own = number % 2 == 1
    counts = sorted(chance.sample(years, chance.randrange(1, 5)), reverse=number % 5 == 0)
    inputs = CaseInputs(
        decision_date=date(chance.choice(years), chance.randrange(1, 13), 17),
        target_group=GROUP,
        success_measure=MEASURE,
        cohorts=tuple(
            Cohort(year=year, completers=people, starters=people + 7, low=chance.choice([None, 1]))
            for year, people in ((year, chance.randrange(0, 90)) for year in counts)
        ),
        costs=_costs(chance, years),
        transfers=tuple(
            Transfer(year=chance.choice(years), payer_from=giver, payer_to=taker, amount_oere=_oere(chance),
                     price_year=chance.choice([None, 2021]), source="tilskud")
            for giver, taker in chance.sample([(one, two) for one in PAYERS for two in PAYERS if one != two],
                                              chance.randrange(0, 3))
        ),
        savings=tuple(
            Saving(year=chance.choice(years), payer=chance.choice(PAYERS), amount_oere=_oere(chance),
                   price_year=chance.choice([None, 2020]), source="før")
            for _ in range(chance.randrange(0, 4))
        ),
        success_rate=rate_of(chance, number),
        own_prices=(own_price, price_of(chance, "pris-1")) if own else (),
        own_consequences=(
            consequence_of(chance, "egen-pris", longest),
            consequence_of(chance, "pris-0", longest, recommendation="leave_out"),
            consequence_of(chance, "pris-3", longest, recommendation="include", target_group="anden-gruppe"),
        )
        if own
        else (),
        settings=settings_of(chance, number, longest),
    )  # fmt: skip
    return Case(inputs, knowledge)
