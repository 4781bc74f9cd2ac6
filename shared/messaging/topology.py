"""Every exchange and queue by name, with its arguments.

Only the arguments that a policy cannot set stand here; limits and dead-lettering are policies (deploy/rabbitmq), since
arguments of a live queue cannot be changed.
"""

from __future__ import annotations

from amqp.exceptions import AMQPError
from kombu import Connection, Exchange, Queue
from kombu.exceptions import KombuError

from shared.messaging import embedded as embedded  # registers the embedded broker's scheme

BROKER_ERRORS = (OSError, AMQPError, KombuError)
"""What an unreachable or unwilling broker raises; waited out with a backoff, never fatal."""

DEAD_LETTER_EXCHANGE = "virksom.dead"
DEAD_LETTER_QUEUE = "virksom.dead-letters"
HEARTBEAT_SECONDS = 10


def connect(uri: str) -> Connection:
    """A connection with our heartbeat and bounded waits; not yet established."""
    return Connection(
        uri,
        heartbeat=HEARTBEAT_SECONDS,
        connect_timeout=5,
        transport_options={"read_timeout": 30, "write_timeout": 15},
    )


def events_exchange(service: str) -> Exchange:
    """Where a service's relay publishes; the name stock nameko event handlers look for."""
    return Exchange(f"{service}.events", type="topic", durable=True)


def subscription_queue(consumer: str, source: str) -> Queue:
    """A consumer's queue for everything a source publishes, with one active reader at a time."""
    return Queue(
        f"{consumer}.subscription.{source}",
        events_exchange(source),
        routing_key="#",
        durable=True,
        queue_arguments={"x-queue-type": "quorum", "x-single-active-consumer": True},
    )


def dead_letters() -> Queue:
    """Where requests that cannot be read end up, for a person to look at."""
    exchange = Exchange(DEAD_LETTER_EXCHANGE, type="fanout", durable=True)
    return Queue(DEAD_LETTER_QUEUE, exchange, durable=True, queue_arguments={"x-queue-type": "quorum"})


def rpc_queue_arguments() -> dict[str, object]:
    """Arguments of a service's request queue: requests that cannot be read go to the dead letters."""
    return {"x-dead-letter-exchange": DEAD_LETTER_EXCHANGE}
