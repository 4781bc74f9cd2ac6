"""What payers, statuses, kinds of cost, timings and origins are called, in Danish and English."""

from __future__ import annotations

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
