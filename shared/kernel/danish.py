"""Refusals in Danish: a sentence for each code, with the figures that explain it where there are any.

A part of a sentence in square brackets tells a figure (`{name}`), and is left out when a refusal does not have it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_date

from shared.kernel.calendar import COPENHAGEN

SENTENCES: dict[str, str] = {
    "INPUT_INVALID": "Et eller flere felter er forkerte, mangler eller er ukendte. Ret de felter, der er nævnt.",
    "INPUT_TOO_LARGE": "Der er sendt for meget på én gang[; grænsen er {limit_bytes} bytes]. Del det op.",
    "INPUT_TOO_DEEP": "Det sendte er pakket ind i for mange lag til at kunne læses. Send det fladere.",
    "REQUEST_MALFORMED": "Forespørgslen har ikke den aftalte form. Se docs/calling.md.",
    "METHOD_NOT_FOUND": "Tjenesten har ingen metode med det navn. Se docs/calling.md.",
    "COMMAND_ID_REUSED": "Dette command_id er brugt til en anden kommando. Dan et nyt til en ny kommando.",
    "CONFLICT": "Andre ændrede det samme på samme tid. Send kommandoen igen.",
    "UNAVAILABLE": "Databasen svarede ikke. Send det samme igen, uændret.",
    "INTERNAL": "Der skete en fejl hos os, og intet er ændret. Oplys referencen, der står i den engelske besked.",
    "NOT_REACHED": "Visningen er ikke kommet så langt endnu. Spørg igen om et øjeblik.",
    "CURSOR_BEYOND_HEAD": "Loggen er ikke kommet så langt[; den slutter ved {head}]. Er det en anden log, eller en"
    " genskabt?",
    "NOT_FOUND": "Det, der er nævnt, findes ikke. Slå navnet op, og prøv igen.",
    "ALREADY_EXISTS": "Navnet er brugt. Vælg et andet.",
    "AMOUNT_INVALID": "Beløbet er ikke et antal kroner med højst to decimaler. Skriv fx 12500,50.",
    "FILE_INVALID": "Filen kan ikke læses som aftalt. Kontrollér kolonner, tegnsæt og størrelse.",
    "COMPUTATION_TIMED_OUT": "Beregningen tog for lang tid. Spørg om mindre, eller igen senere.",
    "COMPUTATION_FAILED": "Beregningen gik i stå hos os, og intet er ændret. Prøv igen; bliver det ved, så sig til.",
    "CONFIG_INVALID": "En indstilling er forkert. Ret de variable, der er nævnt, og start igen.",
}
"""What any service may refuse with."""

_PART = re.compile(r"\[([^\]]*)\]")
_FIGURE = re.compile(r"\{(\w+)\}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})\Z")


def sentence(code: str, figures: Mapping[str, Any], own: Mapping[str, str] = SENTENCES) -> str | None:
    """The Danish sentence for a refusal, `own` before the common ones; None when there is none for its code."""
    wording = own.get(code, SENTENCES.get(code))
    if wording is None:
        return None

    def part(found: re.Match[str]) -> str:
        texts = {name: figure(name, figures.get(name)) for name in _FIGURE.findall(found[1])}
        return _FIGURE.sub(lambda one: texts[one[1]], found[1]) if all(texts.values()) else ""

    # An amount ends in a full stop of its own.
    return _PART.sub(part, wording).replace("kr..", "kr.")


def figure(name: str, value: Any) -> str:
    """A figure as a Dane reads it: øre as kroner, days and moments in words; nothing where there is nothing."""
    match value:
        case int() if name.endswith("_oere"):
            return kroner(value)
        case str() if _DAY.match(value):
            return format_date(datetime.fromisoformat(value), "long", locale="da_DK")
        case str() if _MOMENT.match(value):
            moment = datetime.fromisoformat(value).astimezone(COPENHAGEN)
            clock = f"{moment:%H.%M.%S}" if moment.second else f"{moment:%H.%M}"
            return f"{format_date(moment, 'long', locale='da_DK')} kl. {clock}"
        case list() | tuple():
            return ", ".join(figure("", one) for one in value)
        case str() | int():
            return str(value)
        case _:
            return ""


def kroner(amount_oere: int) -> str:
    """An amount with its øre, exact: `1.812.500,00 kr.`"""
    whole, rest = divmod(abs(amount_oere), 100)
    return f"{'-' if amount_oere < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02d} kr."
