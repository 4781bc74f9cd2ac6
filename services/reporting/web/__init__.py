"""The reporting web page: one overview, server-rendered, kept live by server-sent events."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from flask import Flask, Response, abort, jsonify, render_template, request
from sqlalchemy import Connection
from werkzeug.exceptions import HTTPException

from services.reporting.views.figures import Programme
from services.reporting.views.queries import programme
from services.reporting.views.tables import live_generation
from services.reporting.web import danish, exports
from services.reporting.web.live import MAX_STREAMS, Changes, Streams
from services.reporting.web.page import Overview, overview

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STREAMS_FULL = "Der er for mange åbne sider lige nu. Tallene opdateres igen, når der bliver plads.\n"

Read = Callable[[], AbstractContextManager[Connection]]
Positions = Callable[[Connection], dict[str, int]]


class _Newest:
    """The page at the newest positions, computed once for all its readers."""

    def __init__(self, read: Read, positions: Positions) -> None:
        self._read, self._positions = read, positions
        self._kept: tuple[tuple[int, dict[str, int]], Overview] | None = None

    def positions(self) -> dict[str, int]:
        with self._read() as connection:
            return self._positions(connection)

    def overview(self) -> Overview:
        with self._read() as connection:
            key = live_generation(connection), self._positions(connection)
            kept = self._kept
            if kept is None or kept[0] != key:
                self._kept = kept = key, overview(programme(connection, key[1]))
            return kept[1]

    def programme(self) -> Programme:
        return self.overview().programme


def create_app(
    read: Read, positions: Positions, changes: Changes, simulated: bool, max_streams: int = MAX_STREAMS
) -> Flask:
    """The page as a WSGI application.

    `read` opens a reading transaction, one snapshot for everything read in it; `positions` tells how far
    the views have come in each source; `changes(known, timeout_seconds)` waits until that differs from
    `known`, or the time is out, and returns it. `simulated` puts a banner on every page.
    `app.extensions["virksom.streams"].close()` ends the open streams when the server stops.
    """
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    newest, streams = _Newest(read, positions), Streams(changes, max_streams)
    app.extensions["virksom.streams"] = streams
    app.jinja_env.globals.update(simulated=simulated)
    app.jinja_env.filters.update(number=danish.number, moment=danish.moment, local_time=danish.local_time)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _add_pages(app, newest)
    _add_stream(app, newest, streams)
    _add_errors(app)
    app.after_request(_finish)
    return app


def _add_pages(app: Flask, newest: _Newest) -> None:
    @app.get("/")
    def index() -> str:
        now = danish.local_time(datetime.now(UTC))
        return render_template("overview.html", page=newest.overview(), now=now)

    @app.get("/overblik.json")
    def as_json() -> Response:
        return jsonify(newest.programme().model_dump(mode="json"))

    @app.get("/overblik.csv")
    def as_csv() -> Response:
        table = request.args.get("tabel", "initiativer")
        if table not in exports.TABLES:
            abort(404)
        response = Response(exports.as_csv(newest.programme(), table), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="virksom-{table}.csv"'
        return response


def _add_stream(app: Flask, newest: _Newest, streams: Streams) -> None:
    @app.get("/live")
    def live() -> Response:
        # eventlet's server holds back chunks until they are 4,096 bytes unless told otherwise.
        request.environ["eventlet.minimum_write_chunk_size"] = 1
        known = newest.positions()
        if not streams.acquire():
            refusal = Response(STREAMS_FULL, 503, mimetype="text/plain")
            refusal.headers["Retry-After"] = "30"
            return refusal
        response = Response(streams.events(known), mimetype="text/event-stream")
        response.call_on_close(streams.release)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        return response


def _add_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int]:
        status = error.code or 500
        if status == 404:
            return _error("Siden findes ikke", "Måske har indsatsen skiftet navn.", "NOT_FOUND", status)
        if status >= 500:
            return failed(error)
        return _error("Det kan siden ikke", "Prøv igen fra overblikket.", f"HTTP_{status}", status)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> tuple[str, int]:
        app.logger.error("page failed", exc_info=error)
        words = "Fejlen er hos os og er noteret. Prøv igen om lidt."
        return _error("Siden kunne ikke vises", words, "INTERNAL", 500)


def _error(title: str, sentence: str, code: str, status: int) -> tuple[str, int]:
    return render_template("error.html", title=title, sentence=sentence, code=code), status


def _finish(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
    return response
