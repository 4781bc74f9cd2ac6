"""`virksom som …`: the economist's command line, a caller of the service like any other."""

from services.som.office.commands import app

__all__ = ["app"]
