"""Events on the wire: CloudEvents 1.0 in structured JSON, the same bytes in queue, feed and file.

`sequence` is the position in the producer's log, zero-padded as the extension asks; it is contiguous, so a subscriber
can tell for itself that it missed something. Never personal data: the actor is the calling system, not a person.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from shared.eventstore.codec import Codec
from shared.eventstore.store import Recorded
from shared.kernel.messages import Event

CONTENT_TYPE = "application/json"
"""Not application/cloudevents+json: a stock nameko consumer refuses what it has not been configured for."""


_SEQUENCE = re.compile(r"[0-9]{1,20}")


class Unreadable(Exception):
    """A message that is not one of our events; it says why and holds nothing of the body."""


def encode(service: str, event: Recorded) -> str:
    """The event as a CloudEvent, as JSON text."""
    attributes = {
        "specversion": "1.0",
        "id": event.event_id,
        "source": f"/virksom/{service}",
        "type": event.type,
        "subject": event.stream_id,
        "time": event.recorded_at,
        "datacontenttype": "application/json",
        "dataschema": f"urn:virksom:{event.type}:{event.schema_version}",
        "sequence": f"{event.position:020d}",
        "streamversion": event.version,
        "correlationid": event.correlation_id,
        "causationid": event.causation_id,
        "authtype": "service_account",
        "authid": event.caller,
        "traceparent": f"00-{event.correlation_id.replace('-', '')}-{event.event_id.replace('-', '')[:16]}-01",
    }
    # The stored payload is JSON already; it goes out as it is.
    return f'{json.dumps(attributes)[:-1]}, "data": {event.data}}}'


def as_data(service: str, event: Recorded) -> dict[str, Any]:
    """The event as a CloudEvent, as JSON values."""
    body: dict[str, Any] = json.loads(encode(service, event))
    return body


class Incoming:
    """An event of another service, as received; `recorded` decodes it when asked."""

    __slots__ = ("body", "position", "recorded_at", "stream_id", "type")

    def __init__(self, body: Any) -> None:
        """Raises Unreadable when the body is not one of our CloudEvents."""
        try:
            self.body: dict[str, Any] = body
            self.position = int(body["sequence"]) if _SEQUENCE.fullmatch(body["sequence"]) else 0
            self.stream_id: str = body["subject"]
            self.type: str = body["type"]
            self.recorded_at: str = body["time"]
            known = body["specversion"] == "1.0" and isinstance(body["data"], dict)
            timed = datetime.fromisoformat(self.recorded_at).tzinfo is not None
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(type(error).__name__) from None
        named = isinstance(self.stream_id, str) and isinstance(self.type, str)
        if not (known and timed and named and self.position > 0):
            raise Unreadable("not a CloudEvent of ours")

    def decode(self, codec: Codec) -> Event:
        """The fact. Raises what `Codec.decode` raises."""
        version = int(str(self.body.get("dataschema", "")).rpartition(":")[2] or 0)
        return codec.decode(self.type, version, json.dumps(self.body["data"]))

    def recorded(self, codec: Codec) -> Recorded:
        """The event as a `Recorded`, its fact decoded. Raises what `Codec.decode` raises."""
        body = self.body
        return Recorded(
            position=self.position,
            stream_id=self.stream_id,
            version=body.get("streamversion", 0),
            event_id=body.get("id", ""),
            type=self.type,
            schema_version=0,
            data="",
            command_id="",
            correlation_id=body.get("correlationid", ""),
            causation_id=body.get("causationid", ""),
            caller=body.get("authid", ""),
            on_behalf_of=None,
            recorded_at=self.recorded_at,
            effective_on=None,
            event=self.decode(codec),
        )
