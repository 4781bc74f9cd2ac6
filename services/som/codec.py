"""How SØM's events are written to its log and read from it."""

from __future__ import annotations

from services.som.events import EVENTS, UPCASTERS
from shared.eventstore.codec import Codec

CODEC = Codec(EVENTS, UPCASTERS)
