"""The peer of `award_rpc`: a stock nameko service that writes one plain row per call, and nothing else."""

from __future__ import annotations

import shared.messaging.green  # noqa: F401  first: it patches the standard library

# isort: split
import os
import sys
import uuid
from typing import Any

from nameko.rpc import rpc
from nameko.runners import ServiceRunner
from sqlalchemy import Engine

from shared.eventstore.engine import open_engine
from shared.messaging.rpc import nameko_config

ENGINES: list[Engine] = []
INSERT = "INSERT INTO awards VALUES (%(award_id)s, %(municipality)s, %(amount_oere)s)"


class StockService:
    """One method, one row."""

    name = "stock"

    @rpc
    def award(self, municipality: str, amount_oere: int, **_: Any) -> dict[str, Any]:
        """Write the award down and answer its name."""
        row: dict[str, Any] = {"award_id": str(uuid.uuid4()), "municipality": municipality, "amount_oere": amount_oere}
        with ENGINES[0].begin() as connection:
            connection.exec_driver_sql(INSERT, row)
        return {"award_id": row["award_id"]}


def main(amqp_uri: str, database_uri: str) -> None:
    """Serve until killed."""
    ENGINES.append(open_engine(database_uri))
    with ENGINES[0].begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE awards (award_id text PRIMARY KEY, municipality text, amount_oere bigint)"
        )
    runner = ServiceRunner(nameko_config(amqp_uri))
    runner.add_service(StockService)
    runner.start()
    runner.wait()


if __name__ == "__main__":
    main(sys.argv[1], os.environ["STOCK_DATABASE_URI"])
