"""What is typed into the workbook and where: the sheets' fields and tables, their Danish words and what they mean.

The one description that the exporter, the template and the importer share. A field or column is named as in
`CaseInputs`; its kind says how a cell is written and read.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from services.som.events import PAYERS

Kind = Literal["text", "whole", "number", "kroner", "date"]

FRONT = "Forside"
INTERVENTION = "1 Indsats"
COSTS = "2 Omkostninger"
EFFECT = "3 Effekt"
CONSEQUENCES = "4 Konsekvenser"
PRICES = "5 Priser"
ASSUMPTIONS = "6 Forudsætninger"
RESULTS = "7 Resultater"
CALCULATION = "Mellemregning"
FADED = "Mellemregning aftagende"

INPUT_SHEETS = (INTERVENTION, COSTS, EFFECT, CONSEQUENCES, PRICES, ASSUMPTIONS)

Words = Mapping[str, str]


def _words(**words: str) -> Words:
    """Code → Danish word."""
    return MappingProxyType(words)


PAYER = _words(**{payer: payer for payer in PAYERS})
KIND = _words(
    preparation="forberedelse", training="uddannelse", operation="drift", material="materiel", residual="restværdi"
)
STATUS = _words(
    official="officiel",
    published="offentliggjort",
    derived="afledt",
    own="egen",
    background="baggrund",
    assumed="antaget",
    simulated="simuleret",
    illustrative="illustrativ",
    placeholder="pladsholder",
)
"""From the surest to the least sure, as `STATUSES`."""
TIMING = _words(start="årets start", middle="midt i året", end="årets slutning")
INDEXATION = _words(one_series="én serie", families="hver familie sin serie")
INCLUDE = _words(include="anbefalede", consider="anbefalede og mulige", all="alle")
RECOMMENDATION = _words(include="medtag", consider="overvej", leave_out="udelad")
FAMILY = _words(services="serviceydelser", benefits="overførselsindkomster", state="statens ydelser")
ORIGIN = _words(trial="forsøg", evidence="evidens", typed="indtastet", pooled="sammenvejet")


class Column(NamedTuple):
    """An input column of a table, or an input field of a sheet: its name as in `CaseInputs`, its Danish heading, its
    kind, whether it must be filled in, the words it chooses among, and what is said of it."""

    name: str
    heading: str
    kind: Kind = "text"
    required: bool = False
    words: Words | None = None
    note: str = ""
    width: int = 14


class Table(NamedTuple):
    """A table on a sheet: found by its title in column A, its headings on the next row."""

    sheet: str
    title: str
    columns: tuple[Column, ...]
    note: str = ""


_STATUS = Column("status", "Status", "text", True, STATUS, "Hvor sikkert tallet er", 15)
_SOURCE = Column("source", "Kilde", "text", True, None, "Hvor tallet er fra", 40)
_YEAR = Column("year", "År", "whole", True, None, "Kalenderår", 9)
_PRICE_YEAR = Column("price_year", "Prisår", "whole", False, None, "Tomt: beløbet regnes ikke om", 9)
_PAYER = Column("payer", "Betaler", "text", True, PAYER, "Hvem der betaler", 12)

FIELDS: dict[str, tuple[Column, ...]] = {
    INTERVENTION: (
        Column("target_group", "Målgruppe", "text", True, None, "Målgruppens navn: små bogstaver, tal og bindestreger"),
        Column("success_measure", "Succesmål", "text", True, None, "Succesmålets navn: som ovenfor"),
        Column("decision_date", "Beslutningsdato", "date", True, None, "Bestemmer diskonteringstabel og år 0"),
    ),
    EFFECT: (
        Column("success_rate.rate", "Succesrate", "number", False, None, "−1 til 1, netto for sammenligningen: 0,10"),
        Column("success_rate.low", "Succesrate, lav", "number", False, None, "Nedre ende af 95 %-intervallet"),
        Column("success_rate.high", "Succesrate, høj", "number", False, None, "Øvre ende af 95 %-intervallet"),
        Column("success_rate.status", "Succesratens status", "text", False, STATUS, "Hvor sikkert tallet er"),
        Column("success_rate.origin", "Succesraten er fra", "text", False, ORIGIN, "Forsøg, evidens eller indtastet"),
        Column("success_rate.name", "Succesratens kilde", "text", False, None, "Studie, måling eller skøn"),
        Column("success_rate.evidence_level", "Evidensniveau", "whole", False, None, "1 (forsøg) til 3 (før og efter)"),
        Column("settings.fade_out", "Aftagen pr. år", "number", False, None, "Andel af effekten, der tabes hvert år"),
        Column(
            "settings.relapse", "Tilbagefald pr. år", "number", False, None, "Andel af succeserne, der tabes hvert år"
        ),
        Column("settings.displacement", "Fortrængning", "number", False, None, "Andel, der fortrænger anden indsats"),
        Column("settings.drop_out", "Frafald", "number", False, None, "Andel af de startede; tomt: gennemførte tælles"),
    ),
    ASSUMPTIONS: (
        Column("settings.timing", "Betalinger falder", "text", True, TIMING, "Hvor i året beløbene falder"),
        Column("settings.horizon", "Horisont", "whole", False, None, "Sidste år t med effekt; tomt: alle kendte år"),
        Column(
            "settings.price_level_year", "Prisniveau", "whole", False, None, "År; tomt: vidensdatabasens prisniveau"
        ),
        Column(
            "settings.indexation", "Priser reguleres med", "text", True, INDEXATION, "Én serie eller én pr. familie"
        ),
        Column("settings.include", "Konsekvenser, der tælles", "text", True, INCLUDE, "Hvilke anbefalinger tæller"),
        Column("settings.assumed_range", "Antaget usikkerhed", "number", False, None, "Andel til hver side"),
    ),
}
"""The fields of a sheet, one a row: heading in column A, value in B, what it is in C."""

TABLES: dict[str, Table] = {
    "cohorts": Table(
        INTERVENTION,
        "Deltagere pr. driftsår",
        (
            _YEAR,
            Column("completers", "Gennemførte", "whole", True, None, "Antal, der gennemfører i året"),
            Column("starters", "Startede", "whole", False, None, "Antal, der begynder"),
            Column("low", "Gennemførte, lav", "whole"),
            Column("high", "Gennemførte, høj", "whole"),
        ),
    ),
    "costs": Table(
        COSTS,
        "Omkostninger",
        (
            Column("kind", "Art", "text", True, KIND, "Restværdi er et negativt beløb", 14),
            _YEAR,
            _PAYER,
            Column("amount_oere", "Beløb (kr.)", "kroner", True, None, "Uden overhead", 16),
            Column("overhead", "Overhead", "number", False, None, "Andel oveni: 0,18", 10),
            _PRICE_YEAR,
            Column("low_oere", "Lav (kr.)", "kroner", False),
            Column("high_oere", "Høj (kr.)", "kroner", False),
            _STATUS,
            _SOURCE,
        ),
    ),
    "transfers": Table(
        COSTS,
        "Tilskud",
        (
            _YEAR,
            Column("payer_from", "Fra", "text", True, PAYER, "Hvem der giver tilskuddet"),
            Column("payer_to", "Til", "text", True, PAYER, "Hvem der får tilskuddet"),
            Column("amount_oere", "Beløb (kr.)", "kroner", True, None, "", 16),
            _PRICE_YEAR,
            _SOURCE,
        ),
    ),
    "savings": Table(
        COSTS,
        "Sparede omkostninger",
        (_YEAR, _PAYER, Column("amount_oere", "Beløb (kr.)", "kroner", True), _PRICE_YEAR, _STATUS, _SOURCE),
    ),
    "phase_in": Table(
        EFFECT,
        "Indfasning",
        (Column("share", "Indfaset andel", "number", False, None, "Tomt: hele effekten (1)"),),
        "Andel af effekten i år t = 0, 1, 2 …",
    ),
    "follow_ups": Table(
        EFFECT,
        "Senere opfølgninger",
        (
            Column("months", "Måneder efter", "whole", True, None, "Måneder efter forløbet"),
            Column("share_left", "Andel tilbage", "number", True, None, "Af effekten ved første måling"),
        ),
    ),
    "sources": Table(
        EFFECT,
        "Succesratens bestanddele",
        (
            Column("origin", "Fra", "text", True, ORIGIN),
            Column("name", "Navn", "text", True, None, "", 30),
            Column("rate", "Succesrate", "number", True),
            Column("low", "Lav", "number"),
            Column("high", "Høj", "number"),
            Column("weight", "Vægt", "number", True),
            Column("evidence_level", "Evidensniveau", "whole"),
        ),
    ),
    "consequences": Table(
        CONSEQUENCES,
        "Konsekvenser pr. succes",
        (
            Column("price_id", "Pris-id", "text", True, None, "En pris i '5 Priser'", 34),
            Column("unit", "Enhed", "text", False, None, "Samme enhed som prisen", 20),
            Column("recommendation", "Anbefaling", "text", True, RECOMMENDATION),
            _STATUS,
            _SOURCE,
            Column("target_group", "Målgruppe", "text", False, None, "Tomt: sagens"),
            Column("success_measure", "Succesmål", "text", False, None, "Tomt: sagens"),
            Column("register_years", "Registerår"),
            Column("note", "Note", "text", False, None, "", 30),
            Column("mark", "Mærke", "text", False, None, "Rækken er fra vidensdatabasen; rør ikke mærket", 10),
        ),
        "Ændret forbrug pr. succes og år t; minus er mindre forbrug. 's.e.' er standardfejlen.",
    ),
    "prices": Table(
        PRICES,
        "Priser",
        (
            Column("price_id", "Pris-id", "text", True, None, "Små bogstaver, tal og bindestreger", 34),
            Column("service", "Ydelse", "text", True, None, "", 34),
            Column("unit", "Enhed", "text", False, None, "fx kr. pr. døgn", 20),
            Column("amount_dkk", "Pris (kr.)", "number", True, None, "Pr. enhed, i prisåret", 16),
            Column("price_year", "Prisår", "whole", True, None, "", 9),
            Column("kommune", "Andel kommune", "number", True, None, "Andelene giver tilsammen 1"),
            Column("region", "Andel region", "number", True, None, "Andelene giver tilsammen 1"),
            Column("stat", "Andel stat", "number", True, None, "Andelene giver tilsammen 1"),
            Column("rule.rule_id", "Regel", "text", False, None, "Tomt: de faste andele"),
            Column("rule.quantity", "Regelmængde", "number", False, None, "Pr. enhed og år: døgn eller uger"),
            Column("rule.start", "Regelstart", "number", False, None, "Brugt før år 0"),
            Column("index_family", "Indeksfamilie", "text", True, FAMILY, "", 22),
            Column("low_dkk", "Lav (kr.)", "number"),
            Column("high_dkk", "Høj (kr.)", "number"),
            _STATUS,
            _SOURCE,
            Column("area", "Hovedområde", "text", False, None, "SØM's hovedområde", 20),
            Column("committee", "Udvalg", "text", False, None, "Kommunens eget udvalg", 20),
            Column("note", "Note", "text", False, None, "", 30),
            Column("mark", "Mærke", "text", False, None, "Rækken er fra vidensdatabasen; rør ikke mærket", 10),
        ),
    ),
}
"""Where each list of `CaseInputs` stands; the lists of a sheet in this order, one below the other."""

MAX_YEARS = 41
"""A consequence has a value for at most t = 0 … 40."""

CHANGE = "t = {}"
ERROR = "s.e. t = {}"
"""The headings of a consequence's years."""

MARKED = "Rækker fra vidensdatabasen"
"""How many consequences of the knowledge base the sheet has: one that was deleted is noticed."""

SEAL = "Kontrolmærke"
"""The digest of the tables that are the knowledge base's own: index, discount rates and rules' shares."""

INDEX_TITLE = "Indekstabel"
DISCOUNT_TITLE = "Diskonteringstabel"
RULES_TITLE = "Andele efter regel"
READ_ONLY_TITLES = {ASSUMPTIONS: (INDEX_TITLE, DISCOUNT_TITLE), PRICES: (RULES_TITLE,)}
POINTS_TITLE = "Opfølgninger i rækkefølge"
OTHER_TITLES = {EFFECT: ("Effektens forløb", POINTS_TITLE), ASSUMPTIONS: ("Vækst i diskonteringen",)}
"""Titles of tables that are formulas: a table above ends there."""

DATABASE_LEVEL = "Vidensdatabasens prisniveau"


def code(words: Words, word: str) -> str | None:
    """The code of a Danish word, None when there is none; a code is its own word."""
    known = {danish.casefold(): name for name, danish in words.items()} | {name: name for name in words}
    return known.get(word.strip().casefold())
