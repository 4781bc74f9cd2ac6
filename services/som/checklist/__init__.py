"""The checklist of assumptions (tjekliste): what a calculation's maker accounts for, filled in as far as it is known.

SØM is followed by a checklist of choices and assumptions; nobody approves a calculation, its maker answers for it
(domain facts 1.2, step 12). SØM's own wording is not public, so the questions are ours.
"""

from services.som.checklist.items import Item, checklist
from services.som.checklist.questions import QUESTION_IDS, QUESTIONS, Question

__all__ = ["QUESTIONS", "QUESTION_IDS", "Item", "Question", "checklist"]
