"""What must hold of the logs and views whatever was killed: checked against the databases themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, func, select

from services.cli import DEFINITIONS
from services.funding.commands import TrialBalance
from services.funding.views import trial_balance
from services.funding.views.tables import journal
from services.reporting.views import tables
from services.settings import SERVICES
from services.som.events import ProjectionRecalculated
from services.som.service import DEFINITION as SOM
from shared.eventstore import positions
from shared.eventstore.engine import open_engine
from shared.eventstore.store import EventStore, Recorded
from shared.eventstore.tables import commands, event_counter, events, parked
from shared.messaging.host import Running
from shared.messaging.listener import OwnLog
from shared.messaging.relay import RELAY
from shared.messaging.subscription import Subscription
from shared.observability.metrics import Metrics
from tests.faults.load import Sent
from tests.worlds import World

Opened = dict[str, Running]


def open_all(world: World) -> Opened:
    """Every service's parts, to look into its database."""
    return {service: world.open(service) for service in SERVICES}


def lag(opened: Opened) -> int:
    """Events not yet published, or not yet applied by a view, over all services."""
    heads = {}
    for service, running in opened.items():
        with running.store.reading() as transaction:
            heads[service] = transaction.head()
    waiting = 0
    for service, running in opened.items():
        with running.store.reading() as transaction:
            reached = running.positions(transaction.connection)
            waiting += heads[service] - positions.read(transaction.connection, RELAY, service)
        waiting += sum(heads[one.source] - reached.get(one.source, 0) for one in running.definition.listens)
    return waiting


def assert_logs_have_no_holes(opened: Opened) -> None:
    """In every log `max(position) = count(*)`, and the counter says the same."""
    for service, running in opened.items():
        with running.store.reading() as transaction:
            query = select(func.coalesce(func.max(events.c.position), 0), func.count(events.c.position))
            highest, count = transaction.connection.execute(query).one()
            counted = transaction.connection.execute(select(event_counter.c.position)).scalar_one()
            assert highest == count == counted, service
            assert transaction.connection.execute(select(func.count()).select_from(parked)).scalar_one() == 0


def assert_answered_once(opened: Opened, sent: Sequence[Sent]) -> int:
    """Each answered command's events stand in the log exactly once and as answered; how many that were."""
    stored: dict[str, list[tuple[str, str, int]]] = {}
    for running in opened.values():
        with running.store.reading() as transaction:
            query = select(events.c.command_id, events.c.type, events.c.stream_id, events.c.version)
            for row in transaction.connection.execute(query.order_by(events.c.position)):
                stored.setdefault(row[0], []).append(tuple(row)[1:])
    checked = 0
    for command in sent:
        if command.answer is None:
            continue
        answered = [(item["type"], item["stream_id"], item["version"]) for item in command.answer["events"]]
        assert sorted(stored[command.fields["command_id"]]) == sorted(answered), command
        checked += len(answered)
    return checked


def assert_money_exact(opened: Opened, sent: Sequence[Sent]) -> int:
    """The journal's payments are those of the bank's answers that were answered, and of those unanswered that the log
    has; their sum in øre."""
    paid = [command for command in sent if command.method == "record_bank_answers"]
    batches = {command.fields["batch_id"]: command for command in sent if command.method == "prepare_payment_batch"}
    with opened["funding"].store.reading() as transaction:
        connection = transaction.connection
        known = set(connection.execute(select(commands.c.command_id)).scalars())
        journalled = connection.execute(
            select(func.sum(journal.c.amount_oere)).where(journal.c.ledger_account == "paid")
        ).scalar_one()
        balance = trial_balance(connection, TrialBalance())
    assert all(command.fields["command_id"] in known for command in paid if command.answer is not None)
    carried_out = [command for command in paid if command.fields["command_id"] in known]
    expected: int = sum(batches[one.fields["batch_id"]].fields["lines"][0]["amount_oere"] for one in carried_out)
    assert int(journalled or 0) == expected
    assert balance["sum_oere"] == 0
    return expected


def assert_views_equal_a_replay(opened: Opened, folder: Path) -> None:
    """Every view, replayed from the logs' first event into an empty database, comes out as it stands."""
    for service in SERVICES:
        live, scratch = opened[service], _replayed(opened, service, folder)
        with live.store.reading() as one, scratch.reading() as other:
            if service == "reporting":
                generation = tables.live_generation(one.connection)
                replay = tables.dump(other.connection, tables.FIRST_GENERATION)
                assert tables.dump(one.connection, generation) == replay
            else:
                for metadata in DEFINITIONS[service].tables:
                    assert _rows(one.connection, metadata) == _rows(other.connection, metadata), service
    with opened["som"].store.reading() as one, _replayed(opened, "som", folder / "again").reading() as other:
        assert _projections(one.read_log) == _projections(other.read_log)


def _replayed(opened: Opened, service: str, folder: Path) -> EventStore:
    """A service's views in a fresh database, from the logs of its sources."""
    folder.mkdir(exist_ok=True)
    definition = DEFINITIONS[service]
    store = EventStore(open_engine(f"sqlite:///{folder}/replay-{service}.db"), definition.codec)
    store.create_tables(*definition.tables)
    # SØM's knowledge first: its cases are then computed at all, whichever facts come after.
    for listens in sorted(definition.listens, key=lambda one: one.source != SOM.name):
        feed = OwnLog(listens.source, opened[listens.source].store)
        Subscription(service, listens, store, feed, Metrics(service), definition.position_name).pull()
    return store


def _rows(connection: Connection, metadata: MetaData) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
        for table in metadata.sorted_tables
    }


def _projections(read_log: Any) -> dict[str, tuple[Any, Any]]:
    """The last projection of each case: what it was computed from, and its result."""
    found: dict[str, tuple[Any, Any]] = {}
    after, page = 0, read_log(0)
    while page:
        for recorded in page:
            _note(found, recorded)
        after = page[-1].position
        page = read_log(after)
    return found


def _note(found: dict[str, tuple[Any, Any]], recorded: Recorded) -> None:
    if isinstance(recorded.event, ProjectionRecalculated):
        found[recorded.stream_id] = recorded.event.inputs, recorded.event.net_present_value
