"""A grant (tilskud): what a municipality was promised, and what became of it.

That it may be awarded is decided in award.py, and how it is paid in payment_batch.py.
"""

from services.funding.grant.state import GRANT, GrantState

__all__ = ["GRANT", "GrantState"]
