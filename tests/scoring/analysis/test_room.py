"""The room of analysis stands on the engine alone, and floats stay in the one module that draws at random."""

from __future__ import annotations

import ast

from tests.architecture.tree import imported, modules, name, parsed

ROBUSTNESS = "scoring/analysis/robustness.py"


def test_analysis_knows_the_engine_and_nothing_else_of_the_portal() -> None:
    known = ("scoring.engine", "scoring.analysis")
    portal = ("scoring", "units", "reports", "parindex", "django")
    strangers = [
        f"{name(path)}:{line}: {module}"
        for path in modules("scoring/analysis")
        for line, module in imported(parsed(path))
        if module.startswith(portal) and not module.startswith(known)
    ]
    assert strangers == []


def test_floats_stay_where_weights_are_drawn() -> None:
    found = {
        name(path)
        for path in modules("scoring/analysis")
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id in ("float", "np"))
    }
    assert found == {ROBUSTNESS}
