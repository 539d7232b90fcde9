"""The methodology would hold on paper: the engine knows nothing but Python's standard library."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT, imported, modules, name, parsed


def test_the_engine_imports_the_standard_library_only() -> None:
    strangers = [
        f"{name(path)}:{line}: {module}"
        for path in modules("scoring/engine")
        for line, module in imported(parsed(path))
        if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith("scoring.engine")
    ]
    assert strangers == []


def test_the_engine_starts_where_no_library_is_installed() -> None:
    code = (
        "import pkgutil, sys, importlib, scoring.engine as e\n"
        "for m in pkgutil.walk_packages(e.__path__, 'scoring.engine.'):\n"
        "    if not m.name.endswith('__main__'): importlib.import_module(m.name)\n"
        "print('django' in sys.modules)"
    )
    # -S: site-packages are not on the path at all
    command = [sys.executable, "-S", "-c", code]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.strip()) == (0, "False"), result.stderr


def test_the_package_around_the_engine_is_empty() -> None:
    assert (ROOT / "scoring" / "__init__.py").read_text(encoding="utf-8").strip() == ""


@pytest.mark.parametrize("folder", ["scoring/engine", "scoring/models", "scoring/services", "scoring/selectors"])
def test_no_float_comes_near_a_score(folder: str) -> None:
    found = []
    for path in modules(folder):
        for node in ast.walk(parsed(path)):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            field = isinstance(node, ast.Attribute) and node.attr == "FloatField"
            if literal or call or field:
                found.append(f"{name(path)}:{node.lineno}")
    assert found == []
