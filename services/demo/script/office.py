"""The fund's office in memory: what it does is carried out as it is written down, and so would not be refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from services.demo.script.act import ON_BEHALF_OF, Act, command_id
from services.funding import commands
from services.funding.call import CALL
from services.funding.deciders import DECIDERS
from services.funding.grant import GRANT, GrantState
from services.funding.grant.rules import due_of
from shared.kernel.messages import Command
from shared.kernel.rehearsal import Rehearsal
from shared.kernel.rejection import Rejected

PREPARER, DECIDER = "Simuleret sagsbehandler", "Simuleret kontorchef"


class Office:
    """Carries out commands on its `day` and keeps them as `acts`."""

    def __init__(self, digest: str) -> None:
        self.day = date.min
        self.acts: list[Act] = []
        self._digest = digest
        self._fund = Rehearsal(DECIDERS)
        self._calls: list[str] = []
        self._grants: list[str] = []

    def do(self, method: str, **fields: Any) -> None:
        """Carry out a command: now (`effective_on`), unless its fields have a time of their own (`at`).

        Raises Rejected CONFIG_INVALID when it is refused.
        """
        written = self._write(method, fields if "at" in fields else {"effective_on": self.day.isoformat(), **fields})
        self._carry_out("".join(word.title() for word in method.split("_")), written)
        if method == "publish_call":
            self._calls.append(fields["call_id"])
        elif method == "award_grant":
            self._grants.append(fields["grant_id"])

    def advance(self) -> None:
        """Come to the day, as the service does: every deadline before it passes."""
        written = self._write("advance", {"day": self.day.isoformat()})
        self._carry_out("ReachDay", written)
        common = {"command_id": written["command_id"], "effective_on": self.day.isoformat()}
        for call_id, [call] in ((key, self._fund.states(((CALL, key),))) for key in self._calls):
            if not call.closed and call.last_day < self.day:
                self._carry_out("CloseCall", {"call_id": call_id, **common})
        for grant_id in self._grants:
            for _, deadline, reference in sorted(
                one for one in _waiting(self.grant(grant_id)) if one.due_on < self.day
            ):
                named = {"grant_id": grant_id, "deadline": deadline, "reference": reference}
                self._carry_out("PassDeadline", {**named, **common})

    def grant(self, grant_id: str) -> GrantState:
        """The grant as it stands."""
        [grant] = self._fund.states(((GRANT, grant_id),))
        assert isinstance(grant, GrantState)
        return grant

    def due(self) -> dict[str, int]:
        """What may be paid today, in øre by grant."""
        amounts = {grant_id: sum(due_of(self.grant(grant_id), self.day).values()) for grant_id in self._grants}
        return {grant_id: amount for grant_id, amount in amounts.items() if amount}

    def _write(self, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        identity = command_id(self._digest, method, str(len(self.acts)))
        written = {"command_id": identity, "on_behalf_of": ON_BEHALF_OF, **fields}
        self.acts.append(Act(self.day, "funding", method, written))
        return written

    def _carry_out(self, kind: str, fields: dict[str, Any]) -> None:
        command: type[Command] = getattr(commands, kind)
        try:
            self._fund.carry_out(command.parse(fields))
        except Rejected as rejection:
            what = f"{kind} on {self.day} would be refused ({rejection.code}: {rejection.message})"
            message = f"The programme cannot be played: {what}"
            raise Rejected("CONFIG_INVALID", message, rejection.fields, **rejection.figures) from None


class Deadline(NamedTuple):
    """A deadline of a grant that has not passed."""

    due_on: date
    deadline: str
    reference: str


def _waiting(grant: GrantState) -> Iterator[Deadline]:
    if not grant.accepted and grant.accept_by is not None:
        yield Deadline(grant.accept_by, "acceptance", "letter")
    if not grant.started and grant.start_by is not None:
        yield Deadline(grant.start_by, "start", "start")
    if grant.accepted and not grant.period_ended:
        yield Deadline(grant.period_to, "period", "period")
    for report in grant.reports:
        if report.status in ("owed", "sent_back"):
            yield Deadline(report.due.due_on, "report", report.due.report_id)
    for claim in grant.claims:
        if claim.status == "invoiced" and claim.due_on is not None:
            yield Deadline(claim.due_on, "invoice", claim.claim_id)


Step = Callable[[Office], None]
Agenda = Iterator[tuple[date, Step]]
"""What the office does, and when; what it does may depend on how things stand by then."""


def act(day: date, method: str, **fields: Any) -> tuple[date, Step]:
    """A step whose fields are known beforehand."""
    return day, lambda office: office.do(method, **fields)
