"""Rules of the house that no linter of ours knows."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.tree import ROOT, TEXT, files, imported, modules, name, parsed

LONGEST_MODULE = 500  # lines; 400 is the guide

BANNED_IMPORTS = {
    "signals of our own": r"^django\.(dispatch|db\.models\.signals|core\.signals)\b",
    "text declared safe": r"^django\.utils\.safestring\.(mark_safe|SafeString|SafeText)$",
    "a view without the CSRF check": r"csrf_exempt$",
    "raw SQL": r"^django\.db\.models\.expressions\.RawSQL$",
    "the other PostgreSQL driver": r"^psycopg(\.|$)",
}


@pytest.mark.parametrize("rule", BANNED_IMPORTS)
def test_no_module_imports(rule: str) -> None:
    pattern = re.compile(BANNED_IMPORTS[rule])
    found = [
        f"{name(path)}:{line}: {module}"
        for path in modules()
        for line, module in imported(parsed(path))
        if pattern.search(module)
    ]
    assert found == []


# The health check asks the connection itself, not a table. Django has no words for triggers (decision 006).
SPEAKS_SQL = {"parindex/views.py", "units/models/triggers.py"}


def test_no_raw_sql_outside_migrations() -> None:
    # The engine has no database.
    found = [
        f"{name(path)}:{node.lineno}: .{node.func.attr}()"
        for path in modules()
        if name(path) not in SPEAKS_SQL and "engine" not in path.parts
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"raw", "extra", "cursor"}
    ]
    assert found == []


def test_no_room_without_a_name() -> None:
    nameless = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py", "signals.py"}
    assert [name(path) for path in modules() if path.name in nameless] == []


def test_saving_a_row_does_nothing_but_save() -> None:
    found = [
        f"{name(path)}:{method.lineno}: {owner.name}.{method.name}"
        for path in modules("units", "scoring", "reports")
        if "models" in path.parts or path.name == "models.py"
        for owner in ast.walk(parsed(path))
        if isinstance(owner, ast.ClassDef)
        for method in owner.body
        if isinstance(method, ast.FunctionDef) and method.name in {"save", "asave", "save_base"}
    ]
    assert found == []


def test_modules_stay_short_enough_to_read() -> None:
    long = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {path: lines for path, lines in long.items() if lines > LONGEST_MODULE} == {}


def test_no_file_names_a_place_on_one_machine() -> None:
    pattern = re.compile(r"(?<![\w.$}~-])/(?:root|home|Users|work|tmp)/[\w.-]")
    found = []
    for path in files():
        if path.suffix in TEXT:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if pattern.search(line):
                    found.append(f"{name(path)}:{number}: {line.strip()[:120]}")
    assert found == []


def test_nothing_is_left_to_be_done_later() -> None:
    pattern = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    found = [
        f"{name(path)}: {hit[0]}"
        for path in files("templates", "static", "parindex", "units", "scoring", "reports", "tests", "docs", "deploy")
        if path.suffix in TEXT - {".csv", ".json", ".txt"}
        for hit in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_test_is_switched_off_or_replaces_our_own_code() -> None:
    pattern = re.compile(r"^unittest\.mock|^mock\b|^pytest\.(skip|xfail|importorskip)$")
    attributes = {"skip", "skipif", "xfail", "importorskip"}
    allowed = {"tests/browser/conftest.py"}  # without Chromium, by name and counted; a failure under CI
    found = []
    for path in modules("tests"):
        tree = parsed(path)
        found += [f"{name(path)}:{line}: {module}" for line, module in imported(tree) if pattern.search(module)]
        found += [
            f"{name(path)}:{node.lineno}: {ast.unparse(node)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in attributes and "pytest" in ast.unparse(node)
        ]
    assert [line for line in found if line.split(":")[0] not in allowed] == []


def test_the_example_of_production_names_every_variable_that_is_read() -> None:
    read = set(re.findall(r"\benv\.\w+\(\s*\"([A-Z_]+)\"", (ROOT / "parindex" / "env.py").read_text(encoding="utf-8")))
    example = (ROOT / "deploy" / "production.env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?\s?([A-Z_]+)=", example, flags=re.MULTILINE))
    assert read
    assert named == read
