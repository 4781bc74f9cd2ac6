"""The documentation keeps up: what exists is documented, and what is documented exists."""

from __future__ import annotations

import ast
import importlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from services.cli import SERVICE_CLASSES, app, check_app, parked_app
from services.funding import office
from services.settings import PREFIX, Settings
from services.som import office as som_office
from services.som.cost_builder import plan
from services.som.office.knowledge import knowledge_app
from services.trials import office as trials_office
from shared.kernel.messages import Command, Event, Query, RequestPart
from shared.messaging.rpc import Rpc
from shared.observability.metrics import Metrics
from tests.codes import codes

ROOT = Path(__file__).parents[2]
SERVICE_CODE = [path for folder in ("services", "shared") for path in sorted((ROOT / folder).rglob("*.py"))]
ALL_CODE = [*SERVICE_CODE, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])
OF_EVERY_REQUEST = {*Command.model_fields, *Query.model_fields}


@cache
def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """What stands under a third-level heading of a page, up to the next heading; fails when there is none."""
    found = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^#|\Z)", page(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no heading ### {heading}"
    return found[1]


def tabled(name: str) -> set[str]:
    """The first cells of a page's tables, where they are code."""
    first = re.findall(r"^\| ([^|]+) \|", page(name), re.MULTILINE)
    return {code for cell in first for code in re.findall(r"`([^`]+)`", cell)}


def methods() -> list[str]:
    """`service.method` of everything that can be called."""
    return [
        f"{service}.{name}"
        for service, cls in SERVICE_CLASSES.items()
        for name, method in vars(cls).items()
        if any(isinstance(entry, Rpc) for entry in getattr(method, "nameko_entrypoints", ()))
    ]


def standing_for(module: Any, path: str) -> Any:
    """What a dotted name stands for in a module, None for nothing there."""
    for name in path.split("."):
        module = getattr(module, name, None)
    return module


def model_of(method: str) -> type[BaseModel] | None:
    """The model that reads a method's fields: the first one that the method names. None for `feed`."""
    service, name = method.split(".")
    module = importlib.import_module(f"services.{service}.service")
    tree = ast.parse(page(f"services/{service}/service.py"))
    [function] = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name | ast.Attribute)]
    for node in sorted(names, key=lambda node: (node.lineno, node.col_offset)):
        model = standing_for(module, ast.unparse(node))
        if isinstance(model, type) and issubclass(model, Command | Query):
            return model
    return None


def event_types() -> list[type[Event]]:
    return [kind for kind in Event.__subclasses__() if kind.__module__.startswith("services.")]


def calling_page(method: str) -> str:
    """The page that a method is described on: the fund's and SØM's have one of their own."""
    service = method.split(".")[0]
    return f"docs/calling-{service}.md" if service in ("funding", "som") else "docs/calling.md"


@pytest.mark.parametrize("method", methods())
def test_every_method_stands_with_its_fields_a_request_and_an_answer(method: str) -> None:
    text, model = section(calling_page(method), method), model_of(method)
    fields = {"after", "limit"} if model is None else set(model.model_fields) - OF_EVERY_REQUEST
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == fields
    assert text.count("```json") == 2


@pytest.mark.parametrize("kind", event_types(), ids=lambda kind: kind.event_type)
def test_every_event_stands_with_its_fields_stream_and_schema_version(kind: type[Event]) -> None:
    text = section("docs/events.md", kind.event_type)
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(kind.model_fields)
    assert f"`{kind.__name__}`, schema version {kind.schema_version}." in text
    assert f"| `{kind.stream_pattern}` |" in page("docs/events.md")


def test_no_method_and_no_event_is_described_that_does_not_exist() -> None:
    headings = r"^### (\w+\.\w+)$"
    for described in ("docs/calling.md", "docs/calling-funding.md", "docs/calling-som.md"):
        here = {method for method in methods() if calling_page(method) == described}
        assert set(re.findall(headings, page(described), re.MULTILINE)) == here
    named = {kind.event_type for kind in event_types()}
    assert set(re.findall(headings, page("docs/events.md"), re.MULTILINE)) == named


def test_the_codes_are_the_ones_that_stand_in_the_table() -> None:
    found = set().union(*codes(SERVICE_CODE).values())
    listed = re.findall(r"^\| `([A-Z_]+)` \|", section("docs/calling.md", "Codes"), re.MULTILINE)
    assert sorted(listed) == sorted(found)


def test_a_code_is_found_behind_every_helper_and_cannot_hide(tmp_path: Path) -> None:
    open_, hidden = tmp_path / "open.py", tmp_path / "hidden.py"
    open_.write_text(
        "def one(code, x): raise Rejected(code, x)\n"
        'def two(x, why="TWO_DEFAULT"): return one(why, x)\n'
        "class C:\n"
        '    def three(self, a, *, code): two(a, code if a else "THREE_OWN")\n'
        "def use(c):\n"
        "    two(1)\n"
        '    c.three(1, code="THREE_GIVEN")\n'
        '    refusal.one("ONE", 2)\n'
        '    raise Rejected(code="ZERO", message="")\n'
    )
    assert codes([open_]) == {open_: {"TWO_DEFAULT", "THREE_OWN", "THREE_GIVEN", "ONE", "ZERO"}}
    hidden.write_text('def use(table, x): raise Rejected(table[x], "")\n')
    with pytest.raises(ValueError, match=r"which code is table\[x\]"):
        codes([hidden])


def test_the_metrics_are_the_ones_that_stand_in_the_table() -> None:
    families = Metrics("docs").registry.collect()
    names = {family.name + ("_total" if family.type == "counter" else "") for family in families}
    assert {name for name in tabled("docs/operations.md") if name.startswith("virksom_")} == names


def test_every_environment_variable_is_documented() -> None:
    settings = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    mentioned = {name for path in ALL_CODE for name in re.findall(r"\bVIRKSOM_TEST_[A-Z_]+\b", path.read_text())}
    assert settings <= tabled("README.md")
    assert settings | mentioned <= set(re.findall(r"`(VIRKSOM_[A-Z_]+)`", page("docs/operations.md")))


def test_every_task_is_documented_and_every_documented_task_exists() -> None:
    tasks = set(re.findall(r"^([a-z-]+):.*## ", page("Makefile"), re.MULTILINE))
    assert {task.removeprefix("make ") for task in tabled("README.md") if re.fullmatch(r"make [a-z-]+", task)} == tasks
    everywhere = {task for path in PAGES for task in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8"))}
    assert everywhere <= tasks


def test_every_command_of_the_command_line_is_documented() -> None:
    text = page("README.md") + page("docs/operations.md") + page("docs/office.md")
    groups = {
        "virksom ": app,
        "virksom parked ": parked_app,
        "virksom check ": check_app,
        "virksom funding ": office.app,
        "virksom funding batch ": office.batch_app,
        "virksom trials ": trials_office.app,
        "virksom som ": som_office.app,
        "virksom som knowledge ": knowledge_app,
    }
    for group, typer_app in groups.items():
        for command in typer_app.registered_commands:
            name = command.name or (command.callback.__name__ if command.callback else "")
            assert f"`{group}{name}" in text or f"make {name}" in text, f"{group}{name}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_names_only_files_and_headings_that_exist(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)", text):
        linked = (path.parent / target).resolve() if target else path
        assert linked.exists(), target
        if anchor:
            assert anchor[1:] in _anchors(linked.read_text(encoding="utf-8")), target + anchor
    for name in re.findall(r"`([\w.-]+/[\w./-]*|\w+\.(?:py|md|toml|json|csv))`", text):
        assert _exists(name) or (path.parent / name).exists(), name


def _anchors(text: str) -> set[str]:
    headings: list[str] = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _exists(name: str) -> bool:
    """Whether there is such a file or folder; a bare file name may lie anywhere in the services, and what does not
    begin with a folder of ours is no path."""
    if "/" not in name:
        return (ROOT / name).exists() or any((ROOT / "services").rglob(name))
    return not (ROOT / name.split("/")[0]).exists() or (ROOT / name).exists()


def test_the_folder_table_names_what_exists() -> None:
    table = page("README.md").split("## Where things lie")[1].split("\n## ")[0]
    named: list[str] = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert [name for name in named if not (ROOT / name).exists()] == []
    folders = {each.parent.name for each in ROOT.glob("*/*.py")} | {"docs"}
    assert folders <= {name.split("/")[0] for name in named}


def test_every_decision_stands_in_the_index_and_has_its_parts() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    index: Any = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", page("docs/adr/README.md"))
    assert index == [each.name for each in pages]
    assert [int(each.name[:4]) for each in pages] == list(range(1, len(pages) + 1))
    for each in pages:
        text = each.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(each.name[:4])}. ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences", "Alternatives"]
        assert re.search(r"^Status: \w+", text, re.MULTILINE)


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "examples").glob("*.py")), ids=lambda path: path.name)
def test_an_example_can_be_read_uses_nothing_of_ours_and_is_linked(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    ast.parse(source)
    assert not re.search(r"^(from|import) (services|shared|tests)\b", source, re.MULTILINE)
    assert f"examples/{path.name}" in page("README.md")


def test_the_cost_plans_page_names_every_field() -> None:
    text = page("docs/cost-plan.md")
    models = [
        model
        for model in vars(plan).values()
        if isinstance(model, type) and issubclass(model, RequestPart) and model.__module__ == plan.__name__
    ]
    fields = {field for model in models for field in model.model_fields}
    # What only the spread of a figure adds stands in brackets after it.
    named = set(re.findall(r"\b(\w+)`", text)) | {
        f"{name}_low" for name in re.findall(r"`(?:\w+\.)?(\w+)` \(`_low`", text)
    }
    named |= {name.replace("_low", "_high") for name in named if name.endswith("_low")}
    assert fields - named == {"staff", "roles", "teams", "resources", "grants", "saved"} - named
