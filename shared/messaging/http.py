"""A small HTTP server inside the green process, for status pages and the demo's web page."""

from __future__ import annotations

import logging
from wsgiref.types import WSGIApplication

import eventlet
from eventlet import wsgi

log = logging.getLogger(__name__)


def serve(app: WSGIApplication, host: str, port: int) -> None:
    """Serve `app` until the green thread is ended. Requests are not logged: an address may say too much."""
    listener = eventlet.listen((host, port), reuse_port=False)
    wsgi.server(listener, app, log_output=False, debug=False, socket_timeout=30, max_size=500)
