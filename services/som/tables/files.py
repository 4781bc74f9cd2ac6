"""A folder of tables on disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from services.som.commands import PublishKnowledge
from services.som.events import KnowledgePublished
from services.som.tables.building import knowledge_of
from services.som.tables.reading import MAX_FILE_BYTES
from services.som.tables.writing import tables_of
from shared.kernel.rejection import Rejected

MAX_FILES = 50
"""A folder with more CSV files is not a knowledge base."""


def read_folder(folder: Path) -> dict[str, Any]:
    """The fields of `PublishKnowledge` that the CSV files of a folder spell; other files are not looked at.

    Of a file no more is read than the limit. Raises Rejected TABLE_INVALID as `knowledge_of` does, FOLDER_INVALID when
    the folder cannot be read.
    """
    try:
        found = sorted(folder.glob("*.csv"))[:MAX_FILES]
        if not found:
            raise Rejected("FOLDER_INVALID", "The folder has no CSV file, or is none.")
        files = {}
        for path in found:
            with open(path, "rb") as file:
                files[path.name] = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Rejected("FOLDER_INVALID", f"The folder cannot be read: {type(error).__name__}.") from None
    return knowledge_of(files)


def write_folder(folder: Path, knowledge: KnowledgePublished | PublishKnowledge) -> None:
    """Write every table into a folder that is not there yet: whole, or not at all.

    Raises Rejected FOLDER_INVALID when it is there already or cannot be written.
    """
    if folder.exists():
        raise Rejected("FOLDER_INVALID", "The folder is there already; name a new one.")
    beside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for name, text in tables_of(knowledge).items():
            # The mark at its beginning lets Excel read the Danish letters.
            (beside / name).write_text(text, encoding="utf-8-sig", newline="")
        beside.rename(folder)
    except OSError as error:
        raise Rejected("FOLDER_INVALID", f"The folder cannot be written: {type(error).__name__}.") from None
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)
