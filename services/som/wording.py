"""What payers, statuses, kinds of cost, timings, origins and studies are called, in Danish and English."""

from __future__ import annotations

from services.som.evidence.studies import IMPOSSIBLE, NO_COMPARISON, NO_CONTROL_SHARE, NO_CONVERSION, NO_FIGURE

Both = tuple[str, str]
"""The same in Danish and English."""

STATUS_WORDS: dict[str, Both] = {
    "official": ("officiel", "official"),
    "published": ("publiceret", "published"),
    "derived": ("afledt", "derived"),
    "own": ("egen", "own"),
    "background": ("baggrundsviden", "background"),
    "assumed": ("antaget", "assumed"),
    "simulated": ("simuleret", "simulated"),
    "illustrative": ("illustrativ", "illustrative"),
    "placeholder": ("pladsholder", "placeholder"),
}
PAYER_WORDS: dict[str, Both] = {
    "kommune": ("kommune", "municipality"),
    "region": ("region", "region"),
    "stat": ("stat", "state"),
}
COST_WORDS: dict[str, Both] = {
    "preparation": ("forberedelse", "preparation"),
    "training": ("uddannelse", "training"),
    "operation": ("drift", "operation"),
    "material": ("materiel", "material"),
    "residual": ("restværdi", "residual value"),
}
TIMING_WORDS: dict[str, Both] = {
    "start": ("ved årets begyndelse", "at the start of the year"),
    "middle": ("midt i året", "in the middle of the year"),
    "end": ("ved årets slutning", "at the end of the year"),
}
ORIGIN_WORDS: dict[str, Both] = {
    "trial": ("eget forsøg", "own trial"),
    "evidence": ("anden forskning", "other research"),
    "typed": ("indtastet", "typed in"),
    "pooled": ("forsøg og anden forskning sammenvejet", "trial and other research pooled"),
}
DESIGN_WORDS: dict[str, Both] = {
    "rct": ("lodtrækningsforsøg", "randomised trial"),
    "meta": ("metaanalyse", "meta-analysis"),
    "quasi": ("kvasieksperiment", "quasi-experiment"),
    "before-after": ("før og efter", "before and after"),
}
REASON_WORDS: dict[str, Both] = {
    NO_FIGURE: ("studiet siger kun retningen og har intet tal", NO_FIGURE),
    NO_COMPARISON: ("en andel uden sammenligning er ingen nettoeffekt", NO_COMPARISON),
    NO_CONTROL_SHARE: (
        "en ratio eller standardiseret forskel kræver sammenligningens andel af succeser",
        NO_CONTROL_SHARE,
    ),
    NO_CONVERSION: ("målet kan ikke omregnes til en forskel i andelen af succeser", NO_CONVERSION),
    IMPOSSIBLE: ("ingen andel af succeser passer til tallene", IMPOSSIBLE),
}
"""Why a study has no net success rate."""
