"""A subscriber that misses nothing: it binds a queue, and pulls from the feed what the queue did not bring.

It keeps its position in a file. Stop it with Ctrl-C; started again it goes on where it was.
"""

import json
import os
import uuid
from pathlib import Path

import pika

SOURCE = "reporting"
QUEUE = "economy.reads.reporting"
PULL_SECONDS = 3
uri = os.environ.get("AMQP_URI", "amqp://guest:guest@localhost:5672//")
position_file = Path(os.environ.get("POSITION_FILE", "position.txt"))

connection = pika.BlockingConnection(pika.URLParameters(uri.removesuffix("//") + "/%2F" if uri.endswith("//") else uri))
channel = connection.channel()
channel.exchange_declare(f"{SOURCE}.events", "topic", durable=True)
channel.queue_declare(QUEUE, durable=True)
channel.queue_bind(QUEUE, f"{SOURCE}.events", "#")
reply_to = str(uuid.uuid4())
channel.queue_declare(reply_to, exclusive=True)
channel.exchange_declare("nameko-rpc", "topic", durable=True)
channel.queue_bind(reply_to, "nameko-rpc", reply_to)


def apply(event: dict) -> None:
    """Do what is to be done, then note the position. In one transaction, where there is a database."""
    print(int(event["sequence"]), event["type"], event["subject"], flush=True)
    position_file.write_text(str(int(event["sequence"])))


def position() -> int:
    """The last event applied."""
    return int(position_file.read_text()) if position_file.exists() else 0


def pull() -> None:
    """Apply everything that the log has beyond our position."""
    while True:
        after, correlation_id = position(), str(uuid.uuid4())
        request = json.dumps({"args": [], "kwargs": {"after": after, "limit": 500}})
        properties = pika.BasicProperties(
            content_type="application/json", reply_to=reply_to, correlation_id=correlation_id
        )
        channel.basic_publish("nameko-rpc", f"{SOURCE}.feed", request, properties)
        page = None
        for _method, answered, body in channel.consume(reply_to, auto_ack=True, inactivity_timeout=5):
            if body is None:
                break
            if answered.correlation_id == correlation_id:
                page = json.loads(body)["result"]
                break
        channel.cancel()
        for event in page["events"] if page else []:
            apply(event)
        if not page or position() >= page["head"]:
            return


try:
    while True:
        pull()
        for method, _properties, body in channel.consume(QUEUE, inactivity_timeout=PULL_SECONDS):
            if body is None:
                break
            event = json.loads(body)
            place = int(event["sequence"])
            if place == position() + 1:
                apply(event)
            channel.basic_ack(method.delivery_tag)
            if place > position():  # events are missing in between
                break
        channel.cancel()
except KeyboardInterrupt:
    connection.close()
