"""The checklist's questions, in Danish and English."""

from __future__ import annotations

from typing import NamedTuple


class Question(NamedTuple):
    """A question. `maker`: no system can know the answer, so that the maker must always give one."""

    id: str
    da: str
    en: str
    maker: bool = False


QUESTIONS: tuple[Question, ...] = (
    Question("target-group", "Hvilken målgruppe regnes der på?", "Which target group is the calculation about?"),
    Question(
        "local-fit",
        "Hvordan ligner de lokale borgere målgruppen i vidensdatabasen, og hvordan afviger de?",
        "How are the local citizens like the target group in the knowledge base, and how do they differ?",
        maker=True,
    ),
    Question("success-measure", "Hvad er succesmålet?", "What is the success measure?"),
    Question(
        "success-rate",
        "Hvad er succesraten, fratrukket det, der ville være sket uden indsatsen, og hvor er den fra?",
        "What is the success rate, net of what would have happened without the intervention, and where is it from?",
    ),
    Question(
        "evidence-level",
        "Hvor sikker er viden om effekten (evidensniveau 1, 2 eller 3)?",
        "How sure is what is known of the effect (evidence level 1, 2 or 3)?",
    ),
    Question(
        "transfer-of-effect",
        "Hvorfor kan den samme effekt ventes her, når indsatsen gives af andre og til andre?",
        "Why can the same effect be expected here, where others give the intervention, to others?",
        maker=True,
    ),
    Question(
        "participants",
        "Hvor mange gennemfører i hvert driftsår, og hvor er tallet fra?",
        "How many complete in each operating year, and where is the number from?",
    ),
    Question("drop-out", "Hvordan er der taget højde for frafald?", "How is drop-out accounted for?"),
    Question(
        "consequences-included",
        "Hvilke konsekvenser er medregnet efter vidensdatabasens anbefaling?",
        "Which consequences are counted as the knowledge base recommends?",
    ),
    Question(
        "consequences-considered",
        "Hvilke konsekvenser skal overvejes, og er de medregnet eller ej?",
        "Which consequences are to be considered, and are they counted or not?",
    ),
    Question(
        "consequences-left-out",
        "Hvilke konsekvenser er kendt, men udeladt, og hvorfor?",
        "Which consequences are known but left out, and why?",
    ),
    Question(
        "own-consequences",
        "Hvilke egne konsekvenser er indtastet, og på hvilket grundlag?",
        "Which consequences of one's own are typed in, and on what grounds?",
    ),
    Question(
        "prices",
        "Hvilke priser er der regnet med: officielle, afledte, egne?",
        "Which prices are used: official, derived, own?",
    ),
    Question(
        "unsure-figures",
        "Hvilke tal er pladsholdere, illustrative, antaget eller simulerede?",
        "Which figures are placeholders, illustrative, assumed or simulated?",
    ),
    Question(
        "payers",
        "Hvordan er priserne delt mellem kommune, region og stat?",
        "How are the prices shared between municipality, region and state?",
    ),
    Question(
        "price-level",
        "I hvilket års priser er resultatet, og efter hvilket indeks er der omregnet?",
        "In which year's prices is the result, and by which index were prices converted?",
    ),
    Question("horizon", "Hvor mange år regnes effekten at vare?", "For how many years is the effect counted?"),
    Question(
        "discounting",
        "Efter hvilken rente er der tilbagediskonteret, og hvor i året falder beløbene?",
        "At which rate is the result discounted, and where in the year do the amounts fall?",
    ),
    Question(
        "costs",
        "Hvad koster indsatsen: forberedelse, uddannelse, drift, materiel?",
        "What does the intervention cost: preparation, training, operation, material?",
    ),
    Question("overhead", "Er der lagt overhead til, og hvor meget?", "Is overhead added, and how much?"),
    Question(
        "costs-complete",
        "Er alle udgifter med, også ledelse, lokaler og det personale, der ikke bogføres på indsatsen?",
        "Are all costs in, those of management, premises and staff that are booked elsewhere too?",
        maker=True,
    ),
    Question("grants", "Hvilke tilskud er modtaget, og fra hvem?", "Which grants are received, and from whom?"),
    Question(
        "saved-costs",
        "Hvad ville borgerne ellers have fået, og hvad ville det have kostet (sparede udgifter)?",
        "What would the citizens else have had, and what would it have cost (saved costs)?",
    ),
    Question(
        "options",
        "Hvilke valg afviger fra SØM's egne (indfasning, aftagende effekt, tilbagefald, fortrængning)?",
        "Which choices differ from SØM's own (phase-in, fade-out, relapse, displacement)?",
    ),
    Question(
        "lasting-effect",
        "Holder effekten? Hvad siger senere opfølgninger?",
        "Does the effect last? What do later follow-ups say?",
    ),
    Question(
        "uncertainty",
        "Hvilke tal er usikre, og hvor meget er de ladet variere?",
        "Which figures are uncertain, and how far were they varied?",
    ),
    Question(
        "not-counted",
        "Hvad er ikke regnet med, for eksempel borgernes velfærd, pårørende og frivillige?",
        "What is not counted, such as the citizens' welfare, relatives and volunteers?",
        maker=True,
    ),
    Question(
        "data-gaps",
        "Hvilke oplysninger mangler, og hvilken betydning kan det have for resultatet?",
        "Which data are missing, and what may that mean for the result?",
        maker=True,
    ),
)

QUESTION_IDS: tuple[str, ...] = tuple(question.id for question in QUESTIONS)
"""The ids of all questions, in the checklist's order."""
