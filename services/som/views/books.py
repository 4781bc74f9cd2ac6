"""The versions of the knowledge bases, read from the log once and kept ready to compute with."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple, cast

from sqlalchemy import Connection, bindparam, select

from services.som.codec import CODEC
from services.som.events import KnowledgePublished
from services.som.model import KnowledgeBase
from services.som.views.tables import som_book
from shared.eventstore.tables import events

KEPT = 8
"""So many versions are kept in memory: a big one is some megabytes."""


class Book(NamedTuple):
    """A version of a knowledge base: its version in its stream, its publication, and its position in the log."""

    knowledge: KnowledgeBase
    pricebook: str
    version: int
    publication: int
    position: int


_kept: OrderedDict[str, KnowledgeBase] = OrderedDict()

_IN_FORCE = select(som_book).order_by(som_book.c.publication.desc()).limit(1)
_ONE = select(som_book).where(
    som_book.c.pricebook == bindparam("of_pricebook"), som_book.c.version == bindparam("of_version")
)
_EVENT = select(events.c.type, events.c.schema_version, events.c.data)
_EVENT = _EVENT.where(events.c.position == bindparam("at_position"))


def book_in_force(connection: Connection) -> Book | None:
    """The version published last, None before the first."""
    return _book(connection, connection.execute(_IN_FORCE).first())


def book(connection: Connection, pricebook: str, version: int) -> Book | None:
    """This version, None when there is none."""
    return _book(connection, connection.execute(_ONE, {"of_pricebook": pricebook, "of_version": version}).first())


def keep(event_id: str, published: KnowledgePublished) -> None:
    """Keep a version ready: the one just published is the one that every case is then computed with."""
    _kept[event_id] = KnowledgeBase(published)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)


def _book(connection: Connection, row: object) -> Book | None:
    if row is None:
        return None
    found = cast("_Row", row)
    if found.event_id not in _kept:
        event = connection.execute(_EVENT, {"at_position": found.position}).one()
        published = CODEC.decode(event.type, event.schema_version, event.data)
        keep(found.event_id, cast(KnowledgePublished, published))
    _kept.move_to_end(found.event_id)
    return Book(_kept[found.event_id], found.pricebook, found.version, found.publication, found.position)


class _Row(NamedTuple):
    pricebook: str
    version: int
    publication: int
    position: int
    event_id: str
