"""The import contracts hold, and they would notice: each rule is broken once in a copy of the source."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, modules, name

LINT = "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"

BREACHES = {
    "a module without a room": ("units/utils.py", "", "units.utils"),
    "a module without a room in the topmost app": ("reports/helpers.py", "", "reports.helpers"),
    "a lower app that asks an upper one": ("units/enums.py", "import scoring.apps\n", "units.enums -> scoring.apps"),
    "scoring that asks reports": ("scoring/enums.py", "import reports.apps\n", "scoring.enums -> reports.apps"),
    "an app that asks the wiring": ("reports/apps.py", "import parindex.env\n", "reports.apps -> parindex.env"),
    "a room that imports upwards": ("units/enums.py", "import units.models\n", "units.enums -> units.models"),
    "an engine that knows Django": ("scoring/engine/__init__.py", "import django\n", "scoring.engine -> django"),
    "a public page that recomputes": (
        "reports/apps.py", "import scoring.engine\n", "reports.apps -> scoring.engine",
    ),
}  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for path in modules():
        target = tmp_path / name(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def lint(folder: Path) -> tuple[int, str]:
    result = subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False, env={"COLUMNS": "200"}
    )
    return result.returncode, result.stdout + result.stderr


def test_every_import_keeps_the_contracts(copy: Path) -> None:
    code, text = lint(copy)
    assert code == 0, text


@pytest.mark.parametrize("breach", BREACHES)
def test_the_contracts_notice(copy: Path, breach: str) -> None:
    place, line, complaint = BREACHES[breach]
    module = copy / place
    before = module.read_text(encoding="utf-8") if module.exists() else ""
    module.write_text(before + "\n" + line, encoding="utf-8")
    code, text = lint(copy)
    assert code == 1
    assert complaint in " ".join(text.split()), text


def test_the_four_packages_are_the_whole_portal() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert found == set(PACKAGES)
