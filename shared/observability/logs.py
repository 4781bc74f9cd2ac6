"""Structured logs: one JSON object a line on standard error, with correlation ids and without payloads."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog

_SECRET = re.compile(r"(?P<scheme>\w+://)[^\s/@]+@|\b\d{6}-?\d{4}\b")
"""Passwords in addresses, and anything shaped like a CPR number."""

_KNOWN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def redact(text: str) -> str:
    """`text` without passwords in addresses and without anything that looks like a CPR number."""
    return _SECRET.sub(lambda match: f"{match['scheme'] or ''}[redacted]", text)


def _redact_values(_logger: Any, _method: str, entry: Any) -> Any:
    return {key: redact(value) if isinstance(value, str) else value for key, value in entry.items()}


def _extra(_logger: Any, _method: str, entry: Any) -> Any:
    record = entry.get("_record")
    if record is not None:
        entry |= {key: value for key, value in vars(record).items() if key not in _KNOWN and not key.startswith("_")}
    return entry


def configure(level: int = logging.INFO) -> None:
    """Send all logging of the process, the libraries' too, through one redacting JSON formatter."""
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            _extra,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redact_values,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # amqp logs frames, kombu undecodable bodies, nameko a call's arguments; all may hold personal data, and whatever
    # of theirs matters we log ourselves.
    for name in ("amqp", "kombu", "nameko"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
