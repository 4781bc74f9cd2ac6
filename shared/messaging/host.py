"""The host of a service: everything between nameko and the pure code, in one dependency.

A service class names its `Host`; the host opens the database, handles commands, answers queries and the feed, runs the
relay and the subscriptions, and tells its health and metrics over HTTP.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Annotated, Any, TypeVar, cast

import eventlet
from nameko.extensions import DependencyProvider
from pydantic import Field
from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import SQLAlchemyError

from shared.eventstore import positions
from shared.eventstore.codec import Codec
from shared.eventstore.engine import assert_green_driver, open_engine
from shared.eventstore.handling import CommandHandler
from shared.eventstore.leader import Leadership
from shared.eventstore.store import EventStore
from shared.kernel.decider import Decider
from shared.kernel.messages import Command, Query
from shared.kernel.rejection import Rejected
from shared.messaging import cloudevents, http, topology
from shared.messaging.listener import Follower, Listener, OwnLog
from shared.messaging.relay import Relay
from shared.messaging.rpc import FeedClient
from shared.messaging.subscription import BATCH, Feed, Listens, Subscription
from shared.messaging.ticking import tick_forever, work_forever
from shared.messaging.waiting import Backoff, Stopping
from shared.observability.metrics import Metrics
from shared.observability.web import status_app

log = logging.getLogger(__name__)

Q = TypeVar("Q", bound=Query)
C = TypeVar("C", bound=Command)
STOP_SECONDS = 5


class FeedPage(Query):
    """Events of the service's log after a position."""

    after: Annotated[int, Field(ge=0, le=2**53)]
    limit: Annotated[int, Field(ge=1, le=BATCH)] = BATCH


@dataclass(frozen=True)
class Definition:
    """All that makes a service, apart from where it runs."""

    name: str
    codec: Codec
    deciders: Sequence[Decider] = ()
    tables: Sequence[MetaData] = ()
    listens: tuple[Listens, ...] = ()
    position_name: Callable[[Connection], str] | None = None
    """The name under which the positions stand that the service's views have reached; its own name by default."""
    tick: Callable[[Running], None] | None = None
    """What the service does by itself every minute, in one process of all that run it; off where the configuration
    has no CLOCK (tests and the demo say themselves what day it is)."""
    work: Callable[[Running], bool] | None = None
    """What the service does by itself whenever there is something to do, a part at a time, in one process of all that
    run it; False when there is nothing."""
    danish: Mapping[str, str] = field(default_factory=dict)
    """A Danish sentence for each code that the service refuses with, beside those of shared/kernel/danish.py."""


@dataclass
class Running:
    """A service's parts, opened: also what tests and the command line use without a broker."""

    definition: Definition
    store: EventStore
    handler: CommandHandler
    metrics: Metrics
    subscriptions: list[Subscription] = field(default_factory=list)
    moved: threading.Condition = field(default_factory=threading.Condition)

    def positions(self, connection: Connection) -> dict[str, int]:
        """The positions that the service's views have reached, by source; its own log counts as a source."""
        definition = self.definition
        name = definition.name if definition.position_name is None else definition.position_name(connection)
        return positions.read_all(connection, name)

    def notify(self) -> None:
        """Wake those who wait for the views to move."""
        with self.moved:
            self.moved.notify_all()

    def query(self, model: type[Q], fields: dict[str, Any], answer: Callable[[Connection, Q], Any]) -> Any:
        """Answer a query from the views, after waiting for the positions it names.

        Raises Rejected INPUT_* for bad input and NOT_REACHED when the views did not get there in time.
        """
        query = model.parse(fields)
        self.wait_for(query)
        with self.store.reading() as transaction:
            return answer(transaction.connection, query)

    def wait_for(self, query: Query) -> None:
        """Wait for the positions that a query names. Raises Rejected as `wait_until` does."""
        self.wait_until(query.wait_for, query.wait_seconds)

    def wait_until(self, wait_for: Mapping[str, int], seconds: float) -> None:
        """Wait until the views have reached these positions, by source.

        Raises Rejected NOT_REACHED when they have not in time, INPUT_INVALID for a source that is not listened to.
        """
        deadline = monotonic() + seconds
        while wait_for:
            with self.store.reading() as transaction:
                reached = self.positions(transaction.connection)
            unknown = sorted(set(wait_for) - {one.source for one in self.definition.listens})
            if unknown:
                raise Rejected(
                    "INPUT_INVALID",
                    "wait_for names a service that this one does not listen to.",
                    [{"field": f"wait_for.{name}", "rule": "known_source"} for name in unknown],
                )
            if all(reached.get(source, 0) >= position for source, position in wait_for.items()):
                return
            if monotonic() >= deadline:
                raise Rejected("NOT_REACHED", "The view has not come that far yet; ask again.", reached=reached)
            with self.moved:
                self.moved.wait(min(0.05, max(0.0, deadline - monotonic())))

    def feed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """A page of the service's log as CloudEvents, with the log's head."""
        page = FeedPage.parse(fields)
        with self.store.reading() as transaction:
            events = transaction.read_log(page.after, page.limit)
            head = transaction.head()
        if page.after > head:
            raise Rejected(
                "CURSOR_BEYOND_HEAD",
                "The log has not come that far: another log, or a restored one?",
                [{"field": "after", "rule": "not beyond head"}],
                head=head,
            )
        return {
            "events": [cloudevents.as_data(self.definition.name, event) for event in events],
            "head": head,
        }


def open_service(definition: Definition, database_uri: str, make_feed: Callable[[], Feed]) -> Running:
    """Open a service's database and put its parts together, making missing tables.

    `make_feed` makes the pull side of a subscription to another service, one for each.
    """
    metrics = Metrics.of(definition.name)
    store = EventStore(open_engine(database_uri), definition.codec)
    store.create_tables(*definition.tables)
    running = Running(definition, store, CommandHandler(store, definition.deciders, metrics), metrics)
    for listens in definition.listens:
        feed = OwnLog(definition.name, store) if listens.source == definition.name else make_feed()
        subscription = Subscription(definition.name, listens, store, feed, metrics, definition.position_name)
        subscription.on_moved.append(running.notify)
        running.subscriptions.append(subscription)
    return running


class Calls:
    """What a service's methods use: the host's parts on behalf of one caller."""

    def __init__(self, host: Host, caller: str) -> None:
        self._running = host.opened()
        self._host = host
        self._caller = caller
        self.store = self._running.store
        self.positions = self._running.positions
        self.query = self._running.query
        self.wait_for = self._running.wait_for
        self.feed = self._running.feed

    def command(self, model: type[Command], fields: dict[str, Any]) -> dict[str, Any]:
        """Read a command from its fields, carry it out, and answer where it is recorded."""
        return self.handle(model.parse(fields))

    def handle(self, command: Command) -> dict[str, Any]:
        """Carry out a command and answer where it is recorded."""
        return self._running.handler.handle(command, self._caller).model_dump(mode="json")

    def run(
        self, model: type[C], fields: dict[str, Any], work: Callable[[Running, C, str], dict[str, Any]]
    ) -> dict[str, Any]:
        """Read a command that stands for several, and carry out `work` with it on behalf of the caller."""
        return work(self._running, model.parse(fields), self._caller)

    def make_feed(self) -> Feed:
        """The pull side of other services' logs."""
        return FeedClient(self._host.container.config["AMQP_URI"])

    def spawn(self, work: Callable[[], None]) -> None:
        """Do something that takes longer than a caller waits, beside the calls; its failure is logged."""

        def guarded() -> None:
            try:
                work()
            except Exception as error:
                log.error("background work failed", extra={"error": type(error).__name__})

        self._host.container.spawn_managed_thread(guarded)


class Host(DependencyProvider):
    """Runs a Definition inside a nameko container."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.danish = definition.danish
        self.running: Running | None = None
        self.stopping = Stopping()
        self._threads: list[Any] = []

    def setup(self) -> None:
        """Open the database, waiting for one that is away."""
        assert_green_driver()
        config = self.container.config
        backoff = Backoff()
        while self.running is None:
            try:
                database_uri = config["DATABASES"][self.definition.name]
                self.running = open_service(self.definition, database_uri, lambda: FeedClient(config["AMQP_URI"]))
            except SQLAlchemyError as error:
                service = self.definition.name
                log.warning("waiting for the database", extra={"service": service, "error": type(error).__name__})
                eventlet.sleep(backoff.next())

    def start(self) -> None:
        """Start the relay, the subscriptions and the status pages."""
        running, config = self.opened(), self.container.config
        self._declare_dead_letters(config["AMQP_URI"])
        relay = Relay(self.definition.name, running.store, config["AMQP_URI"], running.metrics)
        self.listeners = [
            Follower(subscription, running.store)
            if subscription.source == self.definition.name
            else Listener(subscription, config["AMQP_URI"])
            for subscription in running.subscriptions
        ]
        loops = [relay.run, *(listener.run for listener in self.listeners)]
        tick = self.definition.tick
        if tick is not None and config.get("CLOCK"):
            leadership = Leadership(running.store.engine, f"{self.definition.name}-clock")
            loops.append(lambda stopping: tick_forever(lambda: tick(running), leadership, stopping))
        work = self.definition.work
        if work is not None:
            leadership = Leadership(running.store.engine, f"{self.definition.name}-work")
            loops.append(lambda stopping: work_forever(lambda: work(running), leadership, stopping))
        self._threads = [self.container.spawn_managed_thread(lambda run=run: run(self.stopping)) for run in loops]
        port = config.get("STATUS_PORTS", {}).get(self.definition.name)
        if port is not None:
            app = status_app(running.metrics, self._ready, self._refresh)
            self._server = self.container.spawn_managed_thread(lambda: http.serve(app, config["STATUS_HOST"], port))

    def stop(self) -> None:
        """Let the loops finish their batch; the container ends what does not."""
        self.stopping.set()
        with eventlet.Timeout(STOP_SECONDS, False):
            for thread in self._threads:
                thread.wait()

    def get_dependency(self, worker_ctx: Any) -> Calls:
        """The host on behalf of the caller of this request."""
        return Calls(self, worker_ctx.data.get("caller", "anonymous"))

    def opened(self) -> Running:
        """The opened service."""
        assert self.running is not None, "setup has run"
        return self.running

    def _declare_dead_letters(self, amqp_uri: str) -> None:
        backoff = Backoff()
        while True:
            try:
                # A broker that has just started may take a declaration and never answer it.
                with eventlet.Timeout(STOP_SECONDS, TimeoutError), topology.connect(amqp_uri) as connection:
                    connection.connect()
                    topology.dead_letters()(connection.default_channel).declare()
                return
            except topology.BROKER_ERRORS as error:
                log.warning("waiting for the broker", extra={"error": type(error).__name__})
                eventlet.sleep(backoff.next())

    def _ready(self) -> Mapping[str, bool]:
        running = self.opened()
        try:
            with running.store.reading() as transaction:
                transaction.head()
            database = True
        except SQLAlchemyError:
            database = False
        conditions = {"database": database}
        for listener, subscription in zip(self.listeners, running.subscriptions, strict=True):
            conditions[f"listening_to_{subscription.source}"] = listener.connected
            conditions[f"caught_up_with_{subscription.source}"] = subscription.caught_up
        return conditions

    def _refresh(self) -> None:
        running = self.opened()
        try:
            with running.store.reading() as transaction:
                running.metrics.log_position.set(transaction.head())
            for subscription in running.subscriptions:
                # What is parked also changes from outside, by `virksom parked`.
                subscription.measure_parked()
        except SQLAlchemyError as error:
            # The other metrics are wanted most when the database is away.
            log.warning("gauges not read", extra={"error": type(error).__name__})


def hosted(definition: Definition) -> Calls:
    """The dependency of a service class: a Host to nameko, and to the methods the Calls it gives each worker."""
    return cast(Calls, Host(definition))
