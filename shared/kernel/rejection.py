"""Rejection: how every service says no, over RPC and in process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Rejected(Exception):
    """A command or query was refused and changed nothing.

    `code` is stable and for machines (`FUNDS_EXCEEDED`), `message` is a sentence a person can act on,
    `fields` names what was wrong with the input (`{"field": "amount_oere", "rule": "greater_than"}`), and
    `figures` carries the numbers that explain the refusal. No input value is repeated in it: a rejection may be
    logged, an input may be personal. `message_da` is the sentence in Danish, where the edge found one for the code.
    """

    message_da: str | None = None

    def __init__(
        self,
        code: str,
        message: str,
        fields: Sequence[Mapping[str, str]] = (),
        **figures: Any,
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.fields = [dict(field) for field in fields]
        self.figures = figures

    def as_data(self) -> dict[str, Any]:
        """The rejection as JSON values: the form every caller, in any language, receives."""
        return {
            "code": self.code,
            "message": self.message,
            "message_da": self.message_da,
            "fields": self.fields,
            "figures": self.figures,
        }
