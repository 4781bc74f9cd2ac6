"""Parts of a total in whole øre that add up to it exactly."""

from __future__ import annotations

from collections.abc import Sequence


def whole_parts(total_oere: int, parts: Sequence[float]) -> list[int]:
    """`parts` in whole øre that add up to `total_oere`, which is their sum but for rounding.

    Largest remainder, for parts of either sign: each is rounded to the nearest øre, and the øre still missing or too
    many are taken one by one where rounding did the most the other way; of equals the largest part, then the first.
    A part of nothing stays nothing. (`money.split` shares out by whole weights, none of them negative.) Raises
    ValueError when the total is further from the parts than rounding and float64 can bring it.
    """
    rounded = [round(part) for part in parts]
    missing = total_oere - sum(rounded)
    if missing == 0:
        return rounded
    sign = 1 if missing > 0 else -1
    moved = [place for place, part in enumerate(parts) if part != 0]
    if abs(missing) > 2 * len(moved) + 1e-12 * sum(abs(part) for part in parts):
        raise ValueError("these are not the parts of that total")
    moved.sort(key=lambda place: (sign * (rounded[place] - parts[place]), -abs(parts[place]), place))
    for place in moved[: abs(missing)]:
        rounded[place] += sign
    # Amounts so large that float64 has no øre: what is then still missing is the largest part's.
    if abs(missing) > len(moved):
        rounded[max(moved, key=lambda place: abs(parts[place]))] += missing - sign * len(moved)
    return rounded
