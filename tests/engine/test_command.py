"""``python -m scoring.engine``: anyone recomputes a result with nothing but Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.engine.compute import compute
from tests.engine.campaigns import campaign, given, leaf, spell, unit

ROOT = Path(__file__).resolve().parents[2]
FILE = spell(campaign([leaf("1")], [unit("A", {"1": given("5")})]))


def run(*arguments: str, stdin: bytes = b"", locale: str = "C.UTF-8") -> subprocess.CompletedProcess[bytes]:
    """Run the engine with -S: no installed package can be imported."""
    command = [sys.executable, "-S", "-m", "scoring.engine", *arguments]
    environment = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, check=False, env=environment)


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_a_file_gives_its_results_on_standard_output_in_every_locale(tmp_path: Path, locale: str) -> None:
    path = tmp_path / "năm 2025.json"
    path.write_bytes(FILE)
    done = run(str(path), locale=locale)
    assert (done.returncode, done.stdout, done.stderr) == (0, compute(FILE), b"")


def test_a_dash_reads_standard_input() -> None:
    assert run("-", stdin=FILE).stdout == compute(FILE)


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_faults_go_to_standard_error_one_sentence_a_line_and_nothing_to_standard_output(locale: str) -> None:
    broken = FILE.replace(b'"points": "5"', b'"points": "11"').replace(b'"decimals": 2', b'"decimals": 2.5')
    done = run("-", stdin=broken, locale=locale)
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout) == (2, b"")
    assert [line.split(": ")[0] for line in lines] == ["policy → decimals", "units[0] “A” → answers → 1 → points"]


@pytest.mark.parametrize("name", ["khong-co.json", ".", "a\x01b", "x" * 5000])
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    done = run(str(tmp_path / name))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("Không đọc được tệp “")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("arguments", [(), ("a", "b")])
def test_a_wrong_call_is_answered_with_the_right_one(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "python -m scoring.engine" in done.stderr.decode()


@pytest.mark.parametrize("where", ["a reader that has gone", "a full disk"])
def test_results_that_cannot_be_written_are_one_sentence_not_a_traceback(tmp_path: Path, where: str) -> None:
    path = tmp_path / "2025.json"
    path.write_bytes(spell(campaign([leaf("1")], [unit(f"U{number}") for number in range(1000)])))
    if where == "a full disk":
        target = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, target = os.pipe()
        os.close(reader)
    try:
        command = [sys.executable, "-S", "-m", "scoring.engine", str(path)]
        done = subprocess.run(command, cwd=ROOT, stdout=target, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(target)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("Không ghi được kết quả; ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("closed", "said"),
    [("<&-", "Không đọc được tệp “-”"), (">&-", "Không ghi được kết quả"), ("2>&- </dev/null", "")],
)
def test_a_closed_stream_is_no_traceback(tmp_path: Path, closed: str, said: str) -> None:
    path = tmp_path / "2025.json"
    path.write_bytes(FILE)
    source = str(path) if closed == ">&-" else "-"
    command = ["sh", "-c", f'"$0" -S -m scoring.engine "$1" {closed}', sys.executable, source]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(said)
    assert done.stderr.count(b"\n") == bool(said)


def test_the_engine_starts_without_django() -> None:
    code = "import sys, scoring.engine.__main__; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_sort_key_alone_loads_nothing_of_the_rest() -> None:
    code = "import sys, scoring.engine.vietnamese; print([m for m in sys.modules if m.startswith('scoring.engine.')])"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "['scoring.engine.vietnamese']\n"
