"""Turns this process green. Import it before anything else, and nothing but it, where a process starts.

nameko runs every service on eventlet's green threads; the standard library must be patched before it is used, and
psycopg told to wait through it before it is imported.
"""

import os
import warnings

os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import eventlet

eventlet.monkey_patch()

from shared.messaging import waiting_psycopg  # noqa: E402  it waits through what was patched above

waiting_psycopg.install()
