"""The point result of one case, beside LibreOffice recalculating the workbook that is exported of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.figures import Figure, compared, report, told
from benchmarks.som_case import case, knowledge
from services.som.model import project

BOOKS = 10
"""Workbooks recalculated in one start of LibreOffice, so that its start can be taken out."""


def measure(quick: bool) -> list[Figure]:
    """Cases per second, ours and LibreOffice's: a case at a time, and without what starting it takes."""
    office = shutil.which("soffice")
    if office is None:
        sys.exit("LibreOffice (soffice) is not installed")
    known = knowledge()
    books = []
    try:
        from services.som.workbook import export_case
    except ImportError:
        sys.exit("services.som.workbook does not export cases yet")
    exported = []
    for number in range(BOOKS):
        started = perf_counter()
        books.append(export_case(case(number), known, f"Case {number}"))
        exported.append((perf_counter() - started) * 1000)
    alone, without_start = [], []
    with TemporaryDirectory() as profile:
        _recalculate(office, profile, books[:1])  # its very first start makes a profile
        for _ in range(2 if quick else 7):
            ours = _ours(BOOKS * 20)
            one, many = _recalculate(office, profile, books[:1]), _recalculate(office, profile, books)
            alone.append((ours, 1 / one))
            without_start.append((ours, (BOOKS - 1) / max(many - one, 1e-9)))
    return [
        compared("som: case result, beside LibreOffice opening its workbook", "cases/s", alone, at_least=100),
        compared("  without LibreOffice's start", "cases/s", without_start, at_least=100),
        told("  writing a workbook, median", "ms", median(exported)),
    ]


def _ours(times: int) -> float:
    known = knowledge()
    project(case(), known)
    started = perf_counter()
    for number in range(times):
        project(case(number), known)
    return times / (perf_counter() - started)


def _recalculate(office: str, profile: str, books: list[bytes]) -> float:
    """Seconds to open workbooks, compute every formula (they carry no values) and save them."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for place, book in enumerate(books):
            (folder / f"{place}.xlsx").write_bytes(book)
        command = [office, "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", "ods"]
        command += ["--outdir", str(folder / "out"), *(str(folder / f"{place}.xlsx") for place in range(len(books)))]
        started = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
        seconds = perf_counter() - started
        assert len(list((folder / "out").glob("*.ods"))) == len(books), "LibreOffice did not open every workbook"
    return seconds


if __name__ == "__main__":
    report(measure)
