"""How the effect goes over the years t, as formulas of the options (services/som/model/effect.py)."""

from __future__ import annotations

from services.som.workbook import layout
from services.som.workbook.page import Page, Written
from services.som.workbook.sheets import Inputs

SHARE = "0.000000"


def write_effects(inputs: Inputs) -> tuple[str, str | None]:
    """Write the table of the effect; the references to its columns: SØM's with the options, and the fading one.

    The fading one follows the later follow-ups in the place of fade-out and relapse; None without follow-ups.
    """
    page, fields = inputs.pages[layout.EFFECT], inputs.fields
    points = _points(page, inputs.tables["follow_ups"]) if inputs.tables["follow_ups"].length > 1 else None
    page.heading(layout.OTHER_TITLES[layout.EFFECT][0], "Beregnes; 'Effekt' er den andel, der tæller i år t.")
    page.heads(["År t", "Tilbage", "Effekt", "Tilbage efter opfølgninger", "Aftagende effekt"])
    first, phase_in = page.row, inputs.tables["phase_in"]
    lasting = f"(1-{fields['settings.displacement']})"
    kept = f"((1-{fields['settings.fade_out']})*(1-{fields['settings.relapse']}))"
    for t in range(inputs.years_ahead):
        row, phased = page.row, phase_in.cell("share", t)
        page.value(row, 1, t)
        page.value(row, 2, f"={lasting}" if t == 0 else f"={page.ref(row - 1, 2)}*{kept}", SHARE)
        share = f'IF({phased}="",1,{phased})'
        page.value(row, 3, f"={page.ref(row, 2)}*{share}", SHARE)
        if points is not None:
            page.value(row, 4, f"={_left(12 * t + 6, *points)}", SHARE)
            page.value(row, 5, f"=({lasting}*{share})*{page.ref(row, 4)}", SHARE)
        page.row += 1
    last = page.row - 1
    page.row += 1
    return page.ref(first, 3, last), None if points is None else page.ref(first, 5, last)


def _points(page: Page, follow_ups: Written) -> tuple[str, str, str]:
    """The follow-ups in the order of their months, from the end of the course on: months, shares, how many."""
    months, shares = follow_ups.range("months"), follow_ups.range("share_left")
    page.heading(layout.POINTS_TITLE, "Beregnes; 0 måneder: hele effekten.")
    page.heads(["Måneder", "Andel tilbage"])
    first = page.row
    page.value(page.row, 1, 0)
    page.value(page.row, 2, 1)
    page.row += 1
    for place in range(follow_ups.length):
        here = page.ref(page.row, 1)
        page.value(page.row, 1, f'=IF(COUNT({months})>{place},SMALL({months},{place + 1}),"")')
        page.value(page.row, 2, f'=IF({here}="","",INDEX({shares},MATCH({here},{months},0)))')
        page.row += 1
    last = page.row - 1
    page.row += 1
    return page.ref(first, 1, last), page.ref(first, 2, last), f"COUNT({page.ref(first, 1, last)})"


def _left(months: int, points: str, shares: str, count: str) -> str:
    """Straight lines between the follow-ups; after the last it stays as it was there."""
    before = f'COUNTIF({points},"<{months}")'
    start, end = f"INDEX({points},{before})", f"INDEX({points},{before}+1)"
    share, later = f"INDEX({shares},{before})", f"INDEX({shares},{before}+1)"
    line = f"{share}+({later}-{share})*({months}-{start})/({end}-{start})"
    return f"IF({before}>={count},INDEX({shares},{count}),{line})"
