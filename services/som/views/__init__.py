"""What SØM keeps of the other services' events: the inputs of every case, what lies behind them, and the applications.

Additions only, of negative amounts where money goes back, and no row of one source depends on one of another: whichever
source is read first, the tables and so the cases' inputs come out the same.
"""

from services.som.views.apply_applications import APPLYING
from services.som.views.apply_funding import apply_funding
from services.som.views.apply_own import apply_adjustment, apply_knowledge, apply_scenario
from services.som.views.apply_trials import apply_trials
from services.som.views.books import Book, book, book_in_force
from services.som.views.reading import live_cases
from services.som.views.tables import CaseKey, all_cases, cases_of, metadata

__all__ = [
    "APPLYING",
    "Book",
    "CaseKey",
    "all_cases",
    "apply_adjustment",
    "apply_funding",
    "apply_knowledge",
    "apply_scenario",
    "apply_trials",
    "book",
    "book_in_force",
    "cases_of",
    "live_cases",
    "metadata",
]
