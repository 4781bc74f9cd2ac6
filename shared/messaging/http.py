"""A small HTTP server inside the green process, for status pages and the web page."""

from __future__ import annotations

import signal
from wsgiref.types import WSGIApplication

import eventlet
from eventlet import wsgi

MOST_CONNECTIONS = 500
IDLE_SECONDS = 30
LOOK_SECONDS = 0.1


def serve(app: WSGIApplication, host: str, port: int) -> None:
    """Serve `app` until the green thread is ended. Requests are not logged: an address may say too much.

    Raises OSError when the port is taken.
    """
    listener = eventlet.listen((host, port), reuse_port=False)
    wsgi.server(listener, app, log_output=False, debug=False, socket_timeout=IDLE_SECONDS, max_size=MOST_CONNECTIONS)


def serve_until_stopped(app: WSGIApplication, host: str, port: int) -> int:
    """Serve `app` as this process's only work, until SIGTERM or SIGINT; the exit status."""
    stopped = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: stopped.append(number))
    server = eventlet.spawn(serve, app, host, port)
    while not stopped and not server.dead:
        eventlet.sleep(LOOK_SECONDS)
    if server.dead:
        server.wait()
    server.kill()
    return 0
