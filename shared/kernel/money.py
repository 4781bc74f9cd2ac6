"""Money is an integer number of øre."""

from __future__ import annotations

from collections.abc import Sequence


def oere(kroner: int) -> int:
    """Whole kroner as øre."""
    return kroner * 100


def split(amount_oere: int, weights: Sequence[int]) -> list[int]:
    """`amount_oere` shared out by `weights`, conserving every øre.

    Largest remainder: each part is rounded down, and the øre left over go one each to the parts with the largest
    remainders, the first of equals first. Raises ValueError when the weights are negative or add up to nothing.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and add up to more than nothing")
    parts = [amount_oere * weight // total for weight in weights]
    remainders = sorted(range(len(weights)), key=lambda i: (-(amount_oere * weights[i] % total), i))
    for index in remainders[: amount_oere - sum(parts)]:
        parts[index] += 1
    return parts
