"""`python -m benchmarks [names…] [--quick] [--json FILE]`: ours beside a peer, printed as ratios.

Run it with `make bench`, which provides the servers. Each benchmark runs in a process of its own, so that none has
another's memory, imports or patched standard library. What misses its figure is said, and is no failure of the run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure

NAMES = (
    "append",
    "read_log",
    "relay",
    "fact_to_view",
    "knowledge_update",
    "replay",
    "award_rpc",
    "payment_batch",
    "ledger",
    "som_engine",
    "som_workbook",
)
CONSOLE = Console(width=160 if not sys.stdout.isatty() else None)


def main() -> int:
    """Run the benchmarks that were asked for; 1 when one could not be run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; all by default")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a look, not a measurement")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - set(NAMES)):
        parser.error(f"no benchmark called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    figures: list[Figure] = []
    failed = []
    for name in options.names or NAMES:
        CONSOLE.print(f"[dim]{name} … (load {os.getloadavg()[0]:.1f})[/dim]")
        found = _run(name, options.quick)
        failed += [] if found else [name]
        figures += found
    CONSOLE.print(_table(figures))
    if options.json is not None:
        machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
        found_all = {"machine": machine, "figures": [asdict(figure) for figure in figures]}
        options.json.write_text(json.dumps(found_all, indent=2, ensure_ascii=False) + "\n")
    if failed:
        CONSOLE.print(f"[red]could not be run: {', '.join(failed)}[/red]")
    return 1 if failed else 0


def _run(name: str, quick: bool) -> list[Figure]:
    command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}", *(["--quick"] if quick else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return []
    return [Figure(**found) for found in json.loads(done.stdout)]


def _table(figures: Iterable[Figure]) -> Table:
    table = Table(title="Ours beside the peer")
    table.add_column("what")
    for name in ("ours", "peer", "ratio", "quartiles"):
        table.add_column(name, justify="right")
    table.add_column("target")
    table.add_column("")
    verdicts = {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}
    for figure in figures:
        peer = "" if figure.peer is None else _number(figure.peer)
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        spread = "" if figure.low is None or figure.high is None else f"{figure.low:.2f}–{figure.high:.2f}"
        ours = f"{_number(figure.ours)} {figure.unit}"
        table.add_row(figure.what, ours, peer, ratio, spread, figure.target, verdicts[figure.met])
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


if __name__ == "__main__":
    sys.exit(main())
