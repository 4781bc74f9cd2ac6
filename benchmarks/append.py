"""Appending events: one writer on PostgreSQL and SQLite, and eight at once on PostgreSQL."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection
from time import perf_counter, sleep, time

from benchmarks.databases import fresh
from benchmarks.figures import Figure, compared, interleaved, report
from benchmarks.subjects import Ours, Peer, Subject

COMMANDS = {1: 300, 10: 150, 100: 40}
"""Commands in a round, by events per command: a round takes some tenths of a second."""
WRITERS = 8
WRITING_SECONDS = 1.5


def measure(quick: bool) -> list[Figure]:
    """Commands a second, ours beside the package."""
    pairs = 5 if quick else 21
    figures = [_one_writer(kind, n, pairs) for kind in ("postgresql", "sqlite") for n in COMMANDS]
    return [*figures, _many_writers(3 if quick else 11)]


def _one_writer(kind: str, events: int, pairs: int) -> Figure:
    with fresh(kind) as uri:
        ours, peer = Ours(uri), Peer(uri)
        found = interleaved(lambda: _round(ours, events), lambda: _round(peer, events), pairs)
    return compared(f"append, {events} per command, {kind}", "commands/s", found, 1.0)


def _round(subject: Subject, events: int) -> float:
    prepared = [subject.prepare(events) for _ in range(COMMANDS[events])]
    started = perf_counter()
    for item in prepared:
        subject.store(item)
    return len(prepared) / (perf_counter() - started)


def _many_writers(pairs: int) -> Figure:
    """Eight processes of each kind wait; now the ones write, now the others."""
    with fresh("postgresql") as uri, ExitStack() as stack:
        Ours(uri), Peer(uri)
        ours, peer = ([_start(kind, uri, stack) for _ in range(WRITERS)] for kind in ("ours", "peer"))
        found = interleaved(lambda: _together(ours), lambda: _together(peer), pairs)
    return compared(f"append, 1 per command, postgresql, {WRITERS} writers", "commands/s", found, 1.3)


def _start(kind: str, uri: str, stack: ExitStack) -> Connection:
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    process = context.Process(target=_write, args=(kind, uri, far), daemon=True)
    process.start()
    # Undone in the opposite order: told to end, then waited for.
    stack.callback(process.join)
    stack.callback(near.send, None)
    assert near.recv() == "ready"
    return near


def _together(writers: Sequence[Connection]) -> float:
    """Let these write for a while; the commands they stored a second, all together."""
    begin = time() + 0.2
    for writer in writers:
        writer.send(begin)
    stored: int = sum(writer.recv() for writer in writers)
    return stored / WRITING_SECONDS


def _write(kind: str, uri: str, pipe: Connection) -> None:
    """A writer: on each signal it stores commands of one event until the time is over, and tells how many."""
    subject: Subject = Ours(uri) if kind == "ours" else Peer(uri)
    pipe.send("ready")
    while (begin := pipe.recv()) is not None:
        prepared = [subject.prepare(1) for _ in range(100)]
        sleep(max(0.0, begin - time()))
        count, end = 0, begin + WRITING_SECONDS
        while time() < end:
            subject.store(prepared.pop() if prepared else subject.prepare(1))
            count += 1
        pipe.send(count)


if __name__ == "__main__":
    report(measure)
