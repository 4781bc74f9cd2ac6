"""Chances are the same everywhere: against recorded digests, in other processes, and as distributions."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from math import fsum, sqrt
from typing import Any

import numpy as np
import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__  # type: ignore[import-not-found]

from services.som.uncertainty import simulate
from services.som.uncertainty.chances import normal_values, triangular_values, words
from tests.unit.som_uncertain import KNOWN, model

# Recorded once; they change only with `GENERATOR` or the engine's version.
WORDS = [602, 64933, 34311, 31224, 33824, 31711, 28134, 37401]
WORDS_DIGEST = "38dac614bd2172b7e0ce97a614226cb3608436e2c7196badd3a9ce1faf5961f7"
NORMAL_DIGEST = "fa94c8b6a4c1d717833ce58f2f4b043ce004dfe1c83c8e26be1effa847aea8c7"
TRIANGULAR_DIGEST = "6ccfa084c98f1cdb2706e7a92b1e98343cdb9993016bcc13b1890a866b7db0b0"
SIMULATION_DIGEST = "a55b15757cac9a0b4090e7c40ed7191a03da0b65f1412d978978278e93f32764"
SIMULATION: dict[str, object] = {
    "draws": 10000,
    "mean": {"kommune": -6234492, "region": 8167569, "stat": 12251354},
    "percentiles": {
        "kommune": {
            "p5": -23672759,
            "p10": -20765623,
            "p25": -15371489,
            "p50": -8142893,
            "p75": 845961,
            "p90": 10618676,
            "p95": 17860044,
        },
        "region": {
            "p5": 1591467,
            "p10": 2609684,
            "p25": 4583399,
            "p50": 7326039,
            "p75": 10806626,
            "p90": 14723274,
            "p95": 17550039,
        },
        "stat": {
            "p5": 2387201,
            "p10": 3914526,
            "p25": 6875099,
            "p50": 10989059,
            "p75": 16209940,
            "p90": 22084911,
            "p95": 26325058,
        },
        "total": {
            "p5": -19020139,
            "p10": -14000781,
            "p25": -3897216,
            "p50": 10023307,
            "p75": 27792303,
            "p90": 47070009,
            "p95": 62212059,
        },
    },
    "probabilities": {"kommune": "0.271100", "region": "0.992400", "stat": "0.992400", "total": "0.683700"},
    "spread": {"p5": -19020139, "p50": 10023307, "p95": 62212059},
}


def digest(values: np.ndarray[Any, Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()).hexdigest()


def test_the_words_of_a_stream_are_those_recorded() -> None:
    found = words(("success_rate", "trial", ""), 10_000)
    assert found[:8].tolist() == WORDS
    assert digest(found) == WORDS_DIGEST


def test_the_normal_values_are_those_recorded() -> None:
    # Another machine's logarithm may differ in the last bit of a quantile; rounded to 9 decimals it may not.
    assert digest(normal_values()) == NORMAL_DIGEST


def test_the_triangular_values_are_those_recorded() -> None:
    assert digest(triangular_values(0.25)) == TRIANGULAR_DIGEST


def test_a_simulation_is_the_one_recorded_bit_for_bit() -> None:
    found = simulate(model(), KNOWN)
    assert found.as_data() == SIMULATION
    assert digest(found.npv) == SIMULATION_DIGEST


@pytest.mark.parametrize(
    "setting",
    [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "4711"},
        # As on a machine without the vector instructions that this one has.
        {"NPY_DISABLE_CPU_FEATURES": " ".join(name for name in __cpu_dispatch__ if __cpu_features__.get(name))},
    ],
    ids=["hash seed 0", "hash seed 4711", "no vector instructions"],
)
def test_another_process_draws_the_same(setting: dict[str, str]) -> None:
    program = (
        "from tests.unit.som_uncertain import KNOWN, model;"
        "from tests.unit.test_som_uncertainty_chances import digest;"
        "from services.som.uncertainty import simulate;"
        "print(digest(simulate(model(), KNOWN).npv))"
    )
    command = [sys.executable, "-W", "ignore", "-c", program]
    done = subprocess.run(command, env=os.environ | setting, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == SIMULATION_DIGEST


def test_the_normal_has_mean_nought_variance_one_and_no_skew() -> None:
    values = normal_values().tolist()
    assert fsum(values) == 0.0
    assert fsum(value * value for value in values) / len(values) == pytest.approx(1.0, abs=1e-9)
    assert values == sorted(values)
    assert np.quantile(normal_values(), 0.975) == pytest.approx(1.959964, abs=2e-4)


@pytest.mark.parametrize("peak", [0.0, 0.25, 0.5, 1.0])
def test_the_triangle_has_the_mean_and_the_variance_of_its_formula(peak: float) -> None:
    values = triangular_values(peak)
    low, high = -peak, 1.0 - peak
    assert low <= values.min()
    assert values.max() <= high
    assert values.mean() == pytest.approx((low + high) / 3, abs=1e-6)
    assert values.var() == pytest.approx((low**2 + high**2 - low * high) / 18, rel=1e-4)


def test_more_draws_go_on_where_fewer_ended() -> None:
    assert words(("price", "one", ""), 1000).tolist() == words(("price", "one", ""), 5000)[:1000].tolist()
    assert len(words(("price", "one", ""), 101)) == 101


def test_every_second_draw_mirrors_the_one_before() -> None:
    found = words(("price", "one", ""), 1000).astype(int)
    assert (found[::2] + found[1::2] == 65_535).all()


def test_streams_of_different_identities_are_unrelated() -> None:
    streams = [words((kind, source, ""), 10_000) for kind in ("price", "cost") for source in ("one", "two")]
    table = normal_values()
    related = np.corrcoef([table[stream] for stream in streams])
    assert np.abs(related - np.eye(4)).max() < 4 / sqrt(5000)
