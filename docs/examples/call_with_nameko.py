"""A command and a query with stock nameko: nothing of Virksom is imported."""

import os
import uuid

from nameko.exceptions import RemoteError
from nameko.standalone.rpc import ClusterRpcProxy

config = {"AMQP_URI": os.environ.get("AMQP_URI", "amqp://guest:guest@localhost:5672//")}

with ClusterRpcProxy(config, timeout=10) as rpc:
    command = {
        "command_id": str(uuid.uuid4()),
        "account": "15.26.04.10",
        "budget_year": 2030,
        "amount_oere": 1_000_000_00,
        "act": "FL 2030",
        "effective_on": "2030-01-01",
    }
    try:
        answer = rpc.funding.register_appropriation(**command)
        print("recorded at position", answer["position"])
        # The same command again: one effect, the same answer.
        assert rpc.funding.register_appropriation(**command) == answer
        # Read your own write: wait until the view has come that far.
        print(rpc.funding.position(wait_for={"funding": answer["position"]}))
    except RemoteError as error:
        print("refused:", error.value["code"], error.value["message"], error.value["fields"], error.value["figures"])
