"""The tutorial runs as it stands, and prints what it says; the story behind the samples and examples happens too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.funding.service import CODEC
from tests import tutorial
from tests.fund_story import STORY, told
from tests.worlds import embedded_world

PAGE = Path(__file__).parents[2] / "docs" / "tutorial-grant.md"
BUSINESS_CASE = PAGE.with_name("tutorial-business-case.md")


def test_the_tutorial_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIRKSOM_DATABASE_URI", f"sqlite:///{tmp_path}/{{service}}.db")
    with embedded_world(tmp_path) as world, world.services("funding"), world.client() as rpc:
        for block in tutorial.blocks(PAGE.read_text(encoding="utf-8")):
            printed = tutorial.run(block.script, rpc, monkeypatch)
            if block.printed is not None:
                assert printed == block.printed, block.script
    assert printed.endswith("Nothing is wrong.\n")


@pytest.mark.timeout(300)
def test_the_tutorial_on_a_business_case_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # SØM computes in child processes, which must find the program from here too.
    monkeypatch.setenv("PYTHONPATH", str(PAGE.parents[1]))
    with embedded_world(tmp_path) as world, world.services("funding", "trials", "som"), world.client(60) as rpc:
        for block in tutorial.blocks(BUSINESS_CASE.read_text(encoding="utf-8")):
            settled(rpc)
            printed = tutorial.run(block.script, rpc, monkeypatch)
            if block.printed is not None:
                assert printed == block.printed, block.script
            assert "INVALID" not in printed, printed


def settled(rpc: Any) -> None:
    """Wait until SØM has heard what the others recorded, as the command line does when it runs the services itself."""
    heads = {name: getattr(rpc, name).feed(after=0, limit=1)["head"] for name in ("funding", "trials")}
    rpc.som.cases(wait_for=heads, wait_seconds=10)


@pytest.mark.parametrize("script", ["rm -r var", "virksom funding grants | head", "cat answers.csv"])
def test_a_line_that_the_test_does_not_understand_is_an_error(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="a tutorial has no"):
        tutorial.run(script, None, monkeypatch)


def test_the_story_of_four_grants_happens_over_rpc_as_it_does_in_memory(tmp_path: Path) -> None:
    with embedded_world(tmp_path) as world, world.services("funding"), world.client() as rpc:
        for number, (method, fields) in enumerate(STORY):
            getattr(rpc.funding, method)(command_id=f"00000000-0000-4000-8000-{number:012d}", **fields)
        events = [
            CODEC.decode(one["type"], int(one["dataschema"][-1]), json.dumps(one["data"]))
            for one in rpc.funding.feed(after=0)["events"]
        ]
    assert events == told()
