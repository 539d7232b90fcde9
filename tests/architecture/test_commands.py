"""The two commands of the README, and their smaller siblings, as a person meets them."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT


def make(*arguments: str) -> str:
    command = [shutil.which("make"), "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_make_alone_explains_every_command() -> None:
    targets = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split()
    text = make()
    assert text == make("help")
    for target in targets:
        assert re.search(rf"^  make {target}\s+\S{{2,}}", text, re.MULTILINE), target


def test_the_page_of_operations_names_every_variable_and_each_command_once() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    read = set(re.findall(r'"(PARINDEX_[A-Z_]+)"', (ROOT / "parindex" / "env.py").read_text(encoding="utf-8")))
    named = set(re.findall(r"PARINDEX_[A-Z_]+", page))
    shortened = {f"PARINDEX_OIDC{end}" for end in re.findall(r"`(_[A-Z_]+)`", page)}
    assert read - named - shortened == set()
    commands = re.findall(r"^\| `manage\.py (\w+)", page, re.MULTILINE)
    assert sorted(commands) == sorted(set(commands))


def bash(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("bash"), str(ROOT / script), *arguments],
        capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", **environment},
    )  # fmt: skip


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80 80", "999999999999999999999"])
def test_a_port_that_is_none_is_refused_in_a_sentence(port: str) -> None:
    result = bash("deploy/serve.sh", "127.0.0.1", port)
    assert result.returncode == 1
    assert "PORT phải là một số từ 1 đến 65535" in result.stderr


def test_make_run_refuses_to_stand_in_for_a_production_server() -> None:
    result = bash("deploy/serve.sh", "127.0.0.1", "8000", PARINDEX_MODE="production")
    assert result.returncode == 1
    assert "make run chỉ mở bản dùng thử" in result.stderr


def test_a_taken_port_is_named_together_with_a_free_choice() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, str(ROOT / "deploy" / "port_is_free.py"), "127.0.0.1", str(port)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 1
        assert f"Cổng mạng {port} đang có chương trình khác dùng" in result.stderr
    assert subprocess.run(command, check=False).returncode == 0


def test_a_machine_without_python_and_without_rights_gets_the_one_command(tmp_path: Path) -> None:
    """A clone on a machine that has neither a good Python nor apt: one command is named, nothing is left behind."""
    clone, programs = tmp_path / "bản sao", tmp_path / "bin"
    (clone / "deploy").mkdir(parents=True)
    programs.mkdir()
    for file in ("deploy/bootstrap.sh", "requirements.txt", "requirements-dev.txt"):
        shutil.copyfile(ROOT / file, clone / file)
    for program in ("bash", "cat", "dirname", "id", "seq", "sha256sum", "cut"):
        (programs / program).symlink_to(shutil.which(program))
    result = subprocess.run(
        [programs / "bash", clone / "deploy" / "bootstrap.sh", "runtime"],
        capture_output=True, text=True, check=False, env={"PATH": str(programs)},
    )  # fmt: skip
    assert result.returncode == 1
    assert "Cần Python 3.11 trở lên" in result.stderr
    assert "apt-get install -y python3 python3-venv" in result.stderr
    assert not (clone / ".venv").exists()
