"""Every refusal of the investment model in Danish (see shared/kernel/danish.py for the brackets)."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # The knowledge base.
    "ALREADY_PUBLISHED": "Der er udgivet en version med det navn[: {version_label}]. Vælg et andet.",
    "DUPLICATE_ENTRY": "To rækker handler om det samme[: {key}]. Behold den ene.",
    "SHARES_DO_NOT_ADD_UP": "Betalernes andele af en pris skal give 1 tilsammen[; for {price_id} giver de"
    " {shares_add_up_to}].",
    "RANGE_NOT_ASCENDING": "Det lave tal må ikke være over midtertallet, og midtertallet ikke over det høje. Sæt dem i"
    " orden.",
    "UNKNOWN_PRICE": "En konsekvens nævner en pris, der ikke er blandt priserne[: {price_id}]. Tilføj den, eller ret"
    " navnet.",
    "STANDARD_ERRORS_LENGTH": "En konsekvens har en standardfejl for hvert år eller slet ingen[; her er der"
    " {standard_errors} til {years} år].",
    "UNKNOWN_RULE": "En pris nævner en betalerregel, der ikke er blandt reglerne[: {rule_id}]. Tilføj den, eller ret"
    " navnet.",
    "RULE_QUANTITY_MISMATCH": "En pris har et antal, når dens regel tæller dage eller uger, og intet, når den tæller"
    " kroner[; reglen er {rule_id}].",
    "RULE_STEPS_NOT_ASCENDING": "Hvert trin i en betalerregel skal begynde over det forrige[; se {rule_id} ved"
    " {start}].",
    "RULE_LEVEL_YEAR_MISSING": "Grænser og lofter i kroner hører til et prisniveau[; {rule_id} har intet]. Angiv året.",
    "UNKNOWN_STUDY": "Der er nævnt et studie, der ikke er blandt studierne[: {study_id}][: {study_ids}]. Tilføj det,"
    " eller ret navnet.",
    "INDEX_YEAR_MISSING": "Indekset[ {series}] mangler et år[: {year}]. Tilføj det, eller vælg et andet indeks.",
    "DISCOUNT_TABLE_GAP": "En rentetabel skal dække hvert år fra 0 og frem én gang uden huller[; se år {year}].",
    "DISCOUNT_TABLE_MISSING": "Ingen rentetabel gjaldt på beslutningsdagen[ den {decision_date}]. Tilføj en, eller vælg"
    " en senere dag.",
    "HORIZON_BEYOND_CONSEQUENCES": "Horisonten rækker længere, end nogen konsekvens er kendt[; den er kendt til år"
    " {known_to}].",
    "DROP_OUT_WITHOUT_STARTERS": "Frafald regnes af dem, der begynder, og et år[, {year},] siger kun, hvor mange der"
    " gennemførte. Angiv, hvor mange der begyndte.",
    # Evidence and tables.
    "NO_INTERVAL": "En succesrate uden 95 %-interval kan ikke vejes mod en anden[: {name}]. Angiv intervallet,"
    " eller vælg den ene.",
    "NOT_CONVERTIBLE": "Studiets resultat kan ikke omregnes til en succesrate[: {study_id}]. Udelad det, eller angiv"
    " sammenligningens andel.",
    "NO_STUDIES": "Der er ingen studier at tage en succesrate fra.",
    "TABLE_INVALID": "Tabellerne er ikke indlæst[; der er {problems} fejl]. Ret de steder, der er nævnt, og indlæs"
    " igen.",
    "WORKBOOK_INVALID": "Regnearket er ikke indlæst[; der er {problems} fejl]. Ret de celler, der er nævnt, og indlæs"
    " igen.",
    "WORKBOOK_TOO_LARGE": "Sagen har for mange konsekvenser, årgange og år til et regneark[: {formulas} formler; der"
    " er plads til {limit}]. Udelad konsekvenser, eller forkort horisonten.",
    "FOLDER_INVALID": "Mappen kan ikke læses eller skrives, eller den findes allerede. Kontrollér navnet.",
    # Sensitivity.
    "UNKNOWN_UNCERTAIN_INPUT": "Det er ikke et af beregningens usikre input. Tornadoen viser dem, der er.",
    "SAME_UNCERTAIN_INPUT": "Vælg to forskellige input, der skal varieres sammen.",
    # Where the next krone goes.
    "ALLOCATION_INVALID": "Der kan ikke gives råd om dette. Ret de felter, der er nævnt.",
    "ALLOCATION_INFEASIBLE": "Mindstebeløbene kan ikke overholdes[: {floors_oere} i alt, med et budget på"
    " {budget_oere}][: {floor_oere}, hvor sporet kan få {available_oere}][: {floor_oere}, hvor sporets muligheder er på"
    " {reachable_oere}]. Sæt et mindstebeløb ned, eller hæv budgettet.",
    "ALLOCATION_NOT_FOUND": "Der blev ikke fundet et valg, der overholder mindstebeløbene, inden for den givne tid[ på"
    " {seconds} sekunder]. Giv mere tid, eller sæt et mindstebeløb ned.",
    "NO_EXPERIENCE": "Ingen har gennemført i en sag i indsatsen[ {initiative}] endnu, så intet siger, hvor mange der"
    " vil i ansøgningerne. Lav et scenarie for hver ansøgning, og angiv dem som muligheder.",
    # Live cases.
    "NOT_COMPUTED": "Der er ikke udgivet nogen vidensbase endnu, så sagen kan ikke beregnes.",
    "RATE_MISSING": "Succesraten skal angives, når den er valgt som indtastet.",
    # Scenarios.
    "BRANCH_NOT_FOUND": "Sagen har ingen beregning på det sted i loggen. Slå positionen op i sagens historik.",
    "UNKNOWN_KNOWLEDGE": "Den version af vidensbasen findes ikke. Slå versionerne op.",
    "ALREADY_SIGNED": "Beregningen er underskrevet; en ændring tager underskriften af.",
    "NOT_THE_MAKER": "Kun den, der har lavet beregningen[, {made_by}], svarer for den. Lav en egen ud fra den.",
    "CHECKLIST_INCOMPLETE": "Svar én gang på hvert af tjeklistens spørgsmål.",
    "NOT_SIGNED": "Beregningen er ikke underskrevet, som den er nu. Den, der lavede den, underskriver den først.",
    "SAME_MUNICIPALITY": "En beregning ses efter af en anden kommune og en anden person end den, der lavede den.",
    "ALREADY_REVIEWED": "Du har set beregningen efter, som den er nu.",
    # The command line.
    "CASE_INVALID": "En beregning skrives INDSATS/KOMMUNE, INDSATS/KOMMUNE@POSITION eller med et scenaries navn.",
    "SETTING_INVALID": "En ændring skrives FELT=VÆRDI, og feltet skal findes. Se hjælpen.",
    "EARMARK_INVALID": "En øremærkning skrives NAVN=KRONER:SPOR,SPOR.",
    "CANDIDATES_TWICE": "Angiv enten en ansøgningsrunde eller en fil med muligheder, ikke begge dele.",
    "FLOOR_INVALID": "Et mindstebeløb skrives SPOR=KRONER.",
    "CHECKLIST_UNANSWERED": "Nogle af tjeklistens spørgsmål mangler svar.",
    # The cost builder.
    "COST_PLAN_INVALID": "Omkostningsplanen hænger ikke sammen. Ret de felter, der er nævnt.",
    "PRICE_YEARS_MIXED": "Planen har priser fra flere år[, blandt andet {price_year}]. Angiv et prisniveau og et"
    " prisindeks at lægge dem sammen med.",
}
