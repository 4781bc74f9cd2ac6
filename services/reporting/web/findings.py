"""Headings that say what the figures show.

Each is computed from the same figures as the table under it, and falls back on a neutral heading where the
figures show nothing, or something that the sentence was not made for.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.views.figures import Figures, InitiativeFigures, LocalFigures, Net, Programme
from services.reporting.web.danish import listed, number, number_word

TRACK_NAMES = {"development": "Udviklingsspor", "dissemination": "Udbredelsesspor", "data": "Dataspor"}
MUNICIPALITIES = 98


def paid_heading(appropriated_oere: int, paid_oere: int) -> str:
    """`Seks af ti kroner er nået ud`."""
    if appropriated_oere <= 0 or paid_oere <= 0 or paid_oere > appropriated_oere:
        return "Bevillinger pr. konto og år"
    if paid_oere == appropriated_oere:
        return "Alle pengene er nået ud"
    tenths = (20 * paid_oere + appropriated_oere) // (2 * appropriated_oere)
    if tenths == 0:
        return "Mindre end en af ti kroner er nået ud"
    if tenths == 10:
        return "Næsten alle pengene er nået ud"
    return f"{number_word(tenths, capital=True)} af ti kroner er nået ud"


def initiatives_heading(initiatives: Sequence[InitiativeFigures]) -> str:
    """`Tre spor, seks initiativer`."""
    tracks = {row.track for row in initiatives if row.track in TRACK_NAMES}
    if not initiatives or any(row.track not in TRACK_NAMES for row in initiatives):
        return "Initiativer"
    count = len(initiatives)
    noun = "initiativ" if count == 1 else "initiativer"
    many = number_word(count) if count > 1 else "et"
    return f"{number_word(len(tracks), capital=True) if len(tracks) > 1 else 'Et'} spor, {many} {noun}"


def municipalities_heading(municipalities: Sequence[LocalFigures]) -> str:
    """`63 af 98 kommuner har fået tilsagn`."""
    awarded = sum(row.awarded_oere > 0 for row in municipalities)
    if awarded == 0 or awarded > MUNICIPALITIES:
        return "Kommuner"
    if awarded == MUNICIPALITIES:
        return "Alle 98 kommuner har fået tilsagn"
    return f"{awarded} af {MUNICIPALITIES} kommuner har fået tilsagn"


def effect_sentence(initiatives: Sequence[InitiativeFigures]) -> str | None:
    """`To af fire målte initiativer har et 95 pct.-interval over nul.` None while nothing is measured."""
    measured = [row.effect for row in initiatives if row.effect is not None]
    if not measured:
        return None
    above = sum(effect.low > 0 for effect in measured)
    if len(measured) == 1:
        where = "over nul" if above else "der ikke ligger over nul"
        return f"Det ene målte initiativ har et 95 pct.-interval {where}."
    some = "Et" if above == 1 else number_word(above, capital=True)
    return f"{some} af {number_word(len(measured))} målte initiativer har et 95 pct.-interval over nul."


def payback_sentence(total: Figures) -> str | None:
    """`Programmet ventes at være tjent hjem i 2022.` None while nothing is computed."""
    if total.net is None:
        return None
    if total.break_even_year is None:
        return "Programmet ventes ikke at være tjent hjem inden for beregningens år."
    return f"Programmet ventes at være tjent hjem i {total.break_even_year}."


def payers_sentence(net: Net | None) -> str | None:
    """`Staten og kommunerne ventes at vinde, regionerne at tabe.` None while nothing is computed."""
    if net is None:
        return None
    payers = [("kommunerne", net.kommune_oere), ("regionerne", net.region_oere), ("staten", net.stat_oere)]
    gaining = listed([name for name, amount in payers if amount > 0])
    losing = listed([name for name, amount in payers if amount < 0])
    if gaining and losing:
        text = f"{gaining} ventes at vinde, {losing} at tabe."
    elif gaining or losing:
        text = f"{gaining or losing} ventes at {'vinde' if gaining else 'tabe'}."
    else:
        text = "ingen af de tre betalere ventes at vinde eller tabe."
    return text[:1].upper() + text[1:]


def participants_phrase(programme: Programme) -> tuple[str, str]:
    """`3.412 borgere` and `er i forløb`: how many citizens take part just now."""
    active = programme.total.active
    return f"{number(active)} {'borger' if active == 1 else 'borgere'}", "er i forløb"
