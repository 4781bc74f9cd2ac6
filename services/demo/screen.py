"""What the demo shows while it plays: a progress bar with a line per service, or plain lines when nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from services.demo import words
from services.demo.script import Act
from services.reporting.web.danish import number

REFRESH_SECONDS = 0.1
MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november",
    "december",
)  # fmt: skip

Heads = Callable[[], Mapping[str, int]]
"""How many events each service's log holds."""
Seen = Callable[[], Mapping[str, int]]
"""How far the reporting views have come in each log."""
Calculated = Callable[[], str | None]
"""The initiative of which SØM computed a case last."""


class Screen(Protocol):
    """Hears of each act, and shows it."""

    def tell(self, act: Act) -> None:
        """One more act was carried out."""

    def close(self) -> None:
        """Leave the terminal as it was found; may be called more than once."""


class Lines:
    """The newest line of each service."""

    def __init__(self, heads: Heads, seen: Seen, calculated: Calculated, initiatives: Mapping[str, str]) -> None:
        self._heads, self._seen, self._calculated, self._initiatives = heads, seen, calculated, initiatives
        self._told: dict[str, str] = {}

    def hear(self, act: Act) -> None:
        """Remember the act as its service's newest."""
        self._told[act.service] = words.told(act, self._initiatives)

    def now(self) -> list[tuple[str, str, str]]:
        """Per service its name, its number of events, and what it did last."""
        told = {**self._told, "reporting": self._reporting()}
        initiative = self._calculated()
        if initiative is not None:
            told["som"] = words.calculated(initiative)
        return [(name, words.events(count), told.get(name, "")) for name, count in self._heads().items()]

    def _reporting(self) -> str:
        return " · ".join(filter(None, [words.seen(self._seen()), self._told.get("reporting")]))


class LiveScreen:
    """A bar and four lines that change in place."""

    def __init__(self, console: Console, lines: Lines, total: int, done: int) -> None:
        self._lines = lines
        columns = (TextColumn("{task.description:<15}"), BarColumn(bar_width=None), TaskProgressColumn())
        counts = TextColumn("{task.completed} af {task.total}")
        self._progress = Progress(*columns, counts, TimeRemainingColumn(), console=console, expand=True)
        self._task = self._progress.add_task("", total=total, completed=done)
        self._live = Live(self._picture(), console=console, auto_refresh=False)
        self._shown_at = 0.0
        self._live.start(refresh=True)

    def tell(self, act: Act) -> None:
        """Show it, at most every REFRESH_SECONDS."""
        self._lines.hear(act)
        self._progress.update(self._task, advance=1, description=f"{MONTHS[act.day.month - 1]} {act.day.year}")
        if monotonic() - self._shown_at >= REFRESH_SECONDS:
            self._show()

    def close(self) -> None:
        """Show the last of it and give the terminal back."""
        if self._live.is_started:
            self._show()
            self._live.stop()

    def _show(self) -> None:
        self._shown_at = monotonic()
        self._live.update(self._picture(), refresh=True)

    def _picture(self) -> Group:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        for name, count, line in self._lines.now():
            table.add_row(name, count, Text(line))
        return Group(self._progress, table)


class PlainScreen:
    """A few lines for every year: for logs and pipes."""

    def __init__(self, console: Console, lines: Lines, total: int, done: int) -> None:
        self._console, self._lines, self._total, self._done = console, lines, total, done
        self._year: int | None = None

    def tell(self, act: Act) -> None:
        """Say how far we are when a year is over."""
        if self._year is not None and act.day.year != self._year:
            self._show()
        self._year, self._done = act.day.year, self._done + 1
        self._lines.hear(act)

    def close(self) -> None:
        """Say how the last year ended."""
        if self._year is not None:
            self._show()
            self._year = None

    def _show(self) -> None:
        print_plain(self._console, f"{self._year}: {number(self._done)} af {number(self._total)} kommandoer")
        for name, count, line in self._lines.now():
            print_plain(self._console, f"  {name:<10} {count:>17} · {line}")


def print_plain(console: Console, line: str) -> None:
    """A line as it is: neither wrapped nor coloured."""
    console.print(line, soft_wrap=True, highlight=False, markup=False)


def make(console: Console, lines: Lines, total: int, done: int) -> Screen:
    """The screen for this console."""
    return (LiveScreen if console.is_terminal else PlainScreen)(console, lines, total, done)
