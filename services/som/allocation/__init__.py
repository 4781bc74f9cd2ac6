"""Where the next krone does most: which whole grants within a budget. Advice, never a decision."""

from services.som.allocation.advice import allocate
from services.som.allocation.values import Advice, Chosen, MoreMoney, Option, Place, Said, Search, Shadow

__all__ = ["Advice", "Chosen", "MoreMoney", "Option", "Place", "Said", "Search", "Shadow", "allocate"]
