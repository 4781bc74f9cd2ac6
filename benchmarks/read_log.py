"""Reading the log: ours decoded into event objects, beside the package's undecoded notifications."""

from __future__ import annotations

from time import perf_counter

from benchmarks.databases import fresh
from benchmarks.figures import Figure, compared, interleaved, report
from benchmarks.subjects import BATCH, Ours, Peer, Subject


def measure(quick: bool) -> list[Figure]:
    """Events a second over the whole log, in batches of a thousand."""
    return [_read(kind, 5_000 if quick else 20_000, 5 if quick else 11) for kind in ("postgresql", "sqlite")]


def _read(kind: str, events: int, pairs: int) -> Figure:
    with fresh(kind) as uri:
        ours, peer = Ours(uri), Peer(uri)
        subjects: tuple[Subject, ...] = (ours, peer)
        for subject in subjects:
            for _ in range(events // 100):
                subject.store(subject.prepare(100))
        found = interleaved(lambda: _round(ours, events), lambda: _round(peer, events), pairs)
    return compared(f"read the log in batches of {BATCH}, {kind}", "events/s", found, 0.5)


def _round(subject: Subject, events: int) -> float:
    started = perf_counter()
    assert subject.read_log() == events
    return events / (perf_counter() - started)


if __name__ == "__main__":
    report(measure)
