"""The log's own rules: order, versions, time and the hash chain. They know nothing of money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.funding.check.findings import Findings
from shared.eventstore.chain import Broken, Chain


class Log:
    """Checks rows in the order of positions; keeps each stream's version and the chain's newest link."""

    def __init__(self, findings: Findings, anchors: Mapping[int, str]) -> None:
        self.position = 0
        self._findings = findings
        self._anchors = dict(anchors)
        self._versions: dict[str, int] = {}
        self._recorded_at = ""
        self._chain: Chain | None = Chain()

    def add(self, row: Sequence[Any]) -> None:
        """The next row, in the order of chain.COLUMNS."""
        position, stream_id, version, recorded_at, found = row[0], row[1], row[2], row[13], self._findings
        if position != self.position + 1:
            found.add(self.position + 1, "POSITION", next=position)
        self.position = position
        if self._chain is not None:
            self._broken(self._chain.add(row))
        expected = self._versions.get(stream_id, 0) + 1
        if version != expected:
            found.add(position, "VERSION", stream_id=stream_id, version=version, expected=expected)
        self._versions[stream_id] = version
        if recorded_at < self._recorded_at:
            found.add(position, "TIME", recorded_at=recorded_at, before=self._recorded_at)
        self._recorded_at = recorded_at
        if position in self._anchors and self._anchors.pop(position) != row[15]:
            found.add(position, "ANCHOR", chain=row[15])

    def finish(self, counter: tuple[int, str] | None) -> None:
        """The log is over; `counter` is the position and the chain at which it says that it ends."""
        if self._chain is not None:
            self._broken(self._chain.finish(*(counter or ())))
        if counter is None:
            self._findings.add(self.position, "COUNTER")
        for position, chain in self._anchors.items():
            if (position, chain) != (0, ""):
                self._findings.add(position, "ANCHOR", head=self.position)

    def _broken(self, broken: Broken | None) -> None:
        """A broken chain is not followed any further; a missing position is told once, by `add`."""
        if broken is not None:
            self._chain = None
            if broken.what != "position":
                self._findings.add(broken.position, broken.what.upper())
