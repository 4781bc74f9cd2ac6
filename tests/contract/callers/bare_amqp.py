"""A caller with a bare AMQP client and JSON: `python bare_amqp.py AMQP_URI`. Any language can do the same.

It binds a queue to `reporting.events`, makes two calls, and prints what it got as one line of JSON: bodies as they
came, and the properties of the event's message.
"""

import json
import sys
import uuid
from typing import Any

import pika


def call(channel: Any, replies: str, method: str, kwargs: dict[str, Any]) -> str:
    """One call: publish to the exchange `nameko-rpc`, wait for the answer with our correlation id."""
    correlation_id = str(uuid.uuid4())
    channel.basic_publish(
        exchange="nameko-rpc", routing_key=method, body=json.dumps({"args": [], "kwargs": kwargs}),
        properties=pika.BasicProperties(
            content_type="application/json", reply_to=replies, correlation_id=correlation_id
        ),
    )  # fmt: skip
    for _, properties, body in channel.consume(replies, auto_ack=True, inactivity_timeout=10):
        if properties is None:
            raise TimeoutError(method)
        if properties.correlation_id == correlation_id:
            channel.cancel()
            return str(body.decode())
    raise TimeoutError(method)


def next_event(channel: Any, queue: str) -> dict[str, Any]:
    """The next event of our own queue, with its routing key and properties."""
    for method, properties, body in channel.consume(queue, auto_ack=True, inactivity_timeout=15):
        if method is None:
            raise TimeoutError(queue)
        channel.cancel()
        return {
            "routing_key": method.routing_key,
            "content_type": properties.content_type,
            "delivery_mode": properties.delivery_mode,
            "message_id": properties.message_id,
            "headers": properties.headers or {},
            "body": body.decode(),
        }
    raise TimeoutError(queue)


def main(amqp_uri: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_uri)) as connection:
        channel = connection.channel()
        replies = f"replies-{uuid.uuid4()}"
        channel.queue_declare(replies, exclusive=True)
        channel.queue_bind(replies, "nameko-rpc", routing_key=replies)
        events = channel.queue_declare("", exclusive=True).method.queue
        channel.exchange_declare("reporting.events", exchange_type="topic", durable=True)
        channel.queue_bind(events, "reporting.events", routing_key="reporting.*")
        report = {"report_id": "r1", "title": "Årsrapport", "effective_on": "2018-12-31"}
        answer = call(channel, replies, "reporting.publish_report", {"command_id": str(uuid.uuid4()), **report})
        refusal = call(channel, replies, "reporting.publish_report", {"command_id": "x", **report})
        feed = call(channel, replies, "reporting.feed", {"after": 0})
        print(json.dumps({"answer": answer, "refusal": refusal, "feed": feed, "event": next_event(channel, events)}))


main(sys.argv[1])
