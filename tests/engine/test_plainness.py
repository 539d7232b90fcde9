"""The engine's tests need what the engine needs: Python, and the tools that run tests. No Django, no database."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

HERE = Path(__file__).parent
TOOLS = {"pytest", "hypothesis", "jsonschema_rs"}


def test_no_test_of_the_engine_imports_anything_of_the_portal() -> None:
    strangers = []
    for path in HERE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            strangers += [
                f"{path.name}: {module}"
                for module in named
                if module.split(".")[0] not in sys.stdlib_module_names | TOOLS
                and not module.startswith(("scoring.engine", "tests.engine"))
            ]
    assert strangers == []
