"""Logs: one JSON object a line, and no password or personal number in it wherever it came from."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from shared.observability.logs import redact
from tests.contract.raw import captured_log


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("amqp://virksom:s3cret@host:5672/vhost", "amqp://[redacted]host:5672/vhost"),
        ("postgresql+psycopg://u:p%40ss@h/db", "postgresql+psycopg://[redacted]h/db"),
        ("two amqp://a:b@c and amqps://d:e@f", "two amqp://[redacted]c and amqps://[redacted]f"),
        ("amqp://host:5672/", "amqp://host:5672/"),
        ("citizen 010170-1234 left", "citizen [redacted] left"),
        ("citizen 0101701234 left", "citizen [redacted] left"),
        ("(010170-1234)", "([redacted])"),
        ("12345678901234567890", "12345678901234567890"),
        ("2018-02-01 position 41", "2018-02-01 position 41"),
        ("", ""),
    ],
)
def test_passwords_and_personal_numbers_are_not_shown(text: str, shown: str) -> None:
    assert redact(text) == shown


def _logged(**extra: Any) -> dict[str, Any]:
    with captured_log() as stream:
        logging.getLogger("somebody.else").warning("said %s", "amqp://u:s3cret@h/", extra=extra)
    [line] = stream.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_line_is_json_with_time_level_logger_and_the_extras() -> None:
    line = _logged(correlation_id="c1", position=7)
    assert (line["level"], line["logger"], line["correlation_id"], line["position"]) == (
        "warning",
        "somebody.else",
        "c1",
        7,
    )
    assert line["timestamp"].endswith("Z")


def test_arguments_and_extras_are_redacted() -> None:
    line = _logged(stream="participant 010170-1234")
    assert line["event"] == "said amqp://[redacted]h/"
    assert line["stream"] == "participant [redacted]"


def test_a_traceback_is_one_redacted_line() -> None:
    with captured_log() as stream:
        try:
            raise ValueError("postgresql://u:s3cret@h/db for 010170-1234")
        except ValueError:
            logging.getLogger("somebody.else").exception("failed")
    [line] = stream.getvalue().splitlines()
    assert "ValueError" in json.loads(line)["exception"]
    assert "s3cret" not in line
    assert "010170" not in line


def test_what_the_libraries_log_of_messages_is_not_heard() -> None:
    with captured_log() as stream:
        for name in ("amqp", "kombu.messaging", "nameko.containers"):
            logging.getLogger(name).error("body: %r", {"name": "Jens"})
    assert stream.getvalue() == ""
