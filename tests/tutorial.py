"""Runs a page's shell blocks in this process, with one service for all of them: a process for each would take minutes.

Of the shell there is what a tutorial needs: `export`, `cat > file`, `python file`, `virksom …`, each perhaps with a
here-document. Any other line is an error.
"""

from __future__ import annotations

import io
import re
import runpy
import shlex
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from services import cli

REFUSED = 2
"""The exit status of a refusal; what it prints tells it from a command that is written wrongly."""
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OPERATORS = {"|", "||", "&&", ";", "&", ">", ">>", "<"}
_HERE = re.compile(r" <<'(\w+)'$")


class Block(NamedTuple):
    """A shell block of a page, and what the page says that it prints: None when it says nothing."""

    script: str
    printed: str | None


def blocks(page: str) -> list[Block]:
    """The page's shell blocks; a text block that follows one is what it prints."""
    found = [(kind, text) for kind, text in _BLOCK.findall(page) if kind in ("sh", "text")]
    following = [*found[1:], ("", "")]
    return [
        Block(script, text if kind == "text" else None)
        for (shell, script), (kind, text) in zip(found, following, strict=True)
        if shell == "sh"
    ]


def run(script: str, rpc: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Carry out a shell block in the present folder, calling `rpc`; what it prints, refusals included."""
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        for words, text in _commands(script):
            match words:
                case ["export", setting]:
                    monkeypatch.setenv(*setting.split("=", 1))
                case ["cat", ">", name]:
                    Path(name).write_text(text, encoding="utf-8")
                case ["python", name]:
                    runpy.run_path(name)
                case ["virksom", *arguments] if not _OPERATORS & set(arguments):
                    _virksom(arguments, text, rpc, monkeypatch)
                case _:
                    raise ValueError(f"a tutorial has no {shlex.join(words)}")
    return printed.getvalue().replace("\r\n", "\n")


def _commands(script: str) -> Iterator[tuple[list[str], str]]:
    """Each command's words, and its here-document."""
    lines = iter(script.splitlines())
    for line in lines:
        here = _HERE.search(line)
        text: list[str] = []
        if here is not None:
            for one in lines:
                if one == here[1]:
                    break
                text.append(f"{one}\n")
        yield shlex.split(_HERE.sub("", line)), "".join(text)


def _virksom(arguments: list[str], text: str, rpc: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def calling(_service: str) -> Iterator[Any]:
        yield rpc

    monkeypatch.setattr(cli, "_calling", calling)
    monkeypatch.setattr("sys.argv", ["virksom", *arguments])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    if ended.value.code not in (None, 0, REFUSED):
        raise RuntimeError(f"virksom {shlex.join(arguments)} ended with {ended.value.code}")
