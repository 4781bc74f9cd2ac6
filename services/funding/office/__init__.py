"""`virksom funding …`: the office's own command line, a caller of the service like any other.

With the embedded broker there is no service to call in another process: then one is run in this process for as long as
the call takes, on the same database.
"""

from services.funding.office.batch import batch_app
from services.funding.office.commands import app

__all__ = ["app", "batch_app"]
