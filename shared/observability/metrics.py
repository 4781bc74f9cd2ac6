"""Every metric of every service, named once.

Prefix `virksom_`, base units, `_total` for counters, and the service as the first label. No label holds an id of a
citizen, a grant or a message.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

M = TypeVar("M", Counter, Gauge, Histogram)

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
BATCH = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class _Labelled(Generic[M]):
    """A metric with labels beyond the service."""

    def __init__(self, metric: M, service: str) -> None:
        self._metric: Any = metric
        self._service = service

    def labels(self, *values: str) -> M:
        """The child for these label values, in the order they were declared."""
        child: M = self._metric.labels(self._service, *values)
        return child


class Metrics:
    """One service's metrics in a registry of its own, so that several services may share a process."""

    @staticmethod
    @cache
    def of(service: str) -> Metrics:
        """The metrics of a service of this process."""
        return Metrics(service)

    def __init__(self, service: str) -> None:
        self.service = service
        self.registry = CollectorRegistry()
        self._commands()
        self._log()
        self._messaging()

    def _commands(self) -> None:
        counter, histogram = self._counter, self._histogram
        self.commands = counter("commands", "Commands handled.", "command", "outcome")
        self.rejections = counter("rejections", "Commands refused, by code.", "command", "code")
        self.command_seconds = histogram("command_duration_seconds", "Time to handle a command.", FAST, "command")
        self.conflicts = self._plain(Counter, "conflicts", "Appends that met another writer and were decided again.")
        self.appends = self._plain(Counter, "appends", "Events appended.")
        self.rpc_seconds = histogram("rpc_duration_seconds", "Time to answer a call.", FAST, "method", "outcome")
        self.rpc_refused = counter("rpc_refused", "Requests that could not be read or answered.", "reason")

    def _log(self) -> None:
        plain = self._plain
        self.log_position = plain(Gauge, "log_position", "Position of the newest event in the service's log.")
        self.relay_leader = plain(Gauge, "relay_leader", "1 where this process publishes the log.")
        self.relay_lag_events = plain(Gauge, "relay_lag_events", "Committed events not yet published.")
        self.relay_lag_seconds = plain(Gauge, "relay_lag_seconds", "Age of the oldest event not yet published.")
        self.relay_published = plain(Counter, "relay_published", "Events the broker confirmed.")
        self.relay_returned = plain(Counter, "relay_returned", "Events no queue took; the log still has them.")
        self.relay_batch = self._plain_histogram("relay_batch_events", "Events published per batch.", BATCH)
        self.waiting = plain(Gauge, "recalculations_waiting", "Cases that wait for a new knowledge base.")
        self.amqp_blocked = plain(Gauge, "amqp_blocked", "1 while the broker blocks publishers.")

    def _messaging(self) -> None:
        counter, histogram, gauge = self._counter, self._histogram, self._gauge
        self.lag_events = gauge("subscription_lag_events", "Events in the source not yet applied.", "source")
        self.lag_seconds = gauge("subscription_lag_seconds", "Age of the newest event when applied.", "source")
        self.position = gauge("subscription_position", "Position applied.", "source")
        self.batch = histogram("subscription_batch_events", "Events applied per transaction.", BATCH, "source")
        self.apply_seconds = histogram("subscription_apply_seconds", "Time to apply a batch.", FAST, "source")
        self.duplicates = counter("subscription_duplicates", "Messages seen before.", "source")
        self.gaps = counter("subscription_gaps", "Times events were missing and were pulled.", "source")
        self.failures = counter("subscription_failures", "Batches that failed and were tried again.", "source")
        self.decode_errors = counter("subscription_decode_errors", "Messages that could not be read.", "source")
        self.parked_streams = gauge("parked_streams", "Streams waiting for a person.", "source")
        self.parked_events = gauge("parked_events", "Events waiting in parked streams.", "source")

    def _counter(self, name: str, text: str, *labels: str) -> _Labelled[Counter]:
        return _Labelled(Counter(f"virksom_{name}", text, ("service", *labels), registry=self.registry), self.service)

    def _gauge(self, name: str, text: str, *labels: str) -> _Labelled[Gauge]:
        return _Labelled(Gauge(f"virksom_{name}", text, ("service", *labels), registry=self.registry), self.service)

    def _histogram(self, name: str, text: str, buckets: Any, *labels: str) -> _Labelled[Histogram]:
        names = ("service", *labels)
        metric = Histogram(f"virksom_{name}", text, names, buckets=buckets, registry=self.registry)
        return _Labelled(metric, self.service)

    def _plain(self, kind: type[M], name: str, text: str) -> M:
        return kind(f"virksom_{name}", text, ("service",), registry=self.registry).labels(self.service)

    def _plain_histogram(self, name: str, text: str, buckets: Any) -> Histogram:
        return self._histogram(name, text, buckets).labels()
