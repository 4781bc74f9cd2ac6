"""Ways to break a healthy log, its digests and chain being right: as a mistake in the code would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.funding import events as e
from tests.ledger_check.handwritten import Handwritten

Break = Callable[[Handwritten], int]
"""Changes the log; the position at which it is wrong from then on."""
BREAKS: list[tuple[str, Break]] = []


def breaks(rule: str) -> Callable[[Break], Break]:
    """Note a way to break a rule."""

    def note(case: Break) -> Break:
        BREAKS.append((rule, case))
        return case

    return note


def amounts(data: dict[str, Any], *new: int) -> None:
    """Give the postings other amounts, in order."""
    for posting, amount in zip(data["postings"], new, strict=True):
        posting["amount_oere"] = amount


def dump(postings: tuple[e.Posting, ...]) -> list[dict[str, Any]]:
    """Postings as they are stored."""
    return [posting.model_dump() for posting in postings]
