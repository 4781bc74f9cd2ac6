"""Numbers drawn by chance that are the same on every machine, in every process and with every version of numpy.

A draw is a word of 16 bits from Philox, a counter-based generator, keyed by the SHA-256 of *what is drawn for* (the
kind of an input and its source). It is turned into a value by a table or by a square root: no logarithm or power of
the machine's own library is in the path, only operations that IEEE 754 rounds correctly.

The key is what an input is, not what it is worth today. So a recalculation meets the same chances as the one before,
and a probability moves because an input did; and two cases that rest on one source move together. Philox: Salmon et
al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from math import fsum, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from services.som.model.knowledge_base import Floats

Words = npt.NDArray[np.uint16]

GENERATOR = "1"
"""Other chances for everybody. Changes with the engine's version, never alone."""

VALUES = 2**16
"""A drawn value is one of so many, all equally likely."""

KEPT = 256
"""Streams kept: 5 MB at 10,000 draws."""


@lru_cache(maxsize=KEPT)
def words(identity: tuple[str, ...], draws: int) -> Words:
    """The first `draws` words, 0 … 65,535, of what is drawn for `identity`: shape (draws,), not to be written to.

    Every second draw is the mirror of the one before it (antithetic variates, Hammersley & Morton 1956): where an input
    was high it is as low. Means are then nearer the truth, since what is linear cancels out. More draws go on where
    fewer ended.
    """
    text = "\x1f".join(("virksom som", GENERATOR, *identity))
    key = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")
    raw = np.random.Philox(key=key, counter=0).random_raw((draws + 7) // 8)
    # Each raw word of 64 bits is four of ours, the lowest bits first whatever the machine's byte order.
    drawn = raw.astype("<u8").view("<u2").astype(np.uint16)
    found = np.stack((drawn, ~drawn), axis=1).reshape(-1)[:draws]
    found.flags.writeable = False
    return found


@lru_cache(maxsize=1)
def normal_values() -> Floats:
    """The standard normal as 65,536 equally likely values, ascending: shape (65,536,).

    The quantiles at the middles of 65,536 equal shares of probability, stretched by 1.00001 so that their variance is 1
    (the middles miss a little of the tails), rounded to 9 decimals so that another library's last bit does not show.
    They end at ±4.32.
    """
    inverse = NormalDist().inv_cdf
    half = [inverse((place + 0.5) / VALUES) for place in range(VALUES // 2)]
    stretch = 1.0 / sqrt(2.0 * fsum(value * value for value in half) / VALUES)
    lower = [round(value * stretch, 9) for value in half]
    values = np.array([*lower, *(-value for value in reversed(lower))])
    values.flags.writeable = False
    return values


@lru_cache(maxsize=32)
def triangular_values(peak: float) -> Floats:
    """A triangular distribution of width 1 about its peak, as 65,536 equally likely values: shape (65,536,).

    It reaches from −peak to 1 − peak and is likeliest at nought; `peak` is 0 to 1. A figure that ranges from low to
    high is base + (high − low) · value with peak (base − low) / (high − low).
    """
    share = (np.arange(VALUES) + 0.5) / VALUES
    below = np.sqrt(share * peak) - peak
    above = (1.0 - peak) - np.sqrt((1.0 - share) * (1.0 - peak))
    values = np.where(share < peak, below, above)
    values.flags.writeable = False
    return values
