"""The front sheet: what the workbook is, how sure its figures are, and how it is used."""

from __future__ import annotations

from openpyxl.styles import Alignment, Font

from services.som.workbook.page import INPUT, WARNING, Page

WIDTH, LINE_POINTS = 110, 15

LINES = (
    "Arkene følger SØM's trin. Gule felter er indtastede tal; alt andet er formler.",
    "Ret et gult felt, og resultatet i '7 Resultater' følger med. Regn ikke på formlerne selv: de læses ikke ind.",
    "Status ved hvert tal siger, hvor sikkert det er: officiel, offentliggjort, afledt, egen, baggrund, antaget,"
    " simuleret, illustrativ eller pladsholder. Resultatet er så sikkert som det mindst sikre tal.",
    "Tal skrives som tal med dit programs eget decimaltegn, datoer som datoer, andele som 0,10 og ikke 10 %.",
    "Minus i '4 Konsekvenser' er mindre forbrug af ydelsen, og derfor en gevinst.",
    "Afrunding: hvert beløb i resultatet afrundes én gang til hele øre, halve øre til lige tal, som i Virksom:"
    " ((x+6E15)−6E15). Programmets egen AFRUND ville tage halve øre op. 'Mellemregning' er ikke afrundet.",
    "En pris, hvis andele følger en lov, har andelene i '5 Priser' år for år, beregnet ved eksporten. Ændres prisen"
    " eller årgangen, så eksportér igen; '7 Resultater' siger det under Kontrol.",
    "Årene i resultatet er lagt fast ved eksporten. Flyttes noget uden for dem, siger '7 Resultater' det.",
    "Når filen læses ind igen, læses kun de gule felter. En række fra vidensdatabasen, som er rettet, bliver sagens"
    " egen og får status 'egen', hvis den var sikrere. Makroer læses ikke, og kæder til andre filer følges ikke.",
)


def write_front(page: Page, title: str, status: str | None) -> None:
    """Write the sheet; `status` is that of the least sure figure when it was written, None in the empty template."""
    page.text(1, 1, title).font = Font(bold=True, size=16)
    page.text(2, 1, "Budgetøkonomisk nettoresultat efter SØM's trin, fra Virksom").font = Font(italic=True)
    page.row = 4
    if status is not None:
        sure = status not in ("illustrativ", "pladsholder")
        said = "Mindst sikre tal ved eksporten: " + status
        warned = f"OBS: {said.upper()}. RESULTATET VISER METODEN, IKKE ØKONOMIEN."
        cell = page.text(page.row, 1, said + "." if sure else warned)
        cell.font = Font(bold=True, color=None if sure else "C00000")
        cell.fill = INPUT if sure else WARNING
        page.row += 2
    for line in LINES:
        page.text(page.row, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
        # A row that wraps is not made higher by the programme that opens the file.
        page.sheet.row_dimensions[page.row].height = LINE_POINTS * (1 + len(line) // WIDTH)
        page.row += 1
    page.widths([WIDTH])
