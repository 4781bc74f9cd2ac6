"""A case as a workbook that computes: out with live formulas, in again whole or not at all, or empty to be filled in.

The sheets follow SØM's steps (domain facts 1.2): intervention, costs, effect, consequences, prices, assumptions,
results. Inputs stand in yellow cells as values; everything else is a formula of them, so that a changed success rate
or price changes the result in Excel and LibreOffice alike.
"""

from services.som.workbook.exporting import export_case, template
from services.som.workbook.importing import import_case

__all__ = ["export_case", "import_case", "template"]
