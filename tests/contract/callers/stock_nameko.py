"""A caller of ours with stock nameko and nothing of Virksom: `python stock_nameko.py AMQP_URI`.

It subscribes to two events, makes a good call and a bad one, and prints what it got as one line of JSON.
"""

import eventlet

eventlet.monkey_patch()

import json  # noqa: E402
import sys  # noqa: E402
import uuid  # noqa: E402

from nameko.events import event_handler  # noqa: E402
from nameko.exceptions import RemoteError  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from nameko.standalone.rpc import ClusterRpcProxy  # noqa: E402

received: dict[str, object] = {}


class Outside:
    """A service of somebody else's, with handlers that nameko itself provides."""

    name = "outside"

    @event_handler("funding", "funding.grant_awarded")
    def on_award(self, event: dict[str, object]) -> None:
        received["funding.grant_awarded"] = event

    @event_handler("reporting", "reporting.report_published")
    def on_report(self, event: dict[str, object]) -> None:
        received["reporting.report_published"] = event


def refused(call: object, **fields: object) -> object:
    """What a refusal looks like to a caller who does not know our exception."""
    try:
        call(**fields)  # type: ignore[operator]
    except RemoteError as error:
        return {"exc_type": error.exc_type, "value": error.value}
    return None


def main(amqp_uri: str) -> None:
    runner = ServiceRunner({"AMQP_URI": amqp_uri})
    runner.add_service(Outside)
    runner.start()
    with ClusterRpcProxy({"AMQP_URI": amqp_uri}, timeout=10) as rpc:
        award = {
            "command_id": str(uuid.uuid4()), "grant_id": "g1", "pool_id": "pool", "municipality": "0101",
            "draws": [{"account": "15.26.04.10", "budget_year": 2018, "amount_oere": 100}],
            "period_from": "2018-02-01", "period_to": "2018-12-31", "effective_on": "2018-02-01",
        }  # fmt: skip
        answer = rpc.funding.award_grant(**award)
        again = rpc.funding.award_grant(**award)
        wrong = refused(rpc.funding.award_grant, **{**award, "command_id": str(uuid.uuid4()), "pool_id": 7, "x": 1})
        report = rpc.reporting.publish_report(
            command_id=str(uuid.uuid4()), report_id="r1", title="Årsrapport", effective_on="2018-12-31"
        )
        with eventlet.Timeout(15):
            while len(received) < 2:
                eventlet.sleep(0.05)
    runner.stop()
    print(json.dumps({"answer": answer, "again": again, "wrong": wrong, "report": report, "events": received}))


main(sys.argv[1])
