"""The fund's story as the deciders tell it, written down command by command."""

from __future__ import annotations

from unittest.mock import patch

from shared.kernel.messages import Command, Event
from tests import fund_story
from tests.fund import Fund
from tests.ledger_check.handwritten import Handwritten


def told() -> Handwritten:
    """The log of the story."""
    log = Handwritten()

    class WrittenDown(Fund):
        """A fund whose commands are written down."""

        def carry_out(self, command: Command) -> list[Event]:
            """Carry out a command and write down what followed."""
            events = super().carry_out(command)
            if events:
                log.happen(*events)
            return events

    with patch.object(fund_story, "Fund", WrittenDown):
        fund_story.told()
    return log
