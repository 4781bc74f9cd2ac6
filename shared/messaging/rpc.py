"""Calls: nameko's RPC, made safe against what arrives from outside.

A request that cannot be answered (no `reply_to`, no `correlation_id`) or read is dead-lettered and never takes the
service down; its body never reaches a log. Every refusal and failure is answered as data. A reply that cannot be
delivered is dropped: the caller sends the command again with the same id and gets the same answer.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, TypeVar, cast

import eventlet
import kombu
from nameko import exceptions
from nameko import rpc as nameko_rpc
from nameko.containers import WorkerContext
from nameko.messaging import QueueConsumer
from nameko.standalone.rpc import ClusterRpcProxy
from sqlalchemy.exc import SQLAlchemyError

from shared.kernel import danish
from shared.kernel.rejection import Rejected
from shared.messaging import topology
from shared.observability.metrics import Metrics

log = logging.getLogger(__name__)

Method = TypeVar("Method", bound=Callable[..., Any])

REPLY_SECONDS = 10
FEED_SECONDS = 5
RECONNECT_SECONDS = 3
PREFETCH = 10
ANONYMOUS = "anonymous"
REJECTED_PATH = "virksom.Rejected"


def _restored(data: dict[str, Any]) -> Rejected:
    """The rejection that came over the wire."""
    rejection = Rejected(data["code"], data["message"], data["fields"], **data["figures"])
    rejection.message_da = data.get("message_da")
    return rejection


exceptions.registry[REJECTED_PATH] = _restored


def nameko_config(amqp_uri: str) -> dict[str, object]:
    """nameko's configuration for a broker: JSON only, a short heartbeat, workers bounded."""
    return {
        "AMQP_URI": amqp_uri,
        "HEARTBEAT": topology.HEARTBEAT_SECONDS,
        "ACCEPT": ["json"],
        "max_workers": PREFETCH,
    }


class RequestConsumer(QueueConsumer):
    """A queue consumer that neither loses nor logs what it cannot read, and outlives its broker."""

    @property
    def prefetch_count(self) -> int:
        """No more requests in hand than workers to carry them out."""
        return int(self.container.max_workers)

    @contextmanager
    def establish_connection(self) -> Iterator[kombu.Connection]:
        """Connect, trying every few seconds; kombu's own pauses grow to half a minute and do not see a stop."""
        with self.create_connection() as connection:
            connection.ensure_connection(
                self.on_connection_error,
                interval_start=0.2,
                interval_step=0.5,
                interval_max=RECONNECT_SECONDS,
                callback=self._notice_stop,
                reraise_as_library_errors=False,
            )
            yield connection

    def _notice_stop(self) -> None:
        if self.should_stop:
            raise OSError("stopped while connecting")

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Dead-letter an unreadable request; kombu would log its body and acknowledge it."""
        body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
        digest = hashlib.sha256(body).hexdigest()[:12]
        log.warning(
            "request could not be read",
            extra={"bytes": len(body), "sha256": digest, "error": type(exc).__name__},
        )
        self.reject_message(message)

    def ack_message(self, message: Any) -> None:
        """Acknowledge a request."""
        self._settle(message, message.ack)

    def requeue_message(self, message: Any) -> None:
        """Give a request back."""
        self._settle(message, message.requeue)

    def reject_message(self, message: Any) -> None:
        """Dead-letter a request."""
        self._settle(message, message.reject)

    def _settle(self, message: Any, settle: Callable[[], None]) -> None:
        """A broken connection has given the request back already. Never raises: that would stop the service."""
        try:
            if message.channel.connection:
                settle()
        except topology.BROKER_ERRORS as error:
            log.warning("request could not be settled", extra={"error": type(error).__name__})


class ReplyPublisher:
    """Sends replies over one connection, without waiting for confirms: a lost reply is asked for again."""

    def __init__(self, amqp_uri: str) -> None:
        self._amqp_uri = amqp_uri
        self._lock = threading.Lock()
        self._connection: Any = None

    def send(self, exchange: kombu.Exchange, routing_key: str, correlation_id: str, payload: dict[str, Any]) -> None:
        """Send one reply; raises one of topology.BROKER_ERRORS, or eventlet.Timeout, when it cannot be sent."""
        with eventlet.Timeout(REPLY_SECONDS), self._lock:
            try:
                self._send(exchange, routing_key, correlation_id, payload)
            except topology.BROKER_ERRORS:
                self.close()
                self._send(exchange, routing_key, correlation_id, payload)
            except eventlet.Timeout:
                # Cut short in the middle of a frame, perhaps: nothing sent after it would be understood.
                self.close()
                raise

    def _send(self, exchange: kombu.Exchange, routing_key: str, correlation_id: str, payload: dict[str, Any]) -> None:
        if self._connection is None:
            connection = topology.connect(self._amqp_uri)
            connection.connect()
            # Only now: one that was never connected would be tried for ever by the next sender.
            self._connection = connection
        producer = kombu.Producer(self._connection.default_channel, auto_declare=False)
        producer.publish(
            payload,
            exchange=exchange.name,
            routing_key=routing_key,
            correlation_id=correlation_id,
            serializer="json",
            delivery_mode=1,
        )

    def keep_alive(self) -> None:
        """Answer the broker's heartbeats, and notice a connection it has closed."""
        with self._lock:
            if self._connection is None:
                return
            try:
                self._connection.heartbeat_check()
                self._connection.drain_events(timeout=0)
            except TimeoutError:
                pass
            except topology.BROKER_ERRORS:
                self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.collect(socket_timeout=1)


class RequestRouter(nameko_rpc.RpcConsumer):
    """Takes a service's requests from its queue, hands each to its method, and sends the answer."""

    queue_consumer = RequestConsumer()

    def setup(self) -> None:
        """Declare our queue with its dead-letter exchange; the name is the one stock callers expect."""
        super().setup()
        self.queue.queue_arguments = topology.rpc_queue_arguments()
        self.metrics = Metrics.of(self.container.service_name)
        self.danish: dict[str, str] = {}
        for dependency in self.container.dependencies:
            self.danish |= getattr(dependency, "danish", {})
        self.replies = ReplyPublisher(self.container.config["AMQP_URI"])

    def start(self) -> None:
        """Keep the reply connection alive beside the requests."""
        self._keeper = self.container.spawn_managed_thread(self._keep_alive)

    def stop(self) -> None:
        """Answer what is in hand, then let go of the reply connection."""
        super().stop()
        self._keeper.kill()
        self.replies.close()

    def _keep_alive(self) -> None:
        while True:
            eventlet.sleep(1)
            self.replies.keep_alive()

    def handle_message(self, body: Any, message: Any) -> None:
        """Dispatch a request, or dead-letter one that nobody could be answered for."""
        properties = message.properties
        if not properties.get("reply_to") or not properties.get("correlation_id"):
            self.metrics.rpc_refused.labels("no_reply_address").inc()
            log.warning("request without reply_to or correlation_id", extra={"service": self.container.service_name})
            self.queue_consumer.reject_message(message)
            return
        try:
            provider = self.get_provider_for_method(message.delivery_info["routing_key"])
            provider.handle_message(body, message)
        except Exception as error:
            self.handle_result(message, None, (type(error), error, None))

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        """Send the answer or the refusal, then acknowledge the request. Never raises: that would stop the service."""
        payload = {"result": result, "error": None if exc_info is None else self._as_data(exc_info)}
        exchange = nameko_rpc.get_rpc_exchange(self.container.config)
        properties = message.properties
        try:
            self.replies.send(exchange, properties["reply_to"], properties["correlation_id"], payload)
        except (eventlet.Timeout, Exception) as error:
            self.metrics.rpc_refused.labels("reply_undeliverable").inc()
            log.warning("reply could not be delivered", extra={"error": type(error).__name__})
        self.queue_consumer.ack_message(message)
        return result, exc_info

    def _as_data(self, exc_info: Any) -> dict[str, Any]:
        """An exception as nameko sends it, with our data in place of a traceback."""
        rejection = self._rejection(exc_info)
        rejection.message_da = danish.sentence(rejection.code, rejection.figures, self.danish)
        data = rejection.as_data()
        return {"exc_type": "Rejected", "exc_path": REJECTED_PATH, "exc_args": [data], "value": data}

    def _rejection(self, exc_info: Any) -> Rejected:
        error = exc_info[1]
        if isinstance(error, Rejected):
            return error
        if isinstance(error, exceptions.MethodNotFound):
            return Rejected("METHOD_NOT_FOUND", "The service has no such method; see docs/calling.md.")
        if isinstance(error, exceptions.MalformedRequest):
            return Rejected("REQUEST_MALFORMED", 'Send {"args": [], "kwargs": {…}}; see docs/calling.md.')
        if isinstance(error, SQLAlchemyError):
            log.error("database failed", extra={"error": type(getattr(error, "orig", error)).__name__})
            return Rejected("UNAVAILABLE", "The database did not answer; send the same again, unchanged.")
        reference = str(uuid.uuid4())
        # The text of an unforeseen error may quote the input; its kind and place do not.
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else None
        log.error("call failed", extra={"reference": reference, "error": type(error).__name__, "where": where})
        return Rejected("INTERNAL", f"The call failed on our side and changed nothing; quote {reference}.")


class Rpc(nameko_rpc.Rpc):
    """The `@rpc` of our services: named arguments only, the authenticated caller in the worker's context."""

    rpc_consumer = RequestRouter()

    def handle_message(self, body: Any, message: Any) -> None:
        """Start a worker for a well-formed request; raises MalformedRequest for any other.

        Headers are dropped: stock nameko would copy each into the context and pass it on. The caller is the user id
        that the broker validated, not one that a header claims.
        """
        if not isinstance(body, dict) or not isinstance(body.get("kwargs"), dict) or body.get("args") not in ([], ()):
            raise exceptions.MalformedRequest("args or kwargs")
        started = perf_counter()

        def answer(_worker: WorkerContext, result: Any, exc_info: Any) -> tuple[Any, Any]:
            outcome = "ok"
            if exc_info is not None:
                outcome = "rejected" if isinstance(exc_info[1], Rejected) else "error"
            seconds = self.rpc_consumer.metrics.rpc_seconds.labels(self.method_name, outcome)
            seconds.observe(perf_counter() - started)
            answered: tuple[Any, Any] = self.rpc_consumer.handle_result(message, result, exc_info)
            # nameko logs what it is given here, with its arguments.
            return answered[0], None

        caller = message.properties.get("user_id") or ANONYMOUS
        kwargs = {"fields": body["kwargs"]}
        try:
            self.container.spawn_worker(self, (), kwargs, context_data={"caller": caller}, handle_result=answer)
        except exceptions.ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)


def rpc(method: Method) -> Method:
    """Mark a method `(self, fields)` as callable over RPC."""
    return cast(Method, Rpc.decorator(method))


@contextmanager
def client(amqp_uri: str, timeout_seconds: float) -> Iterator[Any]:
    """A caller of every service, for one thread at a time: `services.funding.award_grant(command_id=…, …)`."""
    with ClusterRpcProxy(nameko_config(amqp_uri), timeout=timeout_seconds) as services:
        yield services


class FeedClient:
    """Pulls other services' logs over RPC, with a bound on the wait."""

    def __init__(self, amqp_uri: str) -> None:
        self._config = nameko_config(amqp_uri)
        self._proxy: Any = None

    def pull(self, source: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """The CloudEvents after a position and the log's head; raises OSError when the producer does not answer."""
        try:
            if self._proxy is None:
                self._proxy = ClusterRpcProxy(self._config, timeout=FEED_SECONDS)
                self._services = self._proxy.start()
            page = self._services[source].feed(after=after, limit=limit)
        except (
            exceptions.RpcTimeout,
            exceptions.UnknownService,
            RuntimeError,
            Rejected,
            *topology.BROKER_ERRORS,
        ) as error:
            if isinstance(error, Rejected) and error.code == "CURSOR_BEYOND_HEAD":
                # What that means is for the subscription to say.
                return [], int(error.figures["head"])
            if not isinstance(error, Rejected | exceptions.UnknownService):
                # Only then: each new connection has a new reply queue, which lives on for minutes.
                self.close()
            why = error.code if isinstance(error, Rejected) else type(error).__name__
            log.warning("feed did not answer", extra={"source": source, "error": why})
            raise OSError(f"{source} does not answer: {why}") from None
        return page["events"], page["head"]

    def close(self) -> None:
        """Let go of the connection."""
        if self._proxy is not None:
            proxy, self._proxy = self._proxy, None
            try:
                proxy.stop()
            except Exception as error:
                log.info("closing a broken connection", extra={"error": type(error).__name__})
