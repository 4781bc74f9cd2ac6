"""A stock nameko service that hears of every award. Stop it with Ctrl-C."""

import eventlet

eventlet.monkey_patch()

import os  # noqa: E402

from nameko.events import event_handler  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402


class Budget:
    """A made-up outside service."""

    name = "budget"

    @event_handler("funding", "funding.grant_awarded")
    def on_award(self, event: dict) -> None:
        """The whole CloudEvent arrives; the fact is in `data`."""
        award = event["data"]
        print(int(event["sequence"]), award["municipality"], award["amount_oere"], flush=True)


runner = ServiceRunner({"AMQP_URI": os.environ.get("AMQP_URI", "amqp://guest:guest@localhost:5672//")})
runner.add_service(Budget)
runner.start()
try:
    runner.wait()
except KeyboardInterrupt:
    runner.stop()
