"""Every refusal of the fund in Danish (see shared/kernel/danish.py for the brackets)."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # Names.
    "NOT_FOUND": "Det, feltet nævner, findes ikke[ ({account}, {budget_year})]. Slå det op, og send det igen.",
    # Appropriations, indices and pools.
    "ALREADY_REGISTERED": "Bevillingen[ på § {account} for {budget_year}] er allerede registreret. Ændringer føres som"
    " tillægsbevilling, overførsel eller regulering.",
    "ZERO_AMOUNT": "Ændringen er på nul. Angiv et beløb, eller undlad at føre den.",
    "AMOUNT_TOO_LARGE": "Reguleringen giver et større beløb, end en postering må have[: {limit_oere}]. Kontrollér"
    " indeksets værdier.",
    "SAME_ACCOUNT_YEAR": "Beløbet står allerede på den konto og det år. Angiv en anden konto eller et andet år.",
    "ALREADY_REGULATED": "Finansåret[ {budget_year}] er allerede reguleret med denne ændring af indekset. Ret det med"
    " en tillægsbevilling.",
    "SAME_YEAR": "En pris- og lønregulering går fra ét år til et andet. Angiv to forskellige år.",
    "INDEX_YEAR_TWICE": "Indekset har samme år to gange[: {year}]. Angiv én værdi for hvert år.",
    "INDEX_YEAR_MISSING": "Indekset mangler et år[: {year}]. Angiv en værdi for hvert år fra det første til det"
    " sidste.",
    "OLDER_THAN_KNOWN": "Der er indlæst en nyere udgave af indekset[, offentliggjort den {known_published_on}]. Indlæs"
    " en, der ikke er ældre.",
    "DUPLICATE_DRAW": "Samme konto og år står to gange[: § {account}, {budget_year}]. Læg beløbene sammen.",
    "FUNDS_EXCEEDED": "Der er ikke penge nok[ på § {account} for {budget_year}][: {available_oere} er tilbage, og der"
    " blev bedt om {requested_oere}]. Vælg et mindre beløb eller en anden konto.",
    # Calls.
    "DEADLINE_BEFORE_OPENING": "Fristen skal ligge efter åbningen[, som er den {opens_at}].",
    "DECISION_BEFORE_DEADLINE": "Afgørelsen kan tidligst falde på fristens dag[, den {deadline_on}].",
    "PERIOD_REVERSED": "Perioden slutter, før den begynder. Ret datoerne.",
    "FRAME_EXCEEDS_POOL": "Rammen[ på {frame_oere}] er større end puljen[, som har {drawn_oere}]. Sæt rammen ned, eller"
    " udvid puljen først.",
    "DUPLICATE_CRITERION": "Et vurderingskriterium står to gange[: {criterion}]. Læg vægtene sammen.",
    "CALL_CLOSED": "Ansøgningsrunden er lukket[; fristen var den {deadline_at}]. Opslå en ny runde.",
    "DEADLINE_NOT_LATER": "En frist kan kun udskydes[; den er nu den {deadline_at}]. Vælg et senere tidspunkt.",
    "CALL_NOT_OPEN": "Ansøgningsrunden er ikke åbnet endnu[; den åbner den {opens_at}].",
    "DEADLINE_PASSED": "Ansøgningsfristen er udløbet[; den var den {deadline_at}]. Der kan ikke længere ændres eller"
    " sendes noget.",
    "NOT_ELIGIBLE": "Kommunen er ikke blandt dem, der kan søge i denne runde. Se rundens ansøgerkreds.",
    # Applications.
    "APPLICATION_NOT_OPEN": "Ansøgningen kan ikke ændres, som den står nu. Kontoret kan genåbne en indsendt ansøgning.",
    "APPLICATION_NOT_SUBMITTED": "Ansøgningen er ikke indsendt eller er allerede afgjort. Se dens status.",
    "CALL_CHANGED": "Ansøgningen er begyndt til en anden ansøgningsrunde. Kopiér den for at søge i denne.",
    "APPLICANT_CHANGED": "Ansøgningen er en anden kommunes.",
    "INCOMPLETE": "Projektbeskrivelsen mangler. Udfyld den, før ansøgningen sendes.",
    "DUPLICATE_POST": "Posten står to gange for samme projektår[: {post}, {project_year}]. Læg beløbene sammen.",
    "YEAR_OUTSIDE_PERIOD": "Projektåret[ {project_year}] ligger uden for perioden[, som går fra {first_year} til"
    " {last_year}].",
    "BUDGET_UNBALANCED": "Budgettet går ikke op[: posten {post} i {project_year} koster {expenses_oere} og er"
    " finansieret med {financing_oere}][: det er på {budget_oere}, og tilsagnet er på {award_oere}]. Det skal stemme på"
    " øren.",
    "NOTHING_APPLIED_FOR": "Der er ikke søgt om noget. Angiv mindst én linje i finansieringen med kilden grant.",
    # Assessment and decision.
    "CONFLICT_OF_INTEREST": "Personen har erklæret sig inhabil i ansøgningen. En anden må behandle den.",
    "TOO_EARLY": "Det er for tidligt[; det kan tidligst ske den {earliest}][; fristen er først den {deadline_at}].",
    "CRITERIA_MISMATCH": "Der skal gives point én gang for hvert af rundens kriterier og ikke for andet[. Der mangler:"
    " {missing}][. Ukendte: {unknown}][. To gange: {twice}].",
    "WRONG_POOL": "Ansøgningens runde hører til en anden pulje[: {pool_id}]. Giv tilsagnet fra den.",
    "REASON_MISSING": "Begrundelsen mangler. Skriv, hvorfor.",
    "DECIDER_MISSING": "Det mangler, hvem der afgør ansøgningen. Angiv personen i on_behalf_of.",
    "NOT_ASSESSED": "For få har vurderet ansøgningen[: {assessments} af {required}]. Lad flere vurdere den først.",
    "PERIOD_OUTSIDE_CALL": "Tilskudsperioden skal ligge inden for rundens[: {period_from} til {period_to}].",
    "MORE_THAN_APPLIED": "Der er kun søgt om et mindre beløb[: {applied_oere}, ikke {requested_oere}]. Giv højst det,"
    " der er søgt om.",
    "FRAME_EXCEEDED": "Rundens ramme er brugt op[: {available_oere} er tilbage, og der blev bedt om {requested_oere}]."
    " Giv et mindre tilsagn.",
    "DUPLICATE_EARMARK": "Samme øremærke står to gange[: {earmark}]. Læg beløbene sammen.",
    "UNKNOWN_EARMARK": "Tilskuddet har ikke det øremærke[: {earmark}].",
    "EARMARK_MISMATCH": "Budgetlinjerne under et øremærke skal give øremærkets beløb[: {earmark} er på {earmark_oere},"
    " linjerne på {budget_oere}]. Øremærkede penge kan ikke bruges til andet.",
    # Agreement.
    "GRANT_LAPSED": "Tilskuddet er bortfaldet. Skal der gives penge alligevel, kræver det et nyt tilsagn.",
    "GRANT_CLOSED": "Tilskuddet er afsluttet, og dets penge er gjort op.",
    "NOT_ACCEPTED": "Tilskuddet er ikke accepteret endnu. Modtageren skal først acceptere tilskudsbrevets vilkår.",
    "ALREADY_ISSUED": "Tilskudsbrevet er sendt.",
    "NO_LETTER": "Tilskudsbrevet er ikke sendt endnu. Send det først.",
    "ALREADY_ACCEPTED": "Tilskuddet er allerede accepteret.",
    "ACCEPTANCE_LATE": "Acceptfristen er overskredet[; den var den {accept_by}], og tilskuddet bortfalder.",
    "ALREADY_STARTED": "Projektet er allerede meldt i gang.",
    "STARTED_LATE": "Projektet skulle være begyndt[ senest den {start_by}], og tilskuddet bortfalder.",
    "NO_CHANGE": "Tilskuddet udbetales allerede efter den plan.",
    "DEADLINE_REVERSED": "Fristen ligger før den dag, den skal gælde fra. Vælg en senere frist.",
    "DUPLICATE_REPORT": "To rapporter har samme navn. Giv dem hver sit.",
    "FINAL_ACCOUNTS_MISSING": "Netop ét af regnskaberne skal være det afsluttende.",
    "YEARS_NOT_COVERED": "Regnskaberne skal tilsammen dække hvert år i perioden én gang[: {first_year} til"
    " {last_year}].",
    # Payments.
    "PAYMENTS_STOPPED": "Udbetalinger til tilskuddet er stoppet[ ({causes})], til det forfaldne er modtaget, eller"
    " kontoret ophæver stoppet.",
    "ALREADY_STOPPED": "Kontoret har allerede stoppet udbetalingerne.",
    "NOT_STOPPED": "Kontoret har ikke stoppet udbetalingerne. Et stop på grund af en rapport ophæves, når rapporten"
    " kommer.",
    "NOT_DUE": "Det er ikke forfaldent[: {due_oere} kan udbetales, og der blev bedt om {requested_oere}][; det kan"
    " tidligst ske den {earliest}][; fristen er den {due_on}].",
    "ALREADY_PAID": "Tilskuddet har allerede en udbetaling med det navn. Giv udbetalingen et andet.",
    "SAME_PERSON": "Den, der har forberedt udbetalingsbundtet, kan ikke godkende det. En anden skal godkende.",
    "TOTAL_DIFFERS": "Bundtets sum er en anden end den, der skulle godkendes[: {batch_oere}]. Gennemgå bundtet igen.",
    "WRONG_STATUS": "Det kan ikke ske, som sagen står nu. Se dens status.",
    "PAYMENT_UNKNOWN": "Bundtet har ingen sådan udbetaling til dette tilskud.",
    "ALREADY_ANSWERED": "Bankens svar på udbetalingen er registreret. Et forkert svar rettes med en rettelse.",
    "NOTHING_TO_CORRECT": "Der er ikke registreret noget andet svar fra banken, der kan rettes.",
    "FUNDS_MOVED": "Udbetalingens penge[, {amount_oere},] er siden brugt i et regnskab, et krav eller en anden"
    " udbetaling. Før det tilbage først.",
    # Reports and accounts.
    "WRONG_KIND": "Rapporten med det navn er af en anden slags.",
    "NOT_OWED": "Rapporten er allerede modtaget.",
    "YEAR_NOT_COVERED": "Regnskabet gælder ikke det projektår[: {project_year}].",
    "POST_NOT_IN_BUDGET": "Regnskabet må kun have poster fra det senest godkendte budget[; {post} i {project_year} er"
    " ikke blandt dem].",
    "POST_EXCEEDED": "Der er brugt mere på posten, end budgettet dækker[: {spent_oere} mod {budget_oere} på {post} i"
    " {project_year}]. Søg om en budgetændring først.",
    "POST_MISSING": "Regnskabet mangler en post fra det senest godkendte budget[: {post} i {project_year}]. Skriv 0,"
    " hvor intet er brugt.",
    "AUDITOR_REQUIRED": "Regnskabet for et tilskud af den størrelse[ (over {limit_oere})] skal revideres af en"
    " registreret eller statsautoriseret revisor.",
    "PERFORMANCE_AUDIT_REQUIRED": "Et tilskud af den størrelse[ (over {limit_oere})] kræver også forvaltningsrevision.",
    "NOT_SUBMITTED": "Der er intet modtaget regnskab at afgøre.",
    "NOT_DECIDED": "Kun et regnskab, der er godkendt eller forkastet, kan genåbnes.",
    "DUE_MISSING": "Angiv, hvornår regnskabet skal være her igen.",
    "ACCOUNTS_EXCEED_PAID": "Der er brugt mere, end der er udbetalt[: {spent_oere} mod {paid_oere} på {post} i"
    " {project_year}]. Udbetal resten, før regnskabet godkendes.",
    # Changes.
    "CHANGE_LATE": "Ændringer søges, før tilskudsperioden er slut[; den sluttede den {period_to}].",
    "CHANGE_PARTS": "Angiv de oplysninger, der hører til ændringens art, og ingen andre[. Der skal være: {wanted}]"
    "[. Der var: {given}].",
    "ALREADY_DECIDED": "Ændringen er allerede afgjort.",
    "NOT_LONGER": "En forlængelse skal slutte senere end perioden gør nu[, den {period_to}].",
    "FINAL_ACCOUNTS_IN": "Det afsluttende regnskab[, {report_id},] er modtaget. Send det tilbage, eller genåbn det, før"
    " perioden forlænges.",
    "BELOW_PAID": "En post kan ikke få mindre, end der er udbetalt på den[: {used_oere} på {post} i {project_year}].",
    "ACCOUNTS_NOT_APPROVED": "Årets regnskab[ ({project_year})] er ikke godkendt, så det uforbrugte kendes ikke endnu.",
    "CARRY_OVER_EXCEEDED": "Der er ikke så meget uforbrugt at overføre[: {unspent_oere} på {post}, og der blev bedt om"
    " {requested_oere}].",
    # Repayment and closure.
    "NO_CAUSE": "Det, kravet begrundes med, er ikke sket. Se tilskuddets rapporter og status.",
    "NOTHING_TO_CLAIM": "Der er intet at kræve tilbage: det udbetalte er gjort op, overført eller krævet.",
    "INVOICE_NOT_DUE": "Modtageren kan betale til og med fristen[, den {due_on}]. Kravet kan overdrages derefter.",
    "ALREADY_RECORDED": "Indbetalingen med det bilag er registreret på tilskuddet.",
    "REPAYMENT_EXCEEDED": "Der er indbetalt mere, end der skyldes[: {requested_oere} mod {owed_oere}]. Før det"
    " skyldige, og betal resten tilbage.",
    "PERIOD_RUNNING": "Et tilskud afsluttes, når perioden er slut[, den {period_to}], eller det afsluttende regnskab er"
    " afgjort.",
    "PAYMENT_PENDING": "En udbetaling er på vej[: {payable_oere}]. Registrér bankens svar først.",
    "UNSETTLED": "Der er udbetalt penge, som hverken er gjort op eller krævet tilbage[: {unsettled_oere}]. Afgør det"
    " først.",
    # The calendar and queries.
    "DAY_PASSED": "Kalenderen er allerede længere fremme[: {day}].",
    "AS_OF_BEYOND_HEAD": "Regnskabet er ikke kommet til den position[; det er ved {head}].",
    "DUPLICATE_DIMENSION": "En dimension står to gange. Nævn hver én gang.",
    # The office's command line.
    "DRAW_INVALID": "Et træk skrives KONTO/ÅR=KRONER, fx 15.26.04.10/2018=1800000.",
    "NOTHING_DUE": "Der er intet forfaldent at udbetale den dag.",
}
