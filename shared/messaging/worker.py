"""A worker's side: the child process that computes (see `workers`). It is not green, and imports nothing that is."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from shared.kernel.rejection import Rejected


def serve(answer: Callable[[Any], Any]) -> None:
    """Answer each job from standard input until there are no more.

    A refusal goes back as one; anything else that goes wrong is told on standard error and ends the process.
    """
    # Libraries in C print to standard output as they please (HiGHS does): only answers may stand there.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            said = {"answer": answer(json.loads(line))}
        except Rejected as rejection:
            said = {"refused": rejection.as_data()}
        print(json.dumps(said), file=answers, flush=True)
