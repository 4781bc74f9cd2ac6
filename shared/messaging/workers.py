"""Child processes that do what would hold up the hub: anything over a second of processor time.

A worker is `python -m <module>`: it reads one job a line from its standard input and answers each with a line, in JSON.
Waiting for an answer is green. A worker that does not answer in time, or ends, is replaced, and its job is refused.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import eventlet
from eventlet.queue import LightQueue

from shared.kernel.rejection import Rejected

ENDING_SECONDS = 5


class Workers:
    """At most `count` child processes, started when they are first needed and one job each at a time."""

    def __init__(self, module: str, count: int = 2) -> None:
        self._module = module
        self._idle: LightQueue[subprocess.Popen[str] | None] = LightQueue()
        for _ in range(count):
            self._idle.put(None)

    def call(self, job: Any, timeout_seconds: float) -> Any:
        """The answer to a job, waiting for a worker and then for it, together no longer than the timeout.

        Raises Rejected as the worker refused, and COMPUTATION_TIMED_OUT or COMPUTATION_FAILED when there is no answer.
        """
        refused = Rejected("COMPUTATION_TIMED_OUT", "The computation took too long; ask for less, or again later.")
        with eventlet.Timeout(timeout_seconds, refused):
            worker = self._idle.get()
            try:
                if worker is None or worker.poll() is not None:
                    worker = self._start()
                answer = _asked(worker, job)
            except BaseException:
                # Whatever it still says belongs to this job and to no later one.
                _end(worker)
                worker = None
                raise
            finally:
                self._idle.put(worker)
        return answer

    def stop(self) -> None:
        """End the idle workers."""
        for _ in range(self._idle.qsize()):
            _end(self._idle.get())
            self._idle.put(None)

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", self._module]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def _asked(worker: subprocess.Popen[str], job: Any) -> Any:
    assert worker.stdin is not None
    assert worker.stdout is not None
    failed = Rejected("COMPUTATION_FAILED", "The computation failed; the service's standard error says why.")
    try:
        worker.stdin.write(json.dumps(job) + "\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
    except BrokenPipeError:
        raise failed from None
    if not line:
        raise failed
    said = json.loads(line)
    if "refused" in said:
        data = said["refused"]
        raise Rejected(data["code"], data["message"], data["fields"], **data["figures"])
    return said["answer"]


def _end(worker: subprocess.Popen[str] | None) -> None:
    if worker is None:
        return
    worker.kill()
    worker.wait(ENDING_SECONDS)
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            pipe.close()
