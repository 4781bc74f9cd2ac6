"""What the check says, in English and Danish."""

from __future__ import annotations

from services.funding.office.words import WORDS
from shared.office.words import Language

LANGUAGES: tuple[Language, ...] = ("en", "da")

RULES: dict[str, tuple[str, str]] = {
    # The log.
    "POSITION": (
        "Positions are contiguous, from 1.",
        "Positionerne er uden huller, fra 1.",
    ),
    "VERSION": (
        "Versions are contiguous in each stream, from 1.",
        "Versionerne er uden huller i hver strøm, fra 1.",
    ),
    "TIME": (
        "The time of recording never goes back.",
        "Registreringstiden går aldrig tilbage.",
    ),
    "DIGEST": (
        "An event's content is what its digest was made of.",
        "En hændelses indhold er det, dens fingeraftryk blev lavet af.",
    ),
    "LINK": (
        "The hash chain holds: the append that begins here is what was appended, in its place.",
        "Kæden holder: det, der blev tilføjet herfra, er det oprindelige, på sin plads.",
    ),
    "COUNTER": (
        "The log ends where its counter says, with the chain that it says.",
        "Loggen slutter, hvor dens tæller siger, med den kæde den siger.",
    ),
    "ANCHOR": (
        "A head that was noted earlier is still in the log.",
        "Et hoved, der blev noteret tidligere, står stadig i loggen.",
    ),
    "PAYLOAD": (
        "An event's payload is JSON and has what its type has.",
        "En hændelses indhold er JSON og har, hvad dens type har.",
    ),
    # Postings.
    "POSTING": (
        "A posting is a whole number of øre other than nought, on an account of the chart of accounts.",
        "En postering er et helt antal øre forskelligt fra nul, på en konto i kontoplanen.",
    ),
    "OWNER": (
        "A posting belongs to a pool that was opened, or to a grant that was awarded once and from that pool.",
        "En postering hører til en åbnet pulje eller et tilskud, der er tildelt én gang og fra den pulje.",
    ),
    "UNBALANCED": (
        "Debits equal credits in each event and account-year.",
        "Debet er lig kredit i hver hændelse og hvert kontoår.",
    ),
    "AMOUNT": (
        "An event's postings move the amount that the event tells.",
        "En hændelses posteringer flytter det beløb, hændelsen fortæller.",
    ),
    # Balances.
    "FUNDS_EXCEEDED": (
        "Committed ≤ pooled ≤ appropriated ≤ voted, in each account-year.",
        "Tilsagn ≤ puljer ≤ bevilling ≤ vedtaget, i hvert kontoår.",
    ),
    "POOL_EXCEEDED": (
        "A pool has promised no more than it drew, in any account-year.",
        "En pulje har ikke givet tilsagn om mere, end den har fået, i noget kontoår.",
    ),
    "RESTORED": (
        "What went back to pools is what lapsed and was repaid, in each account-year.",
        "Det, der er ført tilbage til puljer, er det bortfaldne og det tilbagebetalte, i hvert kontoår.",
    ),
    "GRANT_TOTAL": (
        "A grant's accounts add up to its award, in each account-year.",
        "Et tilskuds konti giver tilsammen dets tilsagn, i hvert kontoår.",
    ),
    "GRANT_NEGATIVE": (
        "No account of a grant is overdrawn.",
        "Ingen af et tilskuds konti er overtrukket.",
    ),
    "BUDGET": (
        "A grant's budget adds up to its award, and its lines under an earmark to the earmark.",
        "Et tilskuds budget giver dets tilsagn, og linjerne under en øremærkning giver øremærkningen.",
    ),
    "AWARD_EXCEEDED": (
        "No more has been paid out of a grant than its award.",
        "Der er ikke udbetalt mere af et tilskud end dets tilsagn.",
    ),
    "POST_EXCEEDED": (
        "No more has been paid out for a post and project year than the last budget says.",
        "Der er ikke udbetalt mere til en post i et projektår, end det seneste budget siger.",
    ),
    "EARMARK_EXCEEDED": (
        "No more has been paid out under an earmark than the earmark.",
        "Der er ikke udbetalt mere under en øremærkning end øremærkningen.",
    ),
    # Payments.
    "NOT_PAYABLE": (
        "Nothing is ordered for a grant that is not accepted, or is stopped, lapsed or closed.",
        "Intet anvises til et tilskud, der ikke er accepteret, eller som er stoppet, bortfaldet eller afsluttet.",
    ),
    "PAYMENT": (
        "A payment is ordered once, answered once, and corrected to the other answer only, with one amount.",
        "En betaling anvises én gang, besvares én gang og rettes kun til det modsatte svar, med ét beløb.",
    ),
    "BATCH": (
        "A batch's lines add up to its total, and each payment ordered is a line of a batch approved with it.",
        "Et bundts linjer giver dets sum, og hver anvist betaling er en linje i et bundt, der er godkendt med den.",
    ),
    "FOUR_EYES": (
        "Whoever prepared a batch has not approved it.",
        "Den, der har forberedt et bundt, har ikke godkendt det.",
    ),
    "NOT_SETTLED": (
        "A closed grant has settled all that was paid, and nothing of it is committed or on its way.",
        "Et afsluttet tilskud har gjort rede for alt udbetalt, og intet af det er lovet eller på vej.",
    ),
    "STREAMS": (
        "Accounts, pools and grants tell the same of what one command moved between them.",
        "Konti, puljer og tilskud fortæller det samme om, hvad én kommando flyttede mellem dem.",
    ),
    # Views.
    "VIEW_AHEAD": (
        "No view has come further than the log.",
        "Ingen visning er kommet længere end loggen.",
    ),
    "JOURNAL": (
        "The journal has the log's postings and no others.",
        "Journalen har loggens posteringer og ingen andre.",
    ),
    "BALANCES": (
        "The balances after each block of positions are the sums of the log's postings.",
        "Saldiene efter hver blok af positioner er summerne af loggens posteringer.",
    ),
}
"""Every rule by its code: what should hold, in English and Danish."""

SENTENCES = {
    "head": ("Head to be noted", "Hoved at notere"),
    "views": ("The views have come to position", "Visningerne er kommet til position"),
    "behind": ("behind", "bagud"),
    "parked": ("events set aside", "hændelser sat til side"),
    "right": ("Nothing is wrong.", "Intet er galt."),
    "wrong": ("Findings", "Fund"),
    "shown": ("the first of them", "de første af dem"),
    "position": ("position", "position"),
}

FIGURES_IN_DANISH = {name.removesuffix("_oere"): danish.lower() for name, (danish, _) in WORDS.items()} | {
    "approved_by": "godkendt af",
    "award": "tilsagn",
    "awarded_from": "tildelt fra",
    "batch_id": "bundt",
    "because": "fordi",
    "before": "før",
    "block": "blok",
    "budget": "budget",
    "chain": "kæde",
    "column": "kolonne",
    "difference": "forskel",
    "error": "fejl",
    "expected": "ventet",
    "head": "hoved",
    "is": "er",
    "journal": "journal",
    "left": "tilbage",
    "line": "linje",
    "lines": "linjer",
    "log": "log",
    "next": "næste",
    "of": "af",
    "ordered": "anvist",
    "paid_out": "udbetalt",
    "posted": "posteret",
    "prepared_by": "forberedt af",
    "recorded_at": "registreret",
    "restored": "ført tilbage",
    "settled": "gjort rede for",
    "stream_id": "strøm",
    "told": "fortalt",
    "version": "version",
    "view": "visning",
    "views": "visninger",
    "was": "var",
    "what": "hvad",
}
"""The names of figures without `_oere`, the office's and those that only the check has; in English they speak for
themselves."""
