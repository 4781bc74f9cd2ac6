"""What is wrong with an allocation that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from services.som.allocation.values import Aim, Option
from services.som.commands.queries import Earmark, Floor
from shared.kernel.rejection import Rejected

MAX_OPTIONS = 1_000
MAX_EARMARKS = 6
MAX_OERE = 10**15

Problem = tuple[str, str, str]


def require_sound(
    options: Sequence[Option],
    budget_oere: int,
    aim: Aim,
    target_oere: int | None,
    floors: Sequence[Floor],
    earmarks: Sequence[Earmark],
) -> None:
    """Raises Rejected ALLOCATION_INVALID naming every field that is wrong, at most twenty of them."""
    problems = [
        *_of_the_whole(options, budget_oere, aim, target_oere),
        *_of_each(options),
        *_of_the_draws(options, aim),
        *_twice("floors", "track", [floor.track for floor in floors]),
        *_twice("earmarks", "name", [mark.name for mark in earmarks]),
        *_of_the_earmarks(earmarks, budget_oere),
    ][:20]
    if problems:
        names = ", ".join(field for field, _, _ in problems)
        raise Rejected(
            "ALLOCATION_INVALID",
            f"No advice can be given on this; look at: {names}.",
            [{"field": field, "rule": rule, "message": message} for field, rule, message in problems],
        )


def _of_the_whole(options: Sequence[Option], budget_oere: int, aim: Aim, target_oere: int | None) -> Iterator[Problem]:
    if not options:
        yield "options", "too_short", "There is nothing to choose from."
    if len(options) > MAX_OPTIONS:
        yield "options", "too_long", f"At most {MAX_OPTIONS} options can be chosen from."
    if not 0 < budget_oere <= MAX_OERE:
        yield "budget_oere", "range", "A budget is a positive number of øre, at most 10^15."
    if aim == "target" and target_oere is None:
        yield "target_oere", "required", "Name the net result that is to be reached."


def _of_each(options: Sequence[Option]) -> Iterator[Problem]:
    yield from _twice("options", "option_id", [option.option_id for option in options])
    for place, option in enumerate(options):
        if type(option.amount_oere) is not int or not 0 < option.amount_oere <= MAX_OERE:
            yield f"options.{place}.amount_oere", "range", "An amount is a positive whole number of øre, at most 10^15."
        if type(option.net_result_oere) is not int or abs(option.net_result_oere) > MAX_OERE:
            yield f"options.{place}.net_result_oere", "range", "A net result is a whole number of øre within ±10^15."


def _of_the_draws(options: Sequence[Option], aim: Aim) -> Iterator[Problem]:
    """All options have draws, or none has; of one length, and each a number that can be added up."""
    given = [option.draws for option in options if option.draws is not None]
    length = len(given[0]) if given else 0
    for place, option in enumerate(options):
        field = f"options.{place}.draws"
        if option.draws is None:
            if given or aim == "target":
                yield field, "required", "A probability needs draws of every option."
        elif option.draws.ndim != 1 or len(option.draws) != length or length == 0:
            yield field, "length", "The draws of all options are one row each, of one length."
        elif not bool(np.all(np.isfinite(option.draws))) or bool(np.any(np.abs(option.draws) > MAX_OERE)):
            yield field, "finite", "A draw is a number of øre within ±10^15."


def _of_the_earmarks(earmarks: Sequence[Earmark], budget_oere: int) -> Iterator[Problem]:
    if len(earmarks) > MAX_EARMARKS:
        yield "earmarks", "too_long", f"At most {MAX_EARMARKS} earmarks can be reckoned with."
    if sum(mark.amount_oere for mark in earmarks) > budget_oere:
        yield "earmarks", "sum", "The earmarks are a part of the budget; together they are more than it."


def _twice(field: str, name: str, values: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, value in enumerate(values):
        if value in seen:
            yield f"{field}.{place}.{name}", "unique", "It is there twice."
        seen.add(value)
