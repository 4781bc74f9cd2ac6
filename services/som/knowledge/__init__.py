"""The knowledge base (vidensdatabase): when a version of it is whole enough to compute with.

Everything a projection could later stumble over is refused here, once, before it is published: `rows` (one row for one
thing, references, intervals), `sharing` (who pays) and `reach` (index years and discount tables).
"""

from services.som.knowledge.publication import (
    PRICEBOOK,
    PUBLISH_KNOWLEDGE,
    PricebookState,
    decide_publication,
    evolve,
)
from services.som.knowledge.rows import require_consequences
from services.som.knowledge.sharing import require_prices

__all__ = [
    "PRICEBOOK",
    "PUBLISH_KNOWLEDGE",
    "PricebookState",
    "decide_publication",
    "evolve",
    "require_consequences",
    "require_prices",
]
