"""Load for the fault tests: clients that send each command again, with the same id, until it is answered."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import eventlet

from shared.kernel.rejection import Rejected
from tests.story import ACCOUNT, letter_of, payment_of
from tests.worlds import World

AGAIN = ("UNAVAILABLE", "CONFLICT", "INTERNAL")
ANSWER_SECONDS = 3
GIVE_UP = 0.3
"""The share of commands that are not sent again when an attempt ends without an answer."""
SITES = ["0101", "0751", "0851", "0461", "0561"]


@dataclass
class Sent:
    """A command, and what became of it: an answer, or nothing known."""

    service: str
    method: str
    fields: dict[str, Any]
    attempts: int = 0
    answer: dict[str, Any] | None = None


@dataclass
class Client:
    """One caller with its own grants and citizens, all from its seed."""

    world: World
    number: int
    random: random.Random
    sent: list[Sent] = field(default_factory=list)
    stopped: bool = False
    _rpc: Any = None
    _open: Any = None

    def run(self) -> None:
        """Send commands until stopped; the last one is seen through."""
        stories = iter(range(10**6))
        while not self.stopped:
            for command in self._story(next(stories)):
                if self.stopped or not self._see_through(command):
                    break
                eventlet.sleep(self.random.uniform(0, 0.05))
        self._disconnect()

    def _see_through(self, command: Sent) -> bool:
        """Send until answered, or, for a few, until the first failure; whether it was answered."""
        self.sent.append(command)
        patient = self.random.random() > GIVE_UP
        while command.answer is None:
            command.attempts += 1
            command.answer = self._attempt(command)
            if command.answer is None and not patient:
                return False
        return True

    def _attempt(self, command: Sent) -> dict[str, Any] | None:
        try:
            with eventlet.Timeout(2 * ANSWER_SECONDS):
                answer: dict[str, Any] = getattr(self._services()[command.service], command.method)(**command.fields)
                return answer
        except Rejected as rejection:
            if rejection.code not in AGAIN:
                raise
        except (Exception, eventlet.Timeout):
            self._disconnect()
        eventlet.sleep(self.random.uniform(0.05, 0.2))
        return None

    def _services(self) -> Any:
        if self._rpc is None:
            self._open = self.world.client(ANSWER_SECONDS)
            self._rpc = self._open.__enter__()
        return self._rpc

    def _disconnect(self) -> None:
        self._rpc, opened = None, self._open
        self._open = None
        try:
            with eventlet.Timeout(2):
                if opened is not None:
                    opened.__exit__(None, None, None)
        except (Exception, eventlet.Timeout):
            pass

    def _story(self, number: int) -> Iterator[Sent]:
        """An award, agreed on and paid in two batches, or a citizen's way through the trial."""
        site = self.random.choice(SITES)
        if self.random.random() < 0.5:
            yield from self._grant(f"grant-{self.number}-{number}", site)
        else:
            yield from self._participation(site)

    def _grant(self, grant_id: str, site: str) -> Iterator[Sent]:
        amount = self.random.randrange(10_000, 10**7)
        draws = [{"account": ACCOUNT, "budget_year": 2018, "amount_oere": amount}]
        yield self._command(
            "funding", "award_grant", grant_id=grant_id, pool_id=f"pool-{self.number}", municipality=site,
            draws=draws, plan_months=12, period_from="2018-02-01", period_to="2018-12-31", effective_on="2018-02-01",
        )  # fmt: skip
        yield self._command("funding", "issue_grant_letter", **letter_of(grant_id))
        yield self._command("funding", "accept_grant", grant_id=grant_id, effective_on="2018-02-15")
        for payment in range(2):
            for method, fields in payment_of(grant_id, f"payment-{payment}", self.random.randrange(1, amount // 2)):
                yield self._command("funding", method, **fields)

    def _participation(self, site: str) -> Iterator[Sent]:
        who = {"trial_id": "course", "citizen": self._uuid()}
        arm, score = self.random.choice(("intervention", "comparison")), self.random.choice(("40", "60"))
        yield self._command(
            "trials", "enrol_citizen", **who, arm=arm, municipality=site, consent_given=True, age_years=30,
            effective_on="2018-03-01",
        )  # fmt: skip
        yield self._command("trials", "complete_participation", **who, effective_on="2018-12-01")
        yield self._command(
            "trials", "record_assessment", **who, instrument="who-5", wave="9m", score=score, effective_on="2018-12-01"
        )

    def _command(self, service: str, method: str, **fields: Any) -> Sent:
        return Sent(service, method, {"command_id": self._uuid(), **fields})

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))
