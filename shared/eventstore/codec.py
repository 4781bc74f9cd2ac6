"""Between events and rows: the only place where one becomes the other.

An event is stored under its type alias and schema version, never under a class path, so code may move and be renamed.
Old versions are brought up to date by upcasters; a missing one is found when the codec is made, not when an old event
turns up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic_core import from_json

from shared.kernel.messages import Event

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""A pure function from a payload of one schema version to the next."""


class UnknownEvent(Exception):
    """No event type of this name, or a schema version newer than this code knows."""


class Codec:
    """Encodes and decodes the given event types.

    `upcasters` maps (type, from_version) to the function that makes version from_version + 1. Raises ValueError when
    two types share an alias or when a version between 1 and a type's current one has no upcaster.
    """

    def __init__(
        self, event_types: Iterable[type[Event]], upcasters: Mapping[tuple[str, int], Upcaster] | None = None
    ) -> None:
        self._upcasters = dict(upcasters or {})
        self._types: dict[str, type[Event]] = {}
        for event_type in event_types:
            if event_type.event_type in self._types:
                raise ValueError(f"two event types are called {event_type.event_type}")
            self._types[event_type.event_type] = event_type
        self._check_upcasters()

    def _check_upcasters(self) -> None:
        wanted = {(name, version) for name, kind in self._types.items() for version in range(1, kind.schema_version)}
        for name, version in sorted(wanted - set(self._upcasters)):
            raise ValueError(f"no upcaster for {name} from schema version {version}")
        for name, version in sorted(set(self._upcasters) - wanted):
            raise ValueError(f"upcaster for {name} from schema version {version} leads nowhere")

    def encode(self, event: Event) -> str:
        """The event's payload as JSON text."""
        return event.__pydantic_serializer__.to_json(event).decode()

    def decode(self, type_: str, schema_version: int, data: str | bytes) -> Event:
        """The event of this type and schema version with this JSON payload, upcast to the current version.

        Raises UnknownEvent, or pydantic's ValidationError when the payload does not fit.
        """
        event_type = self._types.get(type_)
        if event_type is None:
            raise UnknownEvent(f"unknown event type {type_}")
        if schema_version == event_type.schema_version:
            return event_type.__pydantic_validator__.validate_json(data)  # type: ignore[no-any-return]
        if not 1 <= schema_version < event_type.schema_version:
            raise UnknownEvent(
                f"{type_} has schema version {schema_version}, not one of 1..{event_type.schema_version}"
            )
        payload = from_json(data)
        for version in range(schema_version, event_type.schema_version):
            payload = self._upcasters[type_, version](payload)
        return event_type.model_validate(payload)

    def knows(self, type_: str) -> bool:
        """Whether this codec has an event type of this name."""
        return type_ in self._types
