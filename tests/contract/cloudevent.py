"""What every published event must look like: CloudEvents 1.0 with our extensions, checked by hand."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

ATTRIBUTES = {
    "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "sequence",
    "streamversion", "correlationid", "causationid", "authtype", "authid", "traceparent", "data",
}  # fmt: skip
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def check(event: dict[str, Any], service: str) -> None:
    """Fail where the event is not what docs/ promises of an event of `service`."""
    assert set(event) == ATTRIBUTES
    assert all(re.fullmatch("[a-z0-9]{1,20}", name) for name in event), "attribute names are lower case and short"
    assert event["specversion"] == "1.0"
    assert event["source"] == f"/virksom/{service}"
    assert re.fullmatch(rf"{service}\.[a-z_]+", event["type"])
    assert re.fullmatch(rf"urn:virksom:{re.escape(event['type'])}:[1-9][0-9]*", event["dataschema"])
    assert event["datacontenttype"] == "application/json"
    assert re.fullmatch(UUID, event["id"])
    assert datetime.fromisoformat(event["time"]).utcoffset() is not None
    assert event["subject"]
    assert re.fullmatch("[0-9]{20}", event["sequence"])
    assert event["streamversion"] >= 1
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", event["traceparent"])
    assert isinstance(event["data"], dict)
    assert "__type__" not in json.dumps(event), "kombu's private spelling of a Python type"
