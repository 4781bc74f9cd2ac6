"""What studies found: each as a net success rate where it can be said as one, and several of them pooled."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from services.som.commands import Evidence
from services.som.events import Study
from services.som.evidence import Pooled, net_success, pooled, success_rate_of
from services.som.queries.calculations import book_named
from shared.kernel.refusal import refused
from shared.kernel.statistics import Interval

LONGEST_NAME = 500
"""A success rate's name may be so long where it is sent back."""


def evidence(connection: Connection, query: Evidence) -> dict[str, Any]:
    """The studies, all or of one intervention, each with its net success rate or the reason why it has none.

    Those that the query names come in its order, with the success rate that they come to, and, of several, how they
    were pooled. Decimals have nine places. Raises Rejected UNKNOWN_KNOWLEDGE, UNKNOWN_STUDY, DUPLICATE_ENTRY, and, of
    named studies, NOT_CONVERTIBLE and NO_INTERVAL.
    """
    book = book_named(connection, query.pricebook, query.version)
    studies = _chosen(book.knowledge.published.studies, query)
    share = None if query.control_share is None else float(query.control_share)
    lower = query.lower_is_better
    found = rate = None
    if query.study_ids:
        name = ", ".join(dict.fromkeys(study.intervention for study in studies))[:LONGEST_NAME]
        rate = success_rate_of(studies, name, control_share=share, lower_is_better=lower)
    if len(query.study_ids) > 1:
        found = pooled(studies, control_share=share, lower_is_better=lower)
    return {
        "pricebook": book.pricebook,
        "version": book.version,
        "studies": [_told(study, share, lower) for study in studies],
        "pooled": None if found is None else _pooled(found, studies),
        "success_rate": None if rate is None else rate.model_dump(mode="json"),
    }


def _chosen(studies: Sequence[Study], query: Evidence) -> list[Study]:
    """The studies of the intervention, where one is given; of these the named ones, where some are."""
    wanted = None if query.intervention is None else query.intervention.strip().casefold()
    known = {one.study_id: one for one in studies if wanted in (None, one.intervention.strip().casefold())}
    if not query.study_ids:
        return list(known.values())
    twice = sorted({one for one in query.study_ids if query.study_ids.count(one) > 1})
    if twice:
        raise refused("DUPLICATE_ENTRY", "A study counts once; name it once.", "study_ids", key=", ".join(twice))
    unknown = [one for one in query.study_ids if one not in known]
    if unknown:
        message = f"These are not among the studies: {', '.join(unknown)}; look the studies up."
        raise refused("UNKNOWN_STUDY", message, "study_ids", study_ids=unknown)
    return [known[one] for one in query.study_ids]


def _told(study: Study, control_share: float | None, lower_is_better: bool) -> dict[str, Any]:
    found = net_success(study, control_share, lower_is_better)
    ends = {name: _decimal(getattr(found, name)) for name in ("estimate", "low", "high")}
    return study.model_dump(mode="json") | {"net_success": {**ends, "method": found.method, "reason": found.reason}}


def _pooled(found: Pooled, studies: Sequence[Study]) -> dict[str, Any]:
    weights = zip(studies, found.weights_fixed, found.weights_random, strict=True)
    return {
        "fixed": _interval(found.fixed),
        "random": _interval(found.random),
        "weights": [
            {"study_id": study.study_id, "fixed": _decimal(fixed), "random": _decimal(random)}
            for study, fixed, random in weights
        ],
        "df": found.df,
        **{name: _decimal(getattr(found, name)) for name in ("q", "p_value", "i2", "tau2")},
        "prediction": None if found.prediction is None else _interval(found.prediction),
    }


def _interval(found: Interval) -> dict[str, str | None]:
    return {name: _decimal(value) for name, value in found._asdict().items()}


def _decimal(value: float | None) -> str | None:
    """Written out, never with an exponent or as less than nothing where it is nothing."""
    return None if value is None else f"{Decimal(repr(value)):z.9f}"
