"""The investment model's engine: one case, its simulation and the national portfolio, beside plain Python loops."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from time import perf_counter, sleep

import numpy as np
import psutil

from benchmarks import som_plain
from benchmarks.figures import Figure, bounded, compared, interleaved, report, told
from benchmarks.som_case import INITIATIVES, MUNICIPALITIES, case, knowledge
from services.som.attribution import Computation, attribute
from services.som.model import CaseModel, KnowledgeBase, compile_case, project
from services.som.model.knowledge_base import Floats
from services.som.uncertainty import Simulation, information, simulate, tornado
from services.som.uncertainty.chances import words
from services.som.uncertainty.factors import Factor, factors
from services.som.uncertainty.simulation import by_source, drawn

DRAWS = 10_000
PLAIN_DRAWS, SHORT_DRAWS = 200, 5_000
"""The plain loops are measured on so many and told per draw; all of them take the longer one seconds."""

CORES = 2
KNOWLEDGE = knowledge()


def measure(quick: bool) -> list[Figure]:
    """Milliseconds of one case's result and simulation, ratios to the loop, seconds and memory of the portfolio."""
    rounds = 20 if quick else 200
    inputs = case()
    model = compile_case(inputs, KNOWLEDGE)
    _same(model)
    other = inputs.model_copy(update={"cohorts": inputs.cohorts[:3], "costs": inputs.costs[:3]})
    before, after = Computation(inputs, KNOWLEDGE), Computation(other, KNOWLEDGE)
    milliseconds = {
        "cold": _milliseconds(lambda: _anew(model), rounds),
        "warm": _milliseconds(lambda: simulate(model, KNOWLEDGE, DRAWS), rounds),
    }
    return [
        bounded("som: one case's result, median", "ms", _milliseconds(lambda: project(inputs, KNOWLEDGE), rounds), 1),
        bounded(f"som: simulation of {DRAWS:,} draws, nothing drawn before, median", "ms", milliseconds["cold"], 15),
        bounded("  the same inputs again (a recalculation), median", "ms", milliseconds["warm"], 15),
        told("  what it is worth to know more, median", "ms", _milliseconds(lambda: information(model, KNOWLEDGE), 10)),
        told("  tornado, median", "ms", _milliseconds(lambda: tornado(model, KNOWLEDGE), rounds)),
        told("  why did it change (two inputs), median", "ms", _milliseconds(lambda: attribute(before, after), 20)),
        *_beside_loops(model, 5 if quick else 15),
        *_portfolio(10 if quick else MUNICIPALITIES),
    ]


def _anew(model: CaseModel) -> Simulation:
    words.cache_clear()
    return simulate(model, KNOWLEDGE, DRAWS)


def _milliseconds(work: Callable[[], object], rounds: int) -> float:
    work()
    found = []
    for _ in range(rounds):
        started = perf_counter()
        work()
        found.append((perf_counter() - started) * 1000)
    return median(found)


def _beside_loops(model: CaseModel, pairs: int) -> list[Figure]:
    """Net present values per second; the simulation's draws per second, summing up included on both sides."""
    numbers = som_plain.plain(model)
    certain, draws = som_plain.certain(numbers), _draws(model, PLAIN_DRAWS)
    many = _draws(model, SHORT_DRAWS)

    def rate(work: Callable[[], object], times: int, each: int = 1) -> float:
        started = perf_counter()
        for _ in range(times):
            work()
        return times * each / (perf_counter() - started)

    def loop() -> None:
        som_plain.summed_up([som_plain.net_present_value(numbers, draw) for draw in draws])

    def short_loop() -> None:
        once = som_plain.discounted(numbers)
        som_plain.summed_up([som_plain.drawn_value(once, draw) for draw in many])

    point = interleaved(
        lambda: rate(lambda: compile_case(model.inputs, KNOWLEDGE).net_present_value(), 100),
        lambda: rate(lambda: som_plain.net_present_value(numbers, certain), 20),
        pairs,
    )

    def ours() -> float:
        return rate(lambda: simulate(model, KNOWLEDGE, DRAWS), 5, DRAWS)

    whole = interleaved(ours, lambda: rate(loop, 1, PLAIN_DRAWS), pairs)
    short = interleaved(ours, lambda: rate(short_loop, 1, SHORT_DRAWS), pairs)
    return [
        compared("som: net present values, beside a plain loop", "cases/s", point),
        compared("som: simulation, beside a plain loop", "draws/s", whole, at_least=100),
        compared("  beside a loop that discounts once, as ours does", "draws/s", short),
    ]


def _draws(model: CaseModel, draws: int) -> list[som_plain.Draw]:
    """What our simulation draws, for the loop."""
    variable, values = by_source(""), drawn(draws)
    found = {factor.input_id: (factor, values(variable(factor))) for factor in factors(model, KNOWLEDGE)}

    def relative(one: tuple[Factor, Floats]) -> list[float]:
        factor, value = one
        return [1.0 + factor.relative * x for x in value.tolist()]

    rate, error = found["success_rate"]
    rates = np.clip(rate.base + rate.scale * error, -1, 1).tolist()
    people, cost = relative(found["completers"]), relative(found["cost:operation"])
    ids = [row.price.price_id for row in model.rows]
    prices = [relative(found[f"price:{name}"]) for name in ids]
    changes = [found[f"consequence:{name}"][1].tolist() for name in ids]
    return [
        som_plain.Draw(rates[n], people[n], cost[n], [row[n] for row in prices], [row[n] for row in changes])
        for n in range(draws)
    ]


def _same(model: CaseModel) -> None:
    """Both compute the same, to the øre: else there is nothing to compare."""
    numbers = som_plain.plain(model)
    ours = simulate(model, KNOWLEDGE, PLAIN_DRAWS).npv
    theirs = [som_plain.net_present_value(numbers, draw) for draw in _draws(model, PLAIN_DRAWS)]
    assert np.abs(ours - np.array(theirs)).max() < 1
    once = som_plain.discounted(numbers)
    short = [som_plain.drawn_value(once, draw) for draw in _draws(model, PLAIN_DRAWS)]
    assert np.abs(ours - np.array(short)).max() < 1
    point = som_plain.net_present_value(numbers, som_plain.certain(numbers))
    assert np.abs(model.net_present_value() - np.array(point)).max() < 0.01


def _portfolio(municipalities: int) -> list[Figure]:
    """Every municipality × initiative: result and simulation, on two processes, and their sum draw by draw."""
    cases = municipalities * INITIATIVES
    started = perf_counter()
    context = get_context("spawn")
    ready = context.Barrier(CORES)
    with ProcessPoolExecutor(CORES, mp_context=context, initializer=ready.wait) as pool:
        _watched([pool.submit(_part, range(1)) for _ in range(CORES)])
        warm = perf_counter()
        most, parts = _watched([pool.submit(_part, range(core, cases, CORES)) for core in range(CORES)])
        together = np.add.reduce(parts)
        ended = perf_counter()
    assert together.shape == (DRAWS, 3)
    what = f"som: portfolio of {cases} cases, {DRAWS:,} draws each, on {CORES} cores"
    return [
        bounded(what, "s", ended - warm, 6),
        told("  with starting the processes", "s", ended - started),
        bounded("  most memory, all processes", "MB", most / 1e6, 500),
    ]


def _part(numbers: range) -> Floats:
    """Results and simulations of some of the portfolio's cases; their sum, draw by draw."""
    total = np.zeros((DRAWS, 3))
    known: KnowledgeBase = KNOWLEDGE
    for number in numbers:
        inputs = case(number)
        project(inputs, known)
        total += simulate(compile_case(inputs, known), known, DRAWS, scope=f"{number}").npv
    return total


def _watched(futures: list[Future[Floats]]) -> tuple[int, list[Floats]]:
    """The most memory this process and its children held at once until all were done, and what they found."""
    most, here = 0, psutil.Process()
    while not all(future.done() for future in futures):
        held = [here, *here.children(recursive=True)]
        most = max(most, sum(process.memory_info().rss for process in held))
        sleep(0.02)
    return most, [future.result() for future in futures]


if __name__ == "__main__":
    report(measure)
