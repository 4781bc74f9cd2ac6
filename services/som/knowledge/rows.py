"""One row for one thing, references to rows that there are, and intervals that hold their estimate."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from services.som.commands import PublishKnowledge
from services.som.events import Basis, Consequence, Study
from shared.kernel.refusal import refused


def require_unique(command: PublishKnowledge) -> None:
    """Raises Rejected DUPLICATE_ENTRY (rows, key): two rows for one thing would leave open which of them counts."""
    groups = [(row.target_group, row.success_measure, row.price_id) for row in command.consequences]
    _unique("prices", "price_id", [(row.price_id,) for row in command.prices])
    _unique("rules", "valid_from", [(row.rule_id, row.valid_from.isoformat()) for row in command.rules])
    _unique("consequences", "price_id", groups)
    _unique("studies", "study_id", [(row.study_id,) for row in command.studies])
    _unique("bases", "initiative", [(row.initiative,) for row in command.bases])
    _unique("indices", "year", [(row.series, row.year) for row in command.indices])
    _unique("indexed_by", "family", [(row.family,) for row in command.indexed_by])
    for place, basis in enumerate(command.bases):
        _unique(f"bases.{place}.follow_ups", "months", [(row.months,) for row in basis.follow_ups])


def require_consequences(rows: Sequence[Consequence], prices: Collection[str], at: str = "consequences") -> None:
    """Each names a price among `prices`, and says its standard error for every year or for none.

    `at` is where the rows stand in what was sent. Raises Rejected UNKNOWN_PRICE (price_id) or STANDARD_ERRORS_LENGTH
    (price_id, years, standard_errors).
    """
    for place, row in enumerate(rows):
        if row.price_id not in prices:
            message = "A consequence names a price that is not among the prices; add it, or correct the name."
            raise refused("UNKNOWN_PRICE", message, f"{at}.{place}.price_id", price_id=row.price_id)
        years, errors = len(row.change_per_success), len(row.standard_errors)
        if errors not in (0, years):
            raise refused(
                "STANDARD_ERRORS_LENGTH",
                "A consequence has a standard error for every year of its change, or none at all.",
                f"{at}.{place}.standard_errors",
                price_id=row.price_id,
                years=years,
                standard_errors=errors,
            )


def require_studies(rows: Iterable[Study]) -> None:
    """Raises Rejected RANGE_NOT_ASCENDING unless each estimate lies in its interval."""
    for place, row in enumerate(rows):
        require_range(f"studies.{place}", row.low, row.estimate, row.high)


def require_bases(rows: Iterable[Basis], studies: Collection[str]) -> None:
    """Raises Rejected UNKNOWN_STUDY (study_id), or RANGE_NOT_ASCENDING unless each rate lies in its interval."""
    for place, row in enumerate(rows):
        for which, study_id in enumerate(row.study_ids):
            if study_id not in studies:
                message = "A basis names a study that is not among the studies; add it, or correct the name."
                raise refused("UNKNOWN_STUDY", message, f"bases.{place}.study_ids.{which}", study_id=study_id)
        require_range(f"bases.{place}", row.low, row.net_success_rate, row.high)


def require_range(at: str, low: Decimal | None, base: Decimal | None, high: Decimal | None, unit: str = "") -> None:
    """Raises Rejected RANGE_NOT_ASCENDING (low, base, high) unless low ≤ base ≤ high, of those that are known.

    `at` is the row, `unit` what its fields' names end with (`low_dkk`); the end that is out of order is named.
    """
    known = [(name, value) for name, value in (("low", low), ("base", base), ("high", high)) if value is not None]
    for (_, before), (name, after) in pairwise(known):
        if after < before:
            raise refused(
                "RANGE_NOT_ASCENDING",
                "The low figure must not be above the base, nor the base above the high; put them in order.",
                f"{at}.{'high' if name == 'high' else 'low'}{unit}",
                **{name: str(value) for name, value in known},
            )


def _unique(table: str, field: str, keys: Sequence[tuple[Hashable, ...]]) -> None:
    seen: set[tuple[Hashable, ...]] = set()
    for place, key in enumerate(keys):
        if key in seen:
            message = "Two rows are about the same thing; keep one of them."
            raise refused("DUPLICATE_ENTRY", message, f"{table}.{place}.{field}", rows=table, key=list(key))
        seen.add(key)
