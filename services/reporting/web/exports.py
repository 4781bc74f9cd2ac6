"""The page's tables as CSV that Danish spreadsheets open as they are: semicolons, decimal commas, UTF-8
with BOM."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from services.reporting.views.figures import AccountYear, Count, InitiativeFigures, LocalFigures, Net, Programme

BOM = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Columns = dict[str, Any]


def guarded(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def initiatives(programme: Programme) -> Iterable[Columns]:
    """One line per initiative."""
    for row in programme.initiatives:
        effect = row.effect
        yield {
            "initiativ": row.initiative,
            "titel": row.title,
            "spor": row.track or "",
            "bevilget_kr": _kroner(row.appropriated_oere),
            "tilsagn_kr": _kroner(row.awarded_oere),
            **_spent(row),
            "indrulleret": row.enrolled,
            "i_forløb": row.active,
            "gennemført": row.completed,
            "frafaldet": row.withdrawn,
            "virkning_procentpoint": None if effect is None else _points(effect.difference),
            "virkning_95_fra": None if effect is None else _points(effect.low),
            "virkning_95_til": None if effect is None else _points(effect.high),
            **_net(row.net),
            "tjent_hjem_år": row.break_even_year,
        }


def places(programme: Programme) -> Iterable[Columns]:
    """One line per municipality, hidden figures hidden here too."""
    for row in programme.municipalities:
        yield {
            "kommunekode": row.municipality,
            "kommune": row.name,
            "tilsagn_kr": _kroner(row.awarded_oere),
            **_spent(row),
            "indrulleret": _count(row.enrolled),
            "gennemført": _count(row.completed),
            "netto_i_alt_kr": "skjult" if row.net_hidden else _net(row.net)["netto_i_alt_kr"],
            "tjent_hjem_år": "skjult" if row.net_hidden else row.break_even_year,
        }


def accounts(programme: Programme) -> Iterable[Columns]:
    """One line per account and budget year."""
    for row in programme.appropriations:
        yield {
            "konto": row.account,
            "finansår": row.budget_year,
            "bevilget_kr": _kroner(row.appropriated_oere),
            "udmeldt_kr": _kroner(row.pooled_oere),
            "tilsagn_kr": _kroner(row.awarded_oere),
            **_spent(row),
        }


TABLES: dict[str, Callable[[Programme], Iterable[Columns]]] = {
    "initiativer": initiatives,
    "kommuner": places,
    "bevillinger": accounts,
}


def as_csv(programme: Programme, table: str) -> str:
    """A table of the programme; each line ends with the positions that it was computed at."""
    stated = {f"position_{source}": at for source, at in sorted(programme.positions.items())}
    lines = [{**line, **stated} for line in TABLES[table](programme)]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    if lines:
        writer.writerow(lines[0])
    for line in lines:
        writer.writerow("" if value is None else _cell(value) for value in line.values())
    return BOM + file.getvalue()


class _Figure(str):
    """A number as text: its minus is no formula."""


def _cell(value: Any) -> str:
    return value if isinstance(value, _Figure) else guarded(str(value))


def _kroner(oere: int) -> _Figure:
    whole, rest = divmod(abs(oere), 100)
    return _Figure(f"{'-' if oere < 0 else ''}{whole},{rest:02d}")


def _spent(row: InitiativeFigures | LocalFigures | AccountYear) -> Columns:
    return {
        "udbetalt_kr": _kroner(row.paid_oere),
        "regnskab_godkendt_kr": _kroner(row.accounted_for_oere),
        "udestående_krav_kr": _kroner(row.owed_oere),
        "tilbagebetalt_kr": _kroner(row.repaid_oere),
    }


def _points(difference: float) -> _Figure:
    return _Figure(f"{difference * 100:.4f}".replace(".", ","))


def _count(count: Count) -> int | str:
    return "skjult" if count.value is None else count.value


def _net(net: Net | None) -> Columns:
    return {
        f"netto_{name}_kr": None if net is None else _kroner(getattr(net, field))
        for name, field in {
            "kommune": "kommune_oere",
            "region": "region_oere",
            "stat": "stat_oere",
            "i_alt": "total_oere",
        }.items()
    }
