"""The hash chain over a service's log: it shows whether the log is what was appended, whole and in that order.

Every event's row holds the digest of its content, and the link of the append it came with: a hash over the link
before, the time of recording and the digests of the append's events. Time and order stand in the link alone, since the
database settles both inside the append.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from pydantic_core import to_json

COLUMNS = (
    "position",
    "stream_id",
    "version",
    "event_id",
    "type",
    "schema_version",
    "data",
    "effective_on",
    "command_id",
    "correlation_id",
    "causation_id",
    "caller",
    "on_behalf_of",
    "recorded_at",
    "digest",
    "chain",
)
"""The columns of an event's row in the order that `Chain` is fed with; the digest's are those from the second to the
last before `recorded_at`."""

TIME_LENGTH = 32


class Broken(NamedTuple):
    """Where a log is not what was appended.

    `what` is `position` (there is no event of this position), `digest` (this event's content is another), `link` (the
    append that begins here has other events, another time or another append before it) or `counter` (the log ends
    before or after what its counter says, from this position on).
    """

    position: int
    what: Literal["position", "digest", "link", "counter"]


def digest(content: Sequence[str | int | None]) -> str:
    """SHA-256, in hex, of one event's content: the values from `stream_id` to `on_behalf_of` in the order of COLUMNS.

    Hashed is a JSON array in UTF-8, without spaces, with only `"`, `\\` and control characters escaped (RFC 8785).
    """
    return sha256(to_json(content)).hexdigest()


def link(previous: str, recorded_at: str, digests: Iterable[str]) -> str:
    """SHA-256, in hex, of the link before ('' at the log's beginning), the time and the digests, one after another."""
    return sha256("".join((previous, recorded_at, *digests)).encode()).hexdigest()


class Chain:
    """Verifies a log that is fed to it row by row, in the order of positions, and keeps none of it.

    It begins after the append that ended at `position` with the link `chain`, which are also where it has come to:
    `position` is that of the newest row, `chain` the newest link found right.
    """

    def __init__(self, position: int = 0, chain: str = "") -> None:
        self.position = position
        self.chain = chain
        self._first = position + 1
        self._claimed = chain
        self._recorded_at: str | None = None
        self._link = sha256()

    def add(self, row: Sequence[Any]) -> Broken | None:
        """Take the next row, a tuple in the order of COLUMNS; what is wrong, if anything. Then feed no more."""
        position, recorded_at, digested, claimed = row[0], row[13], row[14], row[15]
        if claimed != self._claimed or self._recorded_at is None:
            if broken := self._close():
                return broken
            self._first, self._claimed, self._recorded_at = self.position + 1, claimed, recorded_at
            self._link = sha256(f"{self.chain}{recorded_at}".encode())
        if position != self.position + 1:
            return Broken(self.position + 1, "position")
        self.position = position
        try:
            content = digest(row[1:13])
        except ValueError:  # SQLite lets anything stand in a column, also bytes that are no text
            content = None
        if content is None or content != digested:
            return Broken(position, "digest")
        # Of fixed length: else a first digest could be moved into the time and its event be left out.
        if recorded_at != self._recorded_at or len(recorded_at) != TIME_LENGTH:
            return Broken(self._first, "link")
        self._link.update(content.encode())
        return None

    def finish(self, position: int | None = None, chain: str | None = None) -> Broken | None:
        """Verify the last append, and that the log ends at this position with this link, where they are given."""
        if broken := self._close():
            return broken
        if position is not None and position != self.position:
            return Broken(min(position, self.position) + 1, "counter")
        if chain is not None and chain != self.chain:
            return Broken(self.position, "counter")
        return None

    def _close(self) -> Broken | None:
        """The newest append has all its rows: its link must be the one they claim."""
        if self._recorded_at is None:
            return None
        if self._link.hexdigest() != self._claimed:
            return Broken(self._first, "link")
        self.chain, self._recorded_at = self._claimed, None
        return None
