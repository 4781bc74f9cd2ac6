"""Cases that wait to be computed anew, where two batches write at the same time."""

from __future__ import annotations

import threading
import time

from services.som.waiting import compute_batch, progress, settle
from tests.unit.test_som_waiting import PLACES, awards, here, publish, told, waits
from tests.worlds import World


def test_two_batches_that_end_at_once_leave_a_recalculation_that_has_finished(servers: World) -> None:
    som = servers.open("som")
    told(som, "funding", *awards(*PLACES))
    publish(som)
    compute_batch(som.store, waits(som), here(som))
    publish(som, label="the same")
    one, other = (here(som)([case]) for case in waits(som))
    first = threading.Event()

    def settle_slowly() -> None:
        with som.store.transaction() as transaction:
            settle(transaction, one)
            first.set()
            time.sleep(0.5)

    slow = threading.Thread(target=settle_slowly)
    slow.start()
    assert first.wait(10)
    with som.store.transaction() as transaction:
        settle(transaction, other)
    slow.join(10)
    with som.store.reading() as transaction:
        found = progress(transaction.connection)
    som.store.engine.dispose()
    assert (found["done"], found["waiting"]) == (2, 0)
    assert found["finished"] is not None
