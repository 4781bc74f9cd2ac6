"""A call with a bare AMQP client (pika): JSON in, JSON out, nothing of Virksom or nameko."""

import json
import os
import uuid

import pika

uri = os.environ.get("AMQP_URI", "amqp://guest:guest@localhost:5672//")
# pika writes the virtual host `/` as `%2F`.
parameters = pika.URLParameters(uri.removesuffix("//") + "/%2F" if uri.endswith("//") else uri)
connection = pika.BlockingConnection(parameters)
channel = connection.channel()

# Answers come to the exchange `nameko-rpc` under the key named in reply_to: bind a queue of your own to it.
reply_to, correlation_id = str(uuid.uuid4()), str(uuid.uuid4())
channel.queue_declare(reply_to, exclusive=True)
channel.queue_bind(reply_to, "nameko-rpc", reply_to)

properties = pika.BasicProperties(
    content_type="application/json",
    reply_to=reply_to,
    correlation_id=correlation_id,
    # Who is calling: the broker refuses any other name than the connection's own user.
    user_id=parameters.credentials.username,
)
request = {"args": [], "kwargs": {"after": 0, "limit": 2}}
channel.basic_publish("nameko-rpc", "funding.feed", json.dumps(request), properties, mandatory=True)

for _method, answered, body in channel.consume(reply_to, auto_ack=True, inactivity_timeout=10):
    if body is None:
        raise SystemExit("no answer within ten seconds")
    if answered.correlation_id == correlation_id:
        answer = json.loads(body)
        break
if answer["error"] is not None:
    print("refused:", answer["error"]["value"]["code"])
else:
    print("head", answer["result"]["head"], [event["type"] for event in answer["result"]["events"]])
connection.close()
