"""Rebuilding the views: a new generation is filled from the logs beside the live one, which readers go on seeing until
the new one has come at least as far; then one transaction switches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete

from services.reporting.views import tables
from services.reporting.views.apply import apply
from shared.eventstore import positions
from shared.eventstore.leader import Leadership
from shared.eventstore.store import EventStore
from shared.eventstore.tables import parked
from shared.eventstore.tables import positions as position_table
from shared.kernel.rejection import Rejected
from shared.messaging.subscription import Feed, Listens, Subscription
from shared.observability.metrics import Metrics

NAME = "reporting"
ROUNDS = 100
"""A rebuild that has not caught up after so many rounds gives up; each round starts where the last one ended."""
PATIENCE = 3
"""After so many rounds the live views are held still for a moment: where facts arrive faster than a round takes, there
is no moment at which the new views have come as far."""
HOLD_SECONDS = 2


def generation_name(generation: int) -> str:
    """The name under which a generation's positions stand."""
    return f"{NAME}.{generation}"


def position_name(connection: Connection) -> str:
    """The name under which the live generation's positions stand."""
    return generation_name(tables.live_generation(connection))


def claim(store: EventStore) -> Leadership:
    """The right to rebuild, to be released at the end; two at once would fill the same generation.

    Raises Rejected REBUILD_RUNNING when another rebuild has it.
    """
    leadership = Leadership(store.engine, f"{NAME}.rebuild")
    if not leadership.acquire():
        raise Rejected("REBUILD_RUNNING", "A rebuild is under way; `reporting.views_rebuilt` tells when it is done.")
    return leadership


def rebuild(store: EventStore, listens: tuple[Listens, ...], make_feed: Callable[[], Feed]) -> int:
    """Fill a new generation from the sources' feeds and switch to it; returns its number.

    Raises OSError when a source does not answer; the live views are then as they were.
    """
    generation = _begin(store)
    name = generation_name(generation)
    subscriptions = [
        Subscription(
            NAME,
            Listens(
                one.source,
                one.codec,
                lambda tx, source, events: apply(tx.connection, generation, source, events),
            ),
            store,
            make_feed(),
            Metrics(NAME),
            lambda _connection: name,
        )
        for one in listens
    ]
    for round_number in range(ROUNDS):
        if round_number >= PATIENCE:
            _hold(store)
        for subscription in subscriptions:
            subscription.pull()
        if _switch(store, generation):
            return generation
    raise OSError("the rebuild did not catch up with the live views")


def _begin(store: EventStore) -> int:
    """A new generation, empty; what an abandoned rebuild left is cleared."""
    with store.transaction() as transaction:
        connection = transaction.connection
        generation = tables.live_generation(connection) + 1
        tables.clear(connection, generation)
        for table in (position_table, parked):
            connection.execute(delete(table).where(table.c.consumer == generation_name(generation)))
    return generation


def _hold(store: EventStore) -> None:
    until = datetime.now(UTC) + timedelta(seconds=HOLD_SECONDS)
    with store.transaction() as transaction:
        tables.hold(transaction.connection, until.isoformat(timespec="microseconds"))


def _switch(store: EventStore, generation: int) -> bool:
    """Make the generation live if it has come as far as the live one; one transaction, so no reader sees a hole."""
    with store.transaction() as transaction:
        connection = transaction.connection
        live = positions.read_all(connection, position_name(connection))
        built = positions.read_all(connection, generation_name(generation))
        if any(built.get(source, 0) < position for source, position in live.items()):
            return False
        tables.flip(connection, generation)
        # What was parked for an older generation was applied to this one, or is parked for it.
        name, older = generation_name(generation), parked.c.consumer.startswith(f"{NAME}.", autoescape=True)
        connection.execute(delete(parked).where(older, parked.c.consumer != name))
    return True
