"""`virksom check funding` where there is nothing to check, or nothing that can be read: status 2 and one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from services import cli
from services.funding.service import DEFINITION
from shared.messaging.host import open_service


def run(monkeypatch: pytest.MonkeyPatch, uri: str, *arguments: str) -> int:
    """The command on a database: its exit status."""
    monkeypatch.setenv("VIRKSOM_DATABASE_URI", uri)
    monkeypatch.setattr(sys, "argv", ["virksom", "check", "funding", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_a_service_that_has_done_nothing_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_service(DEFINITION, f"sqlite:///{tmp_path}/funding.db", lambda: pytest.fail("no feed")).store.engine.dispose()
    assert run(monkeypatch, f"sqlite:///{tmp_path}/{{service}}.db", "--anchor", "0:") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing is wrong."


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("sqlite:///{folder}/text-{{service}}.db", "UNAVAILABLE"),
        ("sqlite:///{folder}/empty-{{service}}.db", "NOT_FOUND"),
        ("sqlite:///{folder}/none-{{service}}.db", "NOT_FOUND"),
        ("postgresql://nobody@127.0.0.1:1/{{service}}", "UNAVAILABLE"),
    ],
)
def test_what_cannot_be_read_is_status_2_and_nothing_is_made(
    uri: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text-funding.db").write_text("no database " * 1000)
    (tmp_path / "empty-funding.db").touch()
    assert run(monkeypatch, uri.format(folder=tmp_path)) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.split(":")[0]) == ("", code)
    assert not (tmp_path / "none-funding.db").exists()


@pytest.mark.parametrize("anchor", ["", "7", "7:abc", ":", f"x:{'0' * 64}", f"7:{'0' * 65}", f"7:{'A' * 64}"])
def test_an_anchor_that_is_none_is_refused(
    anchor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, f"sqlite:///{tmp_path}/{{service}}.db", "--anchor", anchor) == 2
    assert capsys.readouterr().err.startswith("INPUT_INVALID: ")
