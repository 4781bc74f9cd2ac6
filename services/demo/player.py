"""Plays a script against running services, from where the last run left off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from sqlalchemy import select

from services.demo.script import Act
from shared.eventstore.store import EventStore
from shared.eventstore.tables import commands
from shared.kernel.rejection import Rejected

ROUND = 50
APART = {
    "enrol_citizen": "citizen",
    "record_assessment": "citizen",
    "complete_participation": "citizen",
    "withdraw_participant": "citizen",
    "save_application": "application_id",
    "submit_application": "application_id",
    "assess_application": "application_id",
    "refuse_application": "application_id",
    "issue_grant_letter": "grant_id",
    "accept_grant": "grant_id",
    "start_project": "grant_id",
    "submit_status_report": "grant_id",
    "submit_accounts": "grant_id",
    "decide_accounts": "grant_id",
    "request_change": "grant_id",
    "decide_change": "grant_id",
    "claim_repayment": "grant_id",
    "invoice_repayment": "grant_id",
    "hand_over_claim": "grant_id",
}
"""Acts that depend on no other of the same round, as long as this field differs. What touches a pool is alone."""
ATTEMPTS = 5
SETTLE_SECONDS = 120.0
LOOK_SECONDS = 1.0
"""How long one question waits for the views; between two we look whether to stop."""
PASSING = {"UNAVAILABLE", "CONFLICT", "NOT_REACHED"}
"""Refusals after which the same command is sent again."""

Stopping = Callable[[], bool]
Stores = Mapping[str, EventStore]
Services = Any
"""What calls a service's method: `services.funding.award_grant(command_id=…)`."""


class Stopped(Exception):
    """The player was asked to stop."""


def together(script: Sequence[Act]) -> list[Sequence[Act]]:
    """The script in the rounds it is sent in: acts that may be carried out in any order, at most ROUND of them.

    Sent one at a time each would be reacted to alone; a round makes the services' batches, and the play, ten times
    as quick.
    """
    rounds: list[list[Act]] = []
    touched: set[str] = set()
    for act in script:
        key = act.fields.get(APART.get(act.method, ""))
        fits = rounds and touched and key is not None and key not in touched and len(rounds[-1]) < ROUND
        if fits:
            rounds[-1].append(act)
        else:
            rounds.append([act])
            touched = set()
        if key is not None:
            touched.add(key)
    return list(rounds)


def played(rounds: Sequence[Sequence[Act]], stores: Stores) -> int:
    """How many of the rounds, from the first, were carried out whole before.

    A round is sent once the one before is answered, so those that were begun are the first ones, and bisection finds
    where they end. The last one begun may not be whole.
    """
    low, high = 0, len(rounds)
    while low < high:
        middle = (low + high) // 2
        if any(_known(stores[act.service], act.fields["command_id"]) for act in rounds[middle]):
            low = middle + 1
        else:
            high = middle
    return max(low - 1, 0)


def _known(store: EventStore, command_id: str) -> bool:
    with store.reading() as transaction:
        query = select(commands.c.command_id).where(commands.c.command_id == command_id)
        return transaction.connection.execute(query).first() is not None


def play(
    rounds: Sequence[Sequence[Act]], rpc: Services, stores: Stores, tell: Callable[[Act], None], stopping: Stopping
) -> None:
    """Send every round; `tell` hears of each act that was carried out.

    Raises Stopped when `stopping` says so, and Rejected DEMO_REFUSED when a service refuses.
    """
    for acts in rounds:
        if any(act.settled for act in acts):
            settle(rpc, stores, stopping)
        if stopping():
            raise Stopped
        replies = [_method(rpc, act).call_async(**act.fields) for act in acts]
        for act, reply in zip(acts, replies, strict=True):
            _await(rpc, act, reply)
            tell(act)


def _method(rpc: Services, act: Act) -> Any:
    return getattr(getattr(rpc, act.service), act.method)


def _await(rpc: Services, act: Act, reply: Any) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            reply.result()
            return
        except Rejected as rejection:
            if rejection.code not in PASSING or attempt == ATTEMPTS:
                raise _refused(act, rejection) from None
            reply = _method(rpc, act).call_async(**act.fields)


def _refused(act: Act, rejection: Rejected) -> Rejected:
    return Rejected(
        "DEMO_REFUSED",
        f"{act.service}.{act.method} was refused ({rejection.code}: {rejection.message}) "
        "If the databases hold another programme, or something besides the demo's, start afresh with --fresh.",
        rejection.fields,
    )


def settle(rpc: Services, stores: Stores, stopping: Stopping) -> dict[str, Any]:
    """The programme as the reporting views show it once they have come as far as every log.

    Raises Rejected NOT_REACHED when they do not within SETTLE_SECONDS, and Stopped.
    """
    facts = {name: head(stores[name]) for name in ("funding", "trials")}
    # SØM's log ends where it will only after SØM has seen the facts.
    _patiently(rpc.som.cases, {**facts, "som": head(stores["som"])}, stopping)
    answer: dict[str, Any] = _patiently(rpc.reporting.programme, {**facts, "som": head(stores["som"])}, stopping)
    return answer


def head(store: EventStore) -> int:
    """How many events the log holds."""
    with store.reading() as transaction:
        return transaction.head()


def _patiently(ask: Callable[..., Any], wait_for: Mapping[str, int], stopping: Stopping) -> Any:
    deadline = monotonic() + SETTLE_SECONDS
    while True:
        if stopping():
            raise Stopped
        try:
            return ask(wait_for=dict(wait_for), wait_seconds=LOOK_SECONDS)
        except Rejected as rejection:
            if rejection.code != "NOT_REACHED" or monotonic() > deadline:
                raise
