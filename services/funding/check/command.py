"""`virksom check funding`: reads, checks and prints."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterable

from sqlalchemy.exc import SQLAlchemyError

from services.funding.check.reading import check
from services.funding.check.report import as_json, as_text
from shared.kernel.rejection import Rejected
from shared.office.words import Language

_ANCHOR = re.compile(r"([0-9]{1,18}):([0-9a-f]{64}|)")


def run(uri: str, anchors: Iterable[str], *, print_json: bool, language: Language) -> int:
    """Print what a check of the database at `uri` finds; 0 when nothing is wrong, else 1.

    `anchors` are heads noted earlier, `POSITION:CHAIN`. Raises Rejected INPUT_INVALID when one is not, NOT_FOUND when
    there is no log, UNAVAILABLE when the database cannot be read.
    """
    noted = dict(_anchor(anchor) for anchor in anchors)
    gc.disable()  # rows make no cycles, and looking for some takes a tenth of the time
    try:
        result = check(uri, noted)
    except SQLAlchemyError as error:
        kind = type(error).__name__
        raise Rejected("UNAVAILABLE", f"The database cannot be read ({kind}); nothing was checked.") from None
    finally:
        gc.enable()
    print(json.dumps(as_json(result), ensure_ascii=False, default=str) if print_json else as_text(result, language))
    return 0 if result.count == 0 else 1


def _anchor(text: str) -> tuple[int, str]:
    found = _ANCHOR.fullmatch(text)
    if found is None:
        field = {"field": "anchor", "rule": "POSITION:CHAIN", "message": "a position, a colon and 64 hex digits"}
        raise Rejected("INPUT_INVALID", "An anchor is a head as this command prints it.", [field])
    return int(found[1]), found[2]
