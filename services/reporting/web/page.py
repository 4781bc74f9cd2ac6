"""The overview as words: every figure on the page is made here, once, from the programme's figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.reporting.views.figures import (
    AccountYear,
    Count,
    Effect,
    Figures,
    InitiativeFigures,
    LocalFigures,
    Net,
    Programme,
)
from services.reporting.web import danish, findings
from services.reporting.web.latest import Told, told


class Cell(NamedTuple):
    """A figure in a table: its key names it across renderings, `word` is set where a word stands for a
    number."""

    key: str
    label: str
    text: str
    note: str = ""
    word: bool = False


class Row(NamedTuple):
    """A line of a table."""

    key: str
    name: str
    cells: list[Cell]


class Group(NamedTuple):
    """Lines under a heading of their own: a track."""

    name: str
    rows: list[Row]


class KeyFigure(NamedTuple):
    """One of the figures on top; `source` says whose newest event its age is."""

    key: str
    label: str
    figure: str
    unit: str
    note: str
    source: str


class Overview(NamedTuple):
    """Everything the page shows."""

    programme: Programme
    key_figures: list[KeyFigure]
    lead: list[tuple[str, bool]]
    initiatives_heading: str
    payers: str | None
    tracks: list[Group]
    unpooled: Row | None
    total: Row
    municipalities_heading: str
    municipalities: list[Row]
    any_hidden: bool
    paid_heading: str
    appropriations: list[Row]
    appropriations_total: Row
    latest: list[Told]


def overview(programme: Programme) -> Overview:
    """The page of these figures."""
    total = programme.total
    places = sorted(programme.municipalities, key=lambda row: row.name.replace("Aa", "Å"))
    return Overview(
        programme=programme,
        key_figures=_key_figures(programme),
        lead=_lead(programme),
        initiatives_heading=findings.initiatives_heading(programme.initiatives),
        payers=findings.payers_sentence(total.net),
        tracks=_tracks(programme.initiatives),
        unpooled=_unpooled(programme.unpooled_oere),
        total=_figures_row("total", "I alt", total, whole=True),
        municipalities_heading=findings.municipalities_heading(programme.municipalities),
        municipalities=[_local_row(row) for row in places],
        any_hidden=any(row.enrolled.hidden or row.completed.hidden or row.net_hidden for row in places),
        paid_heading=findings.paid_heading(total.appropriated_oere, total.paid_oere),
        appropriations=[_account_row(row) for row in programme.appropriations],
        appropriations_total=_accounts_total(programme.appropriations),
        latest=[told(event, programme.initiatives) for event in programme.latest],
    )


def _key_figures(programme: Programme) -> list[KeyFigure]:
    total, kr = programme.total, "mio. kr."
    of_vote = danish.per_cent(total.awarded_oere, total.appropriated_oere)
    of_awards = danish.per_cent(total.paid_oere, total.awarded_oere)
    awarded = f"{of_vote} af bevillingen" if of_vote else "ingen bevilling endnu"
    paid = f"{of_awards} af tilsagn" if of_awards else "ingen tilsagn endnu"
    money = [
        ("voted", "Bevilget", total.appropriated_oere, _votes(programme.appropriations)),
        ("awarded", "Tilsagn", total.awarded_oere, awarded),
        ("paid", "Udbetalt", total.paid_oere, paid),
    ]
    courses = f"{danish.number(total.completed)} gennemført, {danish.number(total.withdrawn)} frafaldet"
    return [
        *(KeyFigure(key, name, danish.millions(oere), kr, note, "funding") for key, name, oere, note in money),
        KeyFigure("citizens", "Borgere", danish.number(total.enrolled), "", courses, "trials"),
        _key_net(total.net, total.break_even_year),
    ]


def _votes(appropriations: Sequence[AccountYear]) -> str:
    """`to konti, 2018 til 2019`."""
    years = {row.budget_year for row in appropriations}
    if not years:
        return "ingen bevilling endnu"
    accounts = len({row.account for row in appropriations})
    first, last = min(years), max(years)
    period = str(first) if first == last else f"{first} til {last}"
    return f"{danish.number_word(accounts)} {'konto' if accounts == 1 else 'konti'}, {period}"


def _key_net(net: Net | None, year: int | None) -> KeyFigure:
    label = "Forventet nettoresultat"
    if net is None:
        return KeyFigure("net", label, "ikke beregnet", "", "", "som")
    home = "ikke tjent hjem i perioden" if year is None else f"tjent hjem i {year}"
    return KeyFigure("net", label, danish.millions(net.total_oere, signed=True), "mio. kr.", home, "som")


def _lead(programme: Programme) -> list[tuple[str, bool]]:
    """The sentences under the title: pieces of text, and whether each is a figure to be stressed."""
    total = programme.total
    paid = danish.per_cent(total.paid_oere, total.appropriated_oere)
    if paid is None:
        return [("Der er ingen bevilling endnu. Tallene vises her, når den første er registreret.", False)]
    citizens, verb = findings.participants_phrase(programme)
    vote = danish.millions_kr(total.appropriated_oere)
    pieces = [("Af ", False), (vote, True), (" er ", False), (paid, True), (" udbetalt. ", False)]
    pieces += [(citizens.replace(" ", danish.NO_BREAK), True), (f" {verb}. ", False)]
    sentences = (findings.effect_sentence(programme.initiatives), findings.payback_sentence(total))
    return [*pieces, (" ".join(filter(None, sentences)), False)]


def _tracks(initiatives: Sequence[InitiativeFigures]) -> list[Group]:
    groups: dict[str, list[Row]] = {}
    for row in initiatives:
        name = findings.TRACK_NAMES.get(row.track or "", "Uden spor")
        groups.setdefault(name, []).append(_figures_row(row.initiative, row.title, row))
    return [Group(name, rows) for name, rows in groups.items()]


def _figures_row(key: str, name: str, row: Figures, *, whole: bool = False) -> Row:
    cells = [
        Cell(f"{key}.appropriated", "Bevilget, mio. kr.", danish.millions(row.appropriated_oere)),
        Cell(f"{key}.awarded", "Tilsagn, mio. kr.", danish.millions(row.awarded_oere)),
        _share(f"{key}.paid", row.paid_oere, row.awarded_oere),
        _people(f"{key}.enrolled", "Indrulleret", row.enrolled),
        _people(f"{key}.completed", "Gennemført", row.completed),
        _effect(f"{key}.effect", row.effect, whole=whole),
        *_net(key, row.net),
        _payback(f"{key}.payback", row.net, row.break_even_year),
    ]
    return Row(key, name, cells)


def _share(key: str, paid_oere: int, awarded_oere: int) -> Cell:
    figure, label = danish.share(paid_oere, awarded_oere), "Udbetalt, pct."
    return Cell(key, label, "ingen", word=True) if figure is None else Cell(key, label, figure)


def _people(key: str, label: str, count: int) -> Cell:
    return Cell(key, label, danish.number(count)) if count else Cell(key, label, "ingen", word=True)


def _shown(key: str, label: str, count: Count) -> Cell:
    if count.value is None:
        return Cell(key, label, "skjult", word=True)
    return _people(key, label, count.value)


def _effect(key: str, effect: Effect | None, *, whole: bool) -> Cell:
    label = "Virkning, procentpoint"
    if effect is None:
        return Cell(key, label, "ikke relevant" if whole else "ikke målt endnu", word=True)
    return Cell(key, label, danish.points(effect.difference), danish.interval(effect.low, effect.high))


def _net(key: str, net: Net | None) -> list[Cell]:
    labels = {
        "kommune": "Netto kommune",
        "region": "Netto region",
        "stat": "Netto stat",
        "total": "Netto i alt",
    }
    return [_net_cell(f"{key}.{payer}", label, net, payer) for payer, label in labels.items()]


def _net_cell(key: str, label: str, net: Net | None, payer: str = "total") -> Cell:
    label = f"{label}, mio. kr."
    if net is None:
        return Cell(key, label, "ikke beregnet", word=True)
    return Cell(key, label, danish.millions(getattr(net, f"{payer}_oere"), signed=True))


def _payback(key: str, net: Net | None, year: int | None) -> Cell:
    label = "Tjent hjem"
    if net is None:
        return Cell(key, label, "ikke beregnet", word=True)
    return Cell(key, label, "ikke i perioden", word=True) if year is None else Cell(key, label, str(year))


def _unpooled(amount_oere: int) -> Row | None:
    """The part of the vote that is in no pool yet: with it, the column adds up to the total."""
    if amount_oere == 0:
        return None
    cell = Cell("unpooled.appropriated", "Bevilget, mio. kr.", danish.millions(amount_oere))
    return Row("unpooled", "Endnu ikke i en pulje", [cell])


def _local_row(row: LocalFigures) -> Row:
    key = f"k{row.municipality}"
    if row.net_hidden:
        net = Cell(f"{key}.net", "Netto i alt, mio. kr.", "skjult", word=True)
        payback = Cell(f"{key}.payback", "Tjent hjem", "skjult", word=True)
    else:
        net = _net_cell(f"{key}.net", "Netto i alt", row.net)
        payback = _payback(f"{key}.payback", row.net, row.break_even_year)
    cells = [
        Cell(f"{key}.awarded", "Tilsagn, mio. kr.", danish.millions(row.awarded_oere)),
        _share(f"{key}.paid", row.paid_oere, row.awarded_oere),
        _shown(f"{key}.enrolled", "Indrulleret", row.enrolled),
        _shown(f"{key}.completed", "Gennemført", row.completed),
        net,
        payback,
    ]
    return Row(key, row.name, cells)


_STEPS = {
    "appropriated_oere": "Bevilget",
    "pooled_oere": "Udmeldt",
    "awarded_oere": "Tilsagn",
    "paid_oere": "Udbetalt",
    "accounted_for_oere": "Regnskab godkendt",
    "owed_oere": "Udestående krav",
}


def _account_row(row: AccountYear) -> Row:
    key = f"a{row.account}.{row.budget_year}"
    amounts = {name: getattr(row, name) for name in _STEPS}
    return _steps_row(key, f"§ {row.account}, {row.budget_year}".replace(" ", danish.NO_BREAK, 1), amounts)


def _accounts_total(rows: Sequence[AccountYear]) -> Row:
    return _steps_row("accounts", "I alt", {name: sum(getattr(row, name) for row in rows) for name in _STEPS})


def _steps_row(key: str, title: str, amounts: dict[str, int]) -> Row:
    cells = [
        Cell(f"{key}.{name}", f"{label}, mio. kr.", danish.millions(amounts[name])) for name, label in _STEPS.items()
    ]
    return Row(key, title, cells)
