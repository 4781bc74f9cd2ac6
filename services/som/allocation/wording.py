"""The advice in words: what it assumed, and where and why the ranking is another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from services.som.allocation.programme import Programme
from services.som.allocation.values import Aim, Chosen, Place, Said, Search
from services.som.applications import Call, Experience
from services.som.commands.queries import Earmark, Floor
from services.som.events import Status, SuccessRate
from services.som.model.figures import least_sure
from shared.kernel.danish import kroner

STATUSES_DA: dict[Status, str] = {
    "official": "officielle",
    "published": "publicerede",
    "derived": "udledte",
    "own": "egne",
    "background": "baggrundsviden",
    "assumed": "antagne",
    "simulated": "simulerede",
    "illustrative": "illustrative",
    "placeholder": "pladsholdere",
}


def assumptions(
    programme: Programme,
    aim: Aim,
    search: Search,
    floors: Sequence[Floor],
    earmarks: Sequence[Earmark],
    one_per_municipality: bool,
) -> tuple[Said, ...]:
    """What the advice takes for granted, the most important first."""
    found = [
        Said(
            en="This is advice from a calculation, not a decision: it weighs only what it is given in kroner.",
            da="Dette er et råd fra en beregning og ikke en afgørelse: det vejer kun det, der er opgjort i kroner.",
        ),
        _figures(programme),
        Said(
            en="A grant is given whole or not at all, and one grant does not change what another comes to.",
            da="Et tilskud gives helt eller slet ikke, og det ene ændrer ikke, hvad det andet giver.",
        ),
    ]
    if floors:
        found.append(Said(en="Each floor is kept.", da="Hvert mindstebeløb er overholdt."))
    if earmarks:
        found.append(
            Said(
                en="A grant may be paid partly from earmarked and partly from free money.",
                da="Et tilskud kan betales dels af øremærkede og dels af frie midler.",
            )
        )
    if one_per_municipality:
        found.append(Said(en="A municipality gets at most one grant.", da="En kommune får højst ét tilskud."))
    if aim == "target":
        found.append(_draws(search))
    found.append(
        Said(
            en="Of equally good choices the one that costs less is taken, then the one with the earlier ids, as far as"
            " one grant put in another's place shows it.",
            da="Blandt lige gode valg tages det billigste og dernæst det med de første navne, så langt en ombytning af"
            " ét tilskud med et andet viser det.",
        )
    )
    if not search.proven:
        found.append(_stopped(aim, search))
    return tuple(found)


def of_applications(call: Call, known: Experience, rate: SuccessRate | None) -> tuple[Said, ...]:
    """What was assumed of a call's applications: how many complete in them, and what each is computed from."""
    per_million = f"{Decimal(known.completers) * 100_000_000 / known.granted_oere:.2f}"
    cases, sager = ("case", "sag") if known.cases == 1 else ("cases", "sager")
    completers = Said(
        en=f"How many complete is assumed, for the applications do not say: {per_million} per million kroner applied"
        f" for, from {known.cases} {cases} of {call.initiative} in which {known.completers} completed so far, with"
        f" grants of {known.granted_oere // 100:,} kr. How far off that may be is not known, and no chance counts it.",
        da=f"Hvor mange der gennemfører, er antaget, for ansøgningerne siger det ikke: {per_million.replace('.', ',')}"
        f" pr. million ansøgte kroner, ud fra {known.cases} {sager} i {call.initiative}, hvor {known.completers} har"
        f" gennemført indtil nu, med tilskud på {kroner(known.granted_oere)} Hvor meget det kan ramme ved siden af,"
        " vides ikke, og ingen sandsynlighed regner med det.",
    )
    return completers, _computed_as(call, rate)


def _computed_as(call: Call, rate: SuccessRate | None) -> Said:
    day = call.decision_on.isoformat()
    if rate is None:
        return Said(
            en=f"Each application is computed as it was sent and decided on {day}; no success rate of"
            f" {call.initiative} is known, so only what it costs counts.",
            da=f"Hver ansøgning er beregnet, som den blev sendt, og som afgjort {day}; der kendes ingen succesrate for"
            f" {call.initiative}, så kun udgiften tæller.",
        )
    share = f"{rate.rate.normalize() + 0:f}"
    return Said(
        en=f"Each application is computed as it was sent and decided on {day}, with the success rate that a case of"
        f" {call.initiative} has today where no economist chose another: {share} ({rate.name}).",
        da=f"Hver ansøgning er beregnet, som den blev sendt, og som afgjort {day}, med den succesrate, som en sag i"
        f" {call.initiative} har i dag, hvor ingen økonom har valgt en anden: {share.replace('.', ',')} ({rate.name}).",
    )


def _figures(programme: Programme) -> Said:
    counted = Counter(option.status for option in programme.options)
    weakest = least_sure(counted)
    count, of = counted[weakest], len(programme.options)
    return Said(
        en=f"The net results are those of the calculations, after discounting, all payers together; the least sure"
        f" figures behind {count} of {of} options are {weakest}.",
        da=f"Nettoresultaterne er beregningernes, tilbagediskonteret og for alle betalere tilsammen; de mindst sikre"
        f" tal bag {count} af {of} muligheder er {STATUSES_DA[weakest]}.",
    )


def _draws(search: Search) -> Said:
    return Said(
        en=f"Sets were looked for on {search.draws_searched} draws, evenly chosen; which of them is likeliest, and how"
        f" likely, is said by all {search.draws}.",
        da=f"Valg er søgt på {search.draws_searched} jævnt udvalgte udtræk; hvilket af dem der er mest sandsynligt, og"
        f" hvor sandsynligt, siger alle {search.draws}.",
    )


def _stopped(aim: Aim, search: Search) -> Said:
    share = Decimal(100) * search.gap
    written = f"{share:.1f}"
    if aim == "expected":
        return Said(
            en=f"The search met its limit: a better choice may exist, better by at most {written} per cent.",
            da=f"Søgningen nåede sin grænse: et bedre valg kan findes, højst {written.replace('.', ',')} pct. bedre.",
        )
    return Said(
        en=f"A likelier choice may exist: on the draws searched, by at most {written} percentage points.",
        da=f"Et mere sandsynligt valg kan findes: på de udtræk, der er søgt på, højst {written.replace('.', ',')}"
        " procentpoint.",
    )


def difference(advised: Chosen, ranking: Chosen, places: Sequence[Place], aim: Aim) -> Said:
    """Where and why the ranking by net result per krone parts from the advice."""
    if advised.option_ids == ranking.option_ids:
        return Said(en="The ranking gives the same grants.", da="Ranglisten giver de samme tilskud.")
    only = ", ".join(place.option_id for place in places if place.ranked and not place.advised) or "–"
    instead = ", ".join(place.option_id for place in places if place.advised and not place.ranked) or "–"
    en = f"The ranking gives {only}; the advice gives {instead} instead."
    da = f"Ranglisten giver {only}; rådet giver i stedet {instead}."
    if ranking.floors_missed:
        tracks = ", ".join(ranking.floors_missed)
        en += f" The ranking misses the floor of {tracks}."
        da += f" Ranglisten når ikke mindstebeløbet for {tracks}."
    elif aim == "target":
        en += " The ranking looks at the expected net result, the advice at the probability of reaching the target."
        da += " Ranglisten ser på det forventede nettoresultat, rådet på sandsynligheden for at nå målet."
    else:
        more = advised.net_result_oere - ranking.net_result_oere
        en += " Whole grants do not fill the budget in the ranking's order; the advice comes"
        en += f" to {more // 100:,} kr. more."
        da += f" Hele tilskud fylder ikke budgettet ud i ranglistens orden; rådet giver {kroner(more)} mere."
    return Said(en=en, da=da)
