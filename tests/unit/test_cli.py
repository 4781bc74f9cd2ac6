"""The command line: what is wrong is said in a line on standard error, with exit status 2 and no traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services import cli

Virksom = Callable[..., tuple[int, str, str]]


@pytest.fixture
def virksom(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Virksom:
    """Runs the command line on an empty folder: exit status, standard output, standard error."""
    monkeypatch.setenv("VIRKSOM_DATABASE_URI", f"sqlite:///{tmp_path}/data/{{service}}.db")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["virksom", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


def test_nothing_parked_is_said_so(virksom: Virksom) -> None:
    assert virksom("parked", "list", "som") == (0, "Nothing is parked.\n", "")
    assert virksom("parked", "list", "som", "--json") == (0, "[]\n", "")


def test_a_command_that_asks_several_times_finds_its_services_once(
    virksom: Virksom, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []

    @contextmanager
    def calling(service: str) -> Iterator[Asked]:
        asked = Asked()
        found.append(f"{service} found")
        try:
            yield asked
        finally:
            found.append(f"{service} let go of after {asked.answered}")

    monkeypatch.setattr(cli, "_calling", calling)
    status, _, _ = virksom("som", "cases")
    assert (status, found) == (0, ["som found", "som let go of after ['feed', 'cases']"])
    found.clear()
    assert virksom("som", "tornado", "a-scenario")[0] == 0
    assert found == ["som found", "som let go of after ['feed', 'tornado', 'feed', 'case_result']"]


class Asked:
    """A client of a service without cases."""

    def __init__(self) -> None:
        self.answered: list[str] = []
        self.som = self

    def __getattr__(self, method: str) -> Callable[..., Any]:
        answers: dict[str, Any] = {
            "feed": {"head": 0},
            "cases": {"cases": []},
            "tornado": {"bars": []},
            "case_result": {"result": {"discounted": {"net": {"stat": 0}}, "statuses": {}}},
        }

        def answer(**_fields: Any) -> Any:
            self.answered.append(method)
            return answers[method]

        return answer


REASON = ("--reason", "because")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("parked", "list", "finance"), "UNKNOWN_SERVICE"),
        (("parked", "list", ""), "UNKNOWN_SERVICE"),
        (("parked", "list", "../som"), "UNKNOWN_SERVICE"),
        (("parked", "retry", "finance", "funding", "grant-1", *REASON), "UNKNOWN_SERVICE"),
        (("parked", "retry", "som", "reporting", "grant-1", *REASON), "UNKNOWN_SOURCE"),
        (("parked", "retry", "som", "funding", "grant-1", *REASON), "NOT_FOUND"),
        (("parked", "discard", "finance", "funding", "grant-1", *REASON), "UNKNOWN_SERVICE"),
        (("parked", "discard", "som", "nobody", "grant-1", *REASON), "UNKNOWN_SOURCE"),
        (("parked", "discard", "som", "funding", "grant-1", *REASON), "NOT_FOUND"),
        (("parked", "discard", "som", "funding", "'; DROP TABLE parked", *REASON), "NOT_FOUND"),
        (("run", "finance"), "UNKNOWN_SERVICE"),
    ],
)
def test_what_is_not_there_is_refused_with_status_2(virksom: Virksom, arguments: tuple[str, ...], code: str) -> None:
    status, out, err = virksom(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"{code}: ")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("parked", "retry", "som", "funding", "grant-1"),
        ("parked", "discard", "som", "funding", "grant-1"),
        ("parked", "list"),
        ("parked", "list", "som", "--yaml"),
        ("parked", "drop"),
        ("fly",),
    ],
)
def test_a_wrong_command_line_is_status_2_with_the_usage(virksom: Virksom, arguments: tuple[str, ...]) -> None:
    status, _out, err = virksom(*arguments)
    assert status == 2
    assert "Usage" in err


def test_a_wrong_environment_is_refused_without_its_value(virksom: Virksom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRKSOM_DATABASE_URI", "mysql://u:s3cret@h/{service}")
    status, _out, err = virksom("parked", "list", "som")
    assert (status, "VIRKSOM_DATABASE_URI" in err, "s3cret" in err) == (2, True, False)
