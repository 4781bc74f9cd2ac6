"""Which codes are refused with, read from the source: none can hide behind a helper.

A refusal begins at `Rejected(code, …)`. A function that hands a parameter of its own on as the code refuses too, and so
does one that hands it to that one: then the codes are what its callers pass. A code that is neither written out nor
handed on cannot be found, and `codes` raises.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
FROM_THE_WIRE = "data['code']"
"""A code that another process refused with, which is found there."""


_Key = tuple[Path | None, str]
"""A function by its name; one whose name begins with an underscore is its own file's."""


class _Place(NamedTuple):
    """Where a function takes a code: at this place among its arguments, by this name, by this default."""

    at: int
    name: str
    default: str | None = None


class _Call(NamedTuple):
    """A call, and the function that it stands in, if any."""

    path: Path
    node: ast.Call
    function: ast.FunctionDef | None


def codes(paths: Collection[Path]) -> dict[Path, set[str]]:
    """Every code that is refused with, by the file that says it. Raises ValueError for one that cannot be found."""
    calls = [call for path in paths for call in _calls(path)]
    refusing: dict[_Key, _Place] = {(None, "Rejected"): _Place(0, "code")}
    while True:
        handing = dict(_handing_on(calls, refusing))
        if handing.keys() <= refusing.keys():
            break
        refusing = {**handing, **refusing}
    found: dict[Path, set[str]] = {path: set() for path in paths}
    for call in calls:
        place = refusing.get(_key(call.path, _name(call.node)))
        if place is not None:
            found[call.path] |= set(_written(call, place))
    return found


@cache
def _calls(path: Path) -> tuple[_Call, ...]:
    found: list[_Call] = []

    def visit(node: ast.AST, function: ast.FunctionDef | None) -> None:
        if isinstance(node, ast.Call):
            found.append(_Call(path, node, function))
        inner = node if isinstance(node, ast.FunctionDef) else function
        for child in ast.iter_child_nodes(node):
            visit(child, inner)

    visit(ast.parse(path.read_text(encoding="utf-8")), None)
    return tuple(found)


def _key(path: Path, name: str) -> _Key:
    return (path if name.startswith("_") else None), name


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _handed(call: _Call, place: _Place) -> ast.expr | None:
    """What the call gives as the code; None when it leaves it to the default."""
    named = [word.value for word in call.node.keywords if word.arg == place.name]
    return next(iter([*named, *call.node.args[place.at : place.at + 1]]), None)


def _place(function: ast.FunctionDef, name: str) -> _Place | None:
    arguments = [*function.args.posonlyargs, *function.args.args]
    names = [one.arg for one in arguments]
    keywords = [one.arg for one in function.args.kwonlyargs]
    if name not in names and name not in keywords:
        return None
    bound = bool(names) and names[0] in ("self", "cls")
    index = names.index(name) - bound if name in names else len(arguments) + 99
    padded = [None] * (len(names) - len(function.args.defaults)) + list(function.args.defaults)
    defaults: Mapping[str, ast.expr | None] = {
        **dict(zip(names, padded, strict=True)),
        **dict(zip(keywords, function.args.kw_defaults, strict=True)),
    }
    default = defaults[name]
    text = default.value if isinstance(default, ast.Constant) and isinstance(default.value, str) else None
    return _Place(index, name, text)


def _handing_on(calls: Collection[_Call], refusing: Mapping[_Key, _Place]) -> Iterator[tuple[_Key, _Place]]:
    """The functions that hand one of their parameters on as a code."""
    for call in calls:
        place = refusing.get(_key(call.path, _name(call.node)))
        if place is None or call.function is None:
            continue
        for part in _parts(_handed(call, place)):
            if isinstance(part, ast.Name) and (own := _place(call.function, part.id)) is not None:
                yield _key(call.path, call.function.name), own


def _parts(expression: ast.expr | None) -> list[ast.expr]:
    if isinstance(expression, ast.IfExp):
        return [*_parts(expression.body), *_parts(expression.orelse)]
    return [] if expression is None else [expression]


def _written(call: _Call, place: _Place) -> Iterator[str]:
    """The codes that a refusing call says itself."""
    handed = _handed(call, place)
    if handed is None and place.default is not None:
        yield place.default
    for part in _parts(handed):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ast.Name) and call.function is not None and _place(call.function, part.id) is not None:
            continue
        elif ast.unparse(part) != FROM_THE_WIRE:
            where = f"{call.path.name}:{part.lineno}"
            raise ValueError(f"{where}: which code is {ast.unparse(part)}? Write it out, or hand on a parameter.")
