"""The office's tables: which columns each has, in which order, and what they are called in Danish and English."""

from __future__ import annotations

from shared.office.words import Vocabulary

COLUMNS: dict[str, str] = {
    "calls": "call_id pool_id title deadline_at decision_on frame_oere awarded_oere status",
    "applications": "application_id municipality title status applied_oere submitted_at grant_id",
    "ranking": "rank application_id municipality status points lowest highest assessors conflicts applied_oere",
    "grants": "grant_id pool_id municipality status stopped amount_oere period_from period_to",
    "due": "grant_id municipality amount_oere",
    "batch": "payment_id grant_id amount_oere status bank_reference reason",
    "deadlines": "due_on kind key reference",
    "position": "account budget_year voted_oere pooled_oere committed_oere paid_oere accounted_for_oere owed_oere"
    " repaid_oere lapsed_oere",
    "statement": "effective_on position type reference ledger_account post project_year earmark amount_oere"
    " not_yet_paid_oere",
}

WORDS: dict[str, tuple[str, str]] = {
    "account": ("Konto", "Account"),
    "accounted_for_oere": ("Regnskab godkendt", "Accounted for"),
    "amount_oere": ("Beløb", "Amount"),
    "application_id": ("Ansøgning", "Application"),
    "applied_oere": ("Ansøgt", "Applied for"),
    "assessors": ("Bedømmere", "Assessors"),
    "awarded_oere": ("Tilsagn", "Awarded"),
    "balance_oere": ("Saldo", "Balance"),
    "bank_reference": ("Bankens reference", "Bank's reference"),
    "budget_year": ("Finansår", "Budget year"),
    "call_id": ("Runde", "Call"),
    "committed_oere": ("Tilsagn", "Committed"),
    "conflicts": ("Inhabile", "Conflicts"),
    "deadline_at": ("Ansøgningsfrist", "Deadline"),
    "decision_on": ("Afgørelse", "Decision"),
    "due_on": ("Frist", "Due"),
    "earmark": ("Øremærke", "Earmark"),
    "effective_on": ("Dato", "Date"),
    "frame_oere": ("Ramme", "Frame"),
    "grant_id": ("Tilskud", "Grant"),
    "highest": ("Højest", "Highest"),
    "initiative": ("Initiativ", "Initiative"),
    "key": ("Hvad", "Of"),
    "kind": ("Slags", "Kind"),
    "lapsed_oere": ("Bortfaldet", "Lapsed"),
    "ledger_account": ("Kontoart", "Ledger account"),
    "lowest": ("Lavest", "Lowest"),
    "municipality": ("Kommune", "Municipality"),
    "not_yet_paid_oere": ("Ikke udbetalt", "Not yet paid"),
    "owed_oere": ("Skyldig tilbagebetaling", "Owed"),
    "paid_oere": ("Udbetalt", "Paid"),
    "payment_id": ("Udbetaling", "Payment"),
    "period_from": ("Fra", "From"),
    "period_to": ("Til", "To"),
    "points": ("Point", "Points"),
    "pool_id": ("Pulje", "Pool"),
    "pooled_oere": ("I puljer", "Pooled"),
    "position": ("Post nr.", "Position"),
    "post": ("Budgetpost", "Post"),
    "project_year": ("Projektår", "Project year"),
    "rank": ("Nr.", "Rank"),
    "reason": ("Begrundelse", "Reason"),
    "reference": ("Reference", "Reference"),
    "repaid_oere": ("Tilbagebetalt", "Repaid"),
    "status": ("Status", "Status"),
    "stopped": ("Standset", "Stopped"),
    "submitted_at": ("Indsendt", "Submitted"),
    "title": ("Titel", "Title"),
    "total": ("I alt", "Total"),
    "type": ("Hændelse", "Event"),
    "voted_oere": ("Bevilget", "Voted"),
}
STATUSES: dict[str, str] = {
    "accepted": "accepteret",
    "approved": "godkendt",
    "awarded": "tilsagn",
    "cancelled": "annulleret",
    "closed": "afsluttet",
    "draft": "kladde",
    "ended": "periode udløbet",
    "lapsed": "bortfaldet",
    "letter_issued": "tilskudsbrev sendt",
    "ordered": "bestilt",
    "paid": "udbetalt",
    "prepared": "klargjort",
    "published": "åben",
    "refused": "afslag",
    "reopened": "genåbnet",
    "returned": "returneret",
    "started": "i gang",
    "submitted": "indsendt",
    "withdrawn": "trukket tilbage",
}
LEDGER_WORDS: dict[str, str] = {
    "voted": "bevilget",
    "appropriated": "fri bevilling",
    "pooled": "pulje",
    "committed": "tilsagn",
    "payable": "til udbetaling",
    "paid": "udbetalt",
    "carried_over": "overført",
    "accounted_for": "regnskab godkendt",
    "receivable": "tilbagebetalingskrav",
    "repaid": "tilbagebetalt",
    "waived": "eftergivet",
    "lapsed": "bortfaldet",
    "restored": "tilbageført til pulje",
}

VOCABULARY = Vocabulary(
    columns=COLUMNS,
    words=WORDS,
    values={
        column: {value: (danish, value) for value, danish in words.items()}
        for column, words in (("status", STATUSES), ("ledger_account", LEDGER_WORDS))
    },
    right=frozenset(("rank", "points", "lowest", "highest", "position")),
)
