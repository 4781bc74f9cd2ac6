"""What `--set INPUT=VALUE` does to a calculation's inputs."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from services.som.events import CaseInputs
from shared.kernel.messages import invalid_input
from shared.kernel.rejection import Rejected
from shared.office.files import field


def changed(inputs: dict[str, Any], sets: Sequence[str], reason: str) -> dict[str, Any]:
    """The inputs (JSON values of `CaseInputs`) with some of them set: a dotted path, places in lists from nought.

    `success_rate=0.12` takes the place of the whole success rate, as a typed one that nothing else is known of. A list
    of figures is separated by semicolons; an empty value is none. Raises Rejected SETTING_INVALID for what is no input,
    INPUT_INVALID for a value that does not fit.
    """
    found = copy.deepcopy(inputs)
    for text in sets:
        path, equals, value = text.partition("=")
        if not equals:
            raise Rejected("SETTING_INVALID", "Say it like success_rate=0.12.", [field("set", "form")], given=text)
        if path == "success_rate":
            found["success_rate"] = {"origin": "typed", "name": reason, "rate": _plain(value), "status": "own"}
        else:
            _put(found, path, value)
    try:
        return CaseInputs.model_validate(found).model_dump(mode="json")
    except ValidationError as error:
        raise invalid_input(error) from None


def _put(inputs: dict[str, Any], path: str, text: str) -> None:
    *way, last = path.split(".")
    place: Any = inputs
    for step in way:
        place = _within(place, step, path)
    present = _within(place, last, path)
    value: Any = None if text == "" else _plain(text)
    if isinstance(present, list):
        value = [_plain(one) for one in text.split(";")] if text else []
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value


def _within(place: Any, step: str, path: str) -> Any:
    if isinstance(place, list) and step.isascii() and step.isdecimal() and int(step) < len(place):
        return place[int(step)]
    if isinstance(place, dict) and step in place:
        return place[step]
    known = sorted(place) if isinstance(place, dict) else [f"0–{len(place) - 1}"] if isinstance(place, list) else []
    message = f"There is no input {path}; here is {', '.join(known) or 'nothing to set'}."
    raise Rejected("SETTING_INVALID", message, [field("set", "known")], given=path)


def _plain(text: str) -> str:
    """A figure with a decimal comma as with a point; everything else as it stands."""
    whole, comma, decimals = text.partition(",")
    return f"{whole}.{decimals}" if comma and whole.lstrip("-").isdecimal() and decimals.isdecimal() else text
