"""Leadership: of several processes of one service, one does what must be done by one only.

On PostgreSQL an advisory lock on a connection of its own: it ends with the process, so a standby that asks every second
takes over within two. On SQLite a lock on a file beside the database.
"""

from __future__ import annotations

import fcntl
import os
import zlib
from time import monotonic
from typing import IO

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

LOOK_SECONDS = 0.5
"""How often a leader looks whether it still has its lock."""


class Leadership:
    """The claim of this process to be the leader called `name`."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._connection: Connection | None = None
        self._file: IO[str] | None = None
        self._look_at = 0.0

    def acquire(self) -> bool:
        """Try to become the leader, without waiting; True while this process is."""
        if self._engine.dialect.name == "postgresql":
            return self._acquire_postgresql()
        return self._acquire_file()

    def _acquire_postgresql(self) -> bool:
        try:
            if self._connection is None:
                self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                key = zlib.crc32(self._name.encode())
                if not self._connection.execute(text(f"SELECT pg_try_advisory_lock({key})")).scalar_one():
                    self.release()
                    return False
            if monotonic() >= self._look_at:
                self._connection.execute(text("SELECT 1"))
                self._look_at = monotonic() + LOOK_SECONDS
        except DBAPIError:
            self.release()
            return False
        return True

    def _acquire_file(self) -> bool:
        database = self._engine.url.database
        if self._file is not None or database in (None, "", ":memory:"):
            return True
        file = open(f"{database}.{self._name}.lock", "w")  # noqa: SIM115 - held for as long as the leadership
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return True

    def release(self) -> None:
        """Stop being the leader."""
        if self._connection is not None:
            # Not back into the pool: the lock belongs to the session and would stay with it.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
        if self._file is not None:
            self._file.close()
            self._file = None
