"""The demo's last word: a table for a programme officer, and what must be said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from services.reporting.views.figures import Effect, Figures, Net, Programme
from services.reporting.web.danish import millions, number, points

WIDTH, ROOMY_WIDTH = 100, 122
"""The table needs so many columns, and in whole words so many; on a narrower terminal its lines break, and no figure
is ever cut."""
LONGEST_WORD = 17
NOTHING = "–"
HEADINGS = (
    "Be-\nvil-\nget", "Til-\nsagn", "Ud-\nbe-\ntalt", "Ind-\nskre-\nvet", "Gen-\nnem-\nført",
    "Succesrate:\nforskel i\npct.point (95 %)", "Kom-\nmune", "Re-\ngion", "Stat", "I alt", "Tjent\nhjem",
)  # fmt: skip
ROOMY_HEADINGS = (
    "Bevilget", "Tilsagn", "Udbetalt", "Ind-\nskrevet", "Gennem-\nført", "Succesrate: forskel\ni pct.point (95 %)",
    "Kommune", "Region", "Stat", "I alt", "Tjent\nhjem",
)  # fmt: skip


def table(programme: Programme, names: Mapping[str, str], title: str, width: int) -> Table:
    """The table: a row for each initiative and a total; `names` are the initiatives' Danish names by id."""
    roomy = width >= ROOMY_WIDTH
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, show_edge=False)
    made.padding = (0, 1, 0, 0) if roomy else (0, 0, 0, 0)
    rows = [_cells(row) for row in programme.initiatives]
    unpooled, total = millions(programme.unpooled_oere), _cells(programme.total)
    made.add_column("Initiativ", min_width=LONGEST_WORD)
    headings = ROOMY_HEADINGS if roomy else HEADINGS
    for heading, *cells in zip(headings, *rows, [unpooled, *total[1:]], total, strict=True):
        made.add_column(heading, justify="right", no_wrap=True, min_width=_width([heading, *cells]))
    for row, cells in zip(programme.initiatives, rows, strict=True):
        made.add_row(names.get(row.initiative, row.title), *cells)
    made.add_section()
    if programme.unpooled_oere:
        made.add_row("Ikke i pulje", unpooled)
    made.add_row("I alt", *total, style="bold")
    return made


def _width(cells: Sequence[str]) -> int:
    return max(len(line) for cell in cells for line in cell.splitlines())


def _cells(row: Figures) -> list[str]:
    return [
        *(millions(amount) for amount in (row.appropriated_oere, row.awarded_oere, row.paid_oere)),
        *(number(count) for count in (row.enrolled, row.completed)),
        _effect(row.effect),
        *_net(row.net),
        _break_even(row),
    ]


def _effect(effect: Effect | None) -> str:
    if effect is None:
        return NOTHING
    return f"{points(effect.difference)}\n{points(effect.low)} til {points(effect.high)}"


def _net(net: Net | None) -> list[str]:
    if net is None:
        return [NOTHING] * 4
    payers = (net.kommune_oere, net.region_oere, net.stat_oere, net.total_oere)
    return [millions(amount, signed=True) for amount in payers]


def _break_even(row: Figures) -> str:
    if row.net is None:
        return NOTHING
    return "ikke" if row.break_even_year is None else str(row.break_even_year)


def notes(programme: Programme, disclaimer: str, seed: int, price_level_year: int) -> list[str]:
    """What a reader of the table must know."""
    positions = ", ".join(f"{source} {number(position)}" for source, position in sorted(programme.positions.items()))
    total = programme.total
    return [
        f"Af det udbetalte er {millions(total.accounted_for_oere)} mio. kr. regnskabsført, "
        f"{millions(total.repaid_oere)} tilbagebetalt og {millions(total.owed_oere)} skyldigt: simulerede regnskaber. "
        "Bortfaldne tilsagn tæller ikke som tilsagn.",
        "Beløb i mio. kr. Kommune, region, stat og i alt til højre er det forventede budgetøkonomiske nettoresultat "
        f"(nutidsværdi, {price_level_year}-priser); plus er en gevinst. Tjent hjem er det år, hvor indsatsen samlet "
        "har betalt sig; »ikke« betyder ikke inden for beregningens år. Indskrevne og gennemførte er i begge arme.",
        f"SIMULERET (frø {seed}), med illustrative konsekvenser. {disclaimer}",
        f"Beregnet ved positionerne {positions}.",
    ]


def show(console: Console, programme: Programme, names: Mapping[str, str], title: str, lines: Sequence[str]) -> None:
    """Print the table whole, however narrow the console is, and the notes under it."""
    made = table(programme, names, title, console.width)
    boundless = console.options.update(width=1_000)
    width = max(WIDTH, console.width, Measurement.get(console, boundless, made).minimum)
    wide = Console(file=console.file, width=width, force_terminal=console.is_terminal, highlight=False)
    wide.print()
    wide.print(made)
    for line in lines:
        console.print()
        console.print(line, highlight=False, markup=False, width=min(console.width, ROOMY_WIDTH))
