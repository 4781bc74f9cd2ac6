"""What a service tells over HTTP: `/metrics`, `/health/live` and `/health/ready`, as one small WSGI application."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import make_wsgi_app

from shared.observability.metrics import Metrics

Readiness = Callable[[], Mapping[str, bool]]
"""The named conditions of being ready, each true or false now."""


def status_app(metrics: Metrics, ready: Readiness, refresh: Callable[[], None] = lambda: None) -> WSGIApplication:
    """The application. `refresh` brings gauges up to date before they are read.

    Live is answered as long as the process can answer at all; it never depends on the broker or the database, so that
    an outage of theirs does not restart every service. Ready is 503 until every condition holds, and names them.
    """
    metrics_app: Any = make_wsgi_app(metrics.registry)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if path == "/metrics":
            refresh()
            return metrics_app(environ, start_response)  # type: ignore[no-any-return]
        if path == "/health/live":
            return _answer(start_response, "200 OK", {"live": True})
        if path == "/health/ready":
            conditions = dict(ready())
            status = "200 OK" if all(conditions.values()) else "503 Service Unavailable"
            return _answer(start_response, status, {"ready": all(conditions.values()), "conditions": conditions})
        return _answer(start_response, "404 Not Found", {"code": "NOT_FOUND", "message": "No such page."})

    return app


def _answer(start_response: StartResponse, status: str, body: Mapping[str, object]) -> list[bytes]:
    start_response(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
    return [json.dumps(body).encode()]
