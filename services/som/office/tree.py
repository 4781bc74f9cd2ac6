"""The explanation as a tree of lines, for a terminal or a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rich.text import Text
from rich.tree import Tree

from services.som.office.words import FACTORS, kind, number, said
from services.som.wording import COST_WORDS, PAYER_WORDS, STATUS_WORDS
from shared.office.words import Language, kroner

_NUMBER = re.compile(r"(?<![\w.])-?[0-9]+(?:\.[0-9]+)?(?![\w.])")


def as_tree(node: Mapping[str, Any], language: Language, depth: int) -> Tree:
    """A node and what is below it, so many levels down; what is left out is counted."""
    found = Tree(Text(line(node, language)))
    _grow(found, node, language, depth)
    return found


def line(node: Mapping[str, Any], language: Language) -> str:
    """A node as a line: its name, its amount in kroner, what it was multiplied from, its source and status."""
    words = [f"{kind(node['kind'], language)} {_label(node, language)}".strip()]
    if node["amount_oere"] is not None:
        words[0] += f": {kroner(node['amount_oere'], language)}"
    if node["factors"]:
        parts = (
            f"{number(value, language)} {said(FACTORS[name], language)}" for name, value in node["factors"].items()
        )
        words.append(f"= {' × '.join(parts)}")
    if node["text"] is not None:
        words[0] += f": {_text(node, language)}"
    aside = [node["source"]] if node["source"] else []
    if node["status"]:
        aside.append(said(STATUS_WORDS[node["status"]], language))
    return " ".join(words) + (f" [{'; '.join(aside)}]" if aside else "")


def _grow(tree: Tree, node: Mapping[str, Any], language: Language, depth: int) -> None:
    if depth == 0 and node["children"]:
        tree.add(Text(f"… {_count(node)}"))
        return
    for child in node["children"]:
        _grow(tree.add(Text(line(child, language))), child, language, depth - 1)


def _count(node: Mapping[str, Any]) -> int:
    return sum(1 + _count(child) for child in node["children"])


def _label(node: Mapping[str, Any], language: Language) -> str:
    label = str(node["label"])
    if node["kind"] == "payer":
        return said(PAYER_WORDS[label], language).capitalize()
    if node["kind"] == "cost":
        name, _, year = label.partition(" ")
        return f"{said(COST_WORDS[name], language)} {year}"
    if node["kind"] in ("events", "setting"):
        return kind(label, language)
    if node["kind"] == "transfer":
        giver, _, rest = label.partition(" → ")
        receiver, _, year = rest.partition(" ")
        return f"{said(PAYER_WORDS[giver], language)} → {said(PAYER_WORDS[receiver], language)} {year}"
    return label


def _text(node: Mapping[str, Any], language: Language) -> str:
    """A figure as the language writes it; years and names are left as they are."""
    if node["kind"] in ("setting", "events", "rule"):
        return str(node["text"])
    return _NUMBER.sub(lambda found: number(found[0], language, 9), str(node["text"]))
