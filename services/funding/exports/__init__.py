"""The whole journal as files that others can check: plain-text accounting, CSV and XLSX."""

from __future__ import annotations

from typing import BinaryIO, Literal

from sqlalchemy import Connection

from services.funding.commands.queries import LedgerQuery
from services.funding.exports import beancount, csv_file, hledger, reading
from services.funding.views.ledger_reading import cut

Kind = Literal["hledger", "beancount", "csv", "xlsx"]
"""The formats; `hledger` is read by ledger too."""


def export(connection: Connection, kind: Kind, file: BinaryIO, up_to: int | None = None) -> int:
    """Write the journal into a binary file, up to a position or all of it; returns the position it is of.

    Uses the same memory however long the journal is. The connection must see one moment, as in `EventStore.reading`.
    Raises Rejected AS_OF_BEYOND_HEAD.
    """
    position = cut(connection, LedgerQuery(as_of=up_to)).position
    lines = reading.lines(connection, position)
    if kind == "xlsx":
        # It takes as long to import as a small command takes.
        from services.funding.exports import xlsx

        xlsx.write(file, reading.about(position), lines)
        return position
    if kind == "csv":
        text = csv_file.text(lines)
    else:
        writer = hledger if kind == "hledger" else beancount
        text = writer.text(reading.about(position), reading.accounts(connection, position), lines)
    file.writelines(part.encode("utf-8") for part in text)
    return position
