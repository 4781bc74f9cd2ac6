"""A worker for the tests: it doubles, sleeps, refuses, fails and ends, as the job says."""

from __future__ import annotations

import os
import time
from typing import Any

from shared.kernel.rejection import Rejected
from shared.messaging.worker import serve


def answer(job: dict[str, Any]) -> Any:
    """What the job asks for."""
    match job["what"]:
        case "double":
            return job["number"] * 2
        case "sleep":
            time.sleep(job["seconds"])
            return os.getpid()
        case "refuse":
            raise Rejected("NO", "Not that one.", [{"field": "number", "rule": "even"}], number=3)
        case "end":
            os._exit(3)
        case _:
            raise ValueError("unheard-of")


if __name__ == "__main__":
    serve(answer)
