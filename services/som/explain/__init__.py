"""Where a figure comes from: the net result as a tree, down to price rows, index points, rates and events."""

from services.som.explain.tree import Node, explain

__all__ = ["Node", "explain"]
