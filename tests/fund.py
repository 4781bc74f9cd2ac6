"""A fund in memory, for tests of rules."""

from __future__ import annotations

from services.funding.deciders import DECIDERS
from shared.kernel.rehearsal import Rehearsal


class Fund(Rehearsal):
    """The fund's decisions in memory."""

    def __init__(self) -> None:
        super().__init__(DECIDERS)
