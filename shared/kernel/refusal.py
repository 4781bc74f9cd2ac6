"""How a decision says no: a code, a sentence, the field it is about, and the figures that explain it."""

from __future__ import annotations

import unicodedata

from shared.kernel.rejection import Rejected


def refused(code: str, message: str, name: str, **figures: object) -> Rejected:
    """The rejection of what the field `name` says; its rule is the code in lower case."""
    return Rejected(code, message, [{"field": name, "rule": code.lower(), "message": message}], **figures)


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are typed: rules about persons must not turn on a capital, a
    space or the way a letter is composed."""
    return _typed(one) == _typed(other)


def _typed(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def not_found(name: str) -> Rejected:
    """NOT_FOUND: the field `name` names something that there isn't."""
    return refused("NOT_FOUND", f"There is nothing with this {name}; look it up and send the command again.", name)


def taken(name: str) -> Rejected:
    """ALREADY_EXISTS: the field `name` names something that there is."""
    return refused("ALREADY_EXISTS", f"This {name} is taken; choose another.", name)
