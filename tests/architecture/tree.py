"""The project's own files, for the tests that hold the rules of the house."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("parindex", "reports", "scoring", "units")
NOT_OURS = {".coverage", "var", "staticfiles", "vendor", "node_modules", "htmlcov", "__pycache__"}
TEXT = {
    "", ".cfg", ".conf", ".css", ".csv", ".example", ".html", ".in", ".ini", ".js", ".json", ".md", ".po", ".py",
    ".service", ".sh", ".svg", ".timer", ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip


def _is_ours(folder: str) -> bool:
    """False for what is vendored, built or stored, and for the hidden folders that tools keep for themselves."""
    return folder not in NOT_OURS and (not folder.startswith(".") or folder == ".ci")


def files(*folders: str, suffixes: set[str] | None = None) -> Iterator[Path]:
    """Our own files under the named folders (default: everything)."""
    for folder in folders or (".",):
        for place, below, names in os.walk(ROOT / folder):
            below[:] = sorted(filter(_is_ours, below))
            for file in sorted(set(names) - NOT_OURS):
                path = Path(place, file)
                if suffixes is None or path.suffix in suffixes:
                    yield path


def modules(*folders: str) -> Iterator[Path]:
    """Python modules of the named folders (default: the four packages), migrations left out."""
    for path in files(*(folders or PACKAGES), suffixes={".py"}):
        if "migrations" not in path.parts:
            yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every absolute import, wherever it stands in the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
