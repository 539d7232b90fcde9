"""``python -m scoring.engine``: anyone recomputes a result with nothing but Python."""

from __future__ import annotations

import gc
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.engine.__main__ import main
from scoring.engine.compute import compute
from tests.engine.campaigns import campaign, given, leaf, parent, spell, unit

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


WRONG_CALLS: list[tuple[str, ...]] = [
    (),
    ("a", "b"),
    ("--check",),
    ("a", "--json"),
    ("a", "--check", "--json"),
    ("a", "--check", "--compare", "b"),
    ("a", "--explain"),
    ("a", "--explain", "U", "1", "2"),
    ("-", "--compare", "-"),
    ("a", "--schema", "campaign"),
    ("--schema", "khac"),
    ("a", "--che"),
]


@pytest.mark.parametrize("arguments", WRONG_CALLS[:2])
def test_a_wrong_call_is_answered_with_the_right_one(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "python -m scoring.engine" in done.stderr.decode()


def write_into(target: int, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Compute results that no pipe holds at once into the open file ``target``, which is closed then."""
    path = folder / "2025.json"
    path.write_bytes(spell(campaign([leaf("1")], [unit(f"U{number}") for number in range(1000)])))
    command = [sys.executable, "-S", "-m", "scoring.engine", str(path)]
    try:
        return subprocess.run(command, cwd=ROOT, stdout=target, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(target)


def test_results_for_a_full_disk_are_one_sentence_not_a_traceback(tmp_path: Path) -> None:
    done = write_into(os.open("/dev/full", os.O_WRONLY), tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("Không ghi được kết quả; ")
    assert done.stderr.count(b"\n") == 1


def test_a_reader_that_has_gone_ends_the_command_without_a_word(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "2025.json"
    path.write_bytes(FILE)
    reader, target = os.pipe()
    os.close(reader)
    standard_output = os.dup(1)
    os.dup2(target, 1)
    try:
        code = main([str(path)])
    finally:
        os.dup2(standard_output, 1)
        os.close(standard_output)
        os.close(target)
    assert (code, capfd.readouterr().err) == (2, "")


def test_the_first_lines_may_be_looked_at_alone(tmp_path: Path) -> None:
    path = tmp_path / "2025.json"
    path.write_bytes(spell(campaign([leaf("1")], [unit(f"U{number}") for number in range(1000)])))
    command = ["sh", "-c", '"$0" -S -m scoring.engine "$1" | head -2', sys.executable, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b'{\n "format": "parindex-results/1",\n', b"")


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


# ── in this process: what each order answers ──────────────────────────────────────────────────────────────────────────

TREE = campaign(
    [parent("1", "20", leaf("1.1"), leaf("1.2")), leaf("2")],
    [unit("A", {"1.1": given("5"), "2": given("10")}), unit("B")],
)


class Shell:
    """Calls the command on files of its own folder."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.folder = folder
        self._capture = capture

    def file(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return str(self.folder / name)

    def __call__(self, *arguments: str) -> tuple[int, str, list[str]]:
        """Return the exit code, standard output, and the lines of standard error."""
        code = main(arguments)
        out, error = self._capture.readouterr()
        return code, out.decode(), error.decode().splitlines()


@pytest.fixture
def shell(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Shell:
    return Shell(tmp_path, capfdbinary)


def test_help_tells_every_usage_on_standard_output(shell: Shell) -> None:
    code, out, error = shell("--help")
    assert (code, error) == (0, [])
    for option in ("--check", "--explain", "--compare", "--schema", "--json"):
        assert option in out


@pytest.mark.parametrize("arguments", WRONG_CALLS)
def test_every_wrong_call_is_answered_with_every_right_one(shell: Shell, arguments: tuple[str, ...]) -> None:
    code, out, error = shell(*arguments)
    assert (code, out) == (2, "")
    assert error == shell("--help")[1].splitlines()


@pytest.mark.parametrize("name", ["campaign", "results"])
def test_a_schema_is_printed_without_a_file(shell: Shell, name: str) -> None:
    assert shell("--schema", name) == (0, (ROOT / "docs" / "schemas" / f"{name}.json").read_text("utf-8"), [])


def test_results_for_a_full_disk_are_one_sentence_here_too(shell: Shell) -> None:
    path = shell.file("a.json", FILE)
    kept = os.dup(1)
    try:
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, 1)
        os.close(full)
        code = main([path])
    finally:
        os.dup2(kept, 1)
        os.close(kept)
    assert code == 2
    assert shell("--help")[2] == [
        "Không ghi được kết quả; hãy kiểm tra chỗ trống trên đĩa và chương trình nhận kết quả"
    ]


def test_a_right_campaign_is_checked_in_one_line(shell: Shell) -> None:
    code, out, error = shell(shell.file("a.json", spell(TREE)), "--check")
    assert (code, error, out.count("\n")) == (0, [], 1)
    assert out.startswith(
        "Tệp kỳ đánh giá đúng quy cách: “2025”, “Chỉ số CCHC năm 2025”; 1 khối, 2 đơn vị, 1 bộ tiêu chí, 3 tiêu chí lá,"
        " 2 câu trả lời; mã băm "
    )


def test_right_results_are_checked_in_one_line(shell: Shell) -> None:
    code, out, error = shell(shell.file("a.json", compute(spell(TREE))), "--check")
    assert (code, error, out.count("\n")) == (0, [], 1)
    assert out.startswith("Tệp kết quả đúng quy cách: 1 khối, 2 đơn vị, 8 dòng tiêu chí; mã băm đầu vào ")


def test_a_wrong_file_is_checked_fault_by_fault(shell: Shell) -> None:
    broken = spell({**TREE, "units": [unit("A", {"1": given("5"), "2": given("11")})]})
    code, out, error = shell(shell.file("a.json", broken), "--check")
    assert (code, out) == (2, "")
    assert [line.split(": ")[0] for line in error] == [
        "units[0] “A” → answers → 1",
        "units[0] “A” → answers → 2 → points",
    ]


def test_a_unit_is_explained_from_its_leaves_to_its_grade(shell: Shell) -> None:
    code, out, error = shell(shell.file("a.json", spell(TREE)), "--explain", "A")
    assert (code, error) == (0, [])
    lines = out.splitlines()
    assert lines[:3] == [
        "Đơn vị A (mã A, khối so)",
        "Điểm 15 trên điểm tối đa 30, chỉ số 50,00, hạng 1, xếp loại Trung bình",
        "Chưa trả lời: 1.2",
    ]
    assert lines[lines.index("Từng tiêu chí") + 1] == "1. Lĩnh vực 1: 5/20 điểm, chỉ số 25,00, hạng 1"
    assert "   1.1. Tiêu chí 1.1: 5/10 điểm, chỉ số 50,00, hạng 1" in lines
    assert "      - Chấm 5 điểm, có ghi lý do" in lines


def test_a_criterion_is_explained_with_what_stands_below_it_alone(shell: Shell) -> None:
    path = shell.file("a.json", spell(TREE))
    code, out, error = shell(path, "--explain", "A", "1")
    assert (code, error) == (0, [])
    assert [line.split(":")[0] for line in out.splitlines() if "Tiêu chí" in line or "Lĩnh vực" in line] == [
        "1. Lĩnh vực 1",
        "   1.1. Tiêu chí 1.1",
        "   1.2. Tiêu chí 1.2",
    ]
    assert "Cách tính của kỳ đánh giá" not in out
    _, leaf_alone, _ = shell(path, "--explain", "A", "1.1")
    assert "\n1.1. Tiêu chí 1.1: 5/10 điểm" in leaf_alone


@pytest.mark.parametrize("order", [("a", "1.1"), ("don vi a", "tieu chi 1.1"), ("ĐƠN VỊ A", "Tiêu chí 1.1")])
def test_a_unit_and_a_criterion_may_be_named_in_any_case_and_by_their_names(shell: Shell, order: tuple) -> None:
    path = shell.file("a.json", spell(TREE))
    assert shell(path, "--explain", *order) == shell(path, "--explain", "A", "1.1")


def test_codes_that_begin_with_a_hyphen_are_explained_too(shell: Shell) -> None:
    path = shell.file("a.json", spell(campaign([leaf("-1")], [unit("-X", {"-1": given("5")})])))
    code, out, error = shell(path, "--explain=-X")
    assert (code, error, out.splitlines()[0]) == (0, [], "Đơn vị -X (mã -X, khối so)")
    code, out, error = shell(path, "--explain=-X", "--explain=-1")
    assert (code, error) == (0, [])
    assert "-1. Tiêu chí -1: 5/10 điểm" in out


def test_a_node_that_does_not_apply_and_a_unit_without_index_are_explained_too(shell: Shell) -> None:
    excluded = [{"criterion": code, "reason": "Không có"} for code in ("1", "2")]
    file = spell({**TREE, "units": [unit("A", not_applicable=excluded)]})
    code, out, _ = shell(shell.file("a.json", file), "--explain", "A")
    assert code == 0
    assert "Điểm 0 trên điểm tối đa 0\n" in out
    assert "1. Lĩnh vực 1: không áp dụng\n" in out


def test_an_explanation_is_given_as_data(shell: Shell) -> None:
    path = shell.file("a.json", spell(TREE))
    text = shell(path, "--explain", "A", "--json")[1]
    assert text.startswith('{\n "code": "A",\n')  # one space a level, as in the two files
    whole = json.loads(text)
    assert (whole["code"], whole["index"], [node["code"] for node in whole["nodes"]]) == (
        "A",
        "50.00",
        ["1", "1.1", "1.2", "2"],
    )
    part = json.loads(shell(path, "--explain", "A", "1.2", "--json")[1])
    assert [node["code"] for node in part["nodes"]] == ["1.2"]
    assert part["nodes"][0]["steps"][0] == {
        "name": "answer",
        "values": {"answer": "unanswered"},
        "sentence": "Chưa trả lời nên được 0 điểm",
    }


def test_a_title_that_would_steer_a_terminal_is_spelt_out_on_one_line(shell: Shell) -> None:
    file = campaign([leaf("1", title="Tiêu\nchí \x1b[31m")], [unit("A")])
    _, out, _ = shell(shell.file("a.json", spell(file)), "--explain", "A")
    assert "1. Tiêu\\u000achí \\u001b[31m: 0/10 điểm" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (("C",), "Không có đơn vị “C” trong tệp; hãy chọn một trong “A”, “B”"),
        (("Đơn vị",), "Không có đơn vị “Đơn vị” trong tệp; gần giống: “A” (Đơn vị A), “B” (Đơn vị B). Hãy ghi lại mã"),
        (
            ("A", "3"),
            "Không có tiêu chí “3” trong bộ tiêu chí của đơn vị “A”; hãy chọn một trong “1”, “1.1”, “1.2”, “2”",
        ),
    ],
)
def test_what_is_not_in_the_file_cannot_be_explained(shell: Shell, order: tuple[str, ...], said: str) -> None:
    assert shell(shell.file("a.json", spell(TREE)), "--explain", *order) == (2, "", [said])


def test_equal_results_are_said_to_be_equal_with_exit_0(shell: Shell) -> None:
    campaign_path = shell.file("a.json", spell(TREE))
    results_path = shell.file("b.json", compute(spell(TREE)))
    expected = (0, "Hai kết quả giống nhau: 2 đơn vị, không số nào khác.\n", [])
    for first, second in ((campaign_path, results_path), (results_path, campaign_path), (results_path, results_path)):
        assert shell(first, "--compare", second) == expected


def test_different_results_are_told_with_exit_1(shell: Shell) -> None:
    changed = {**TREE, "units": [unit("A", {"1.1": given("5"), "2": given("9")}), unit("B")]}
    paths = shell.file("a.json", spell(TREE)), shell.file("b.json", spell(changed))
    code, out, error = shell(paths[0], "--compare", paths[1])
    assert (code, error) == (1, [])
    assert "Đơn vị A: điểm 15 và 14.\n" in out
    code, data, _ = shell(paths[0], "--compare", paths[1], "--json")
    assert code == 1
    assert json.loads(data)["differences"][0] == {
        "scope": "unit",
        "owner": "A",
        "part": "",
        "key": "points",
        "first": "15",
        "second": "14",
    }


def test_the_faults_of_both_files_are_told_each_with_its_name(shell: Shell) -> None:
    first, second = shell.file("a.json", b"{"), shell.file("b.json", b'{"format": "parindex-results/1"}')
    code, out, error = shell(first, "--compare", second)
    assert (code, out) == (2, "")
    assert error[0].startswith(f"“{first}”, Tệp: không phải JSON đúng cú pháp" if len(first) <= 60 else "“")
    assert [line.split(": ")[1] for line in error[1:]] == [
        f"thiếu khóa bắt buộc “{key}”; hãy bổ sung" for key in ("engine", "input_sha256", "units", "groups")
    ]


def test_a_file_to_compare_with_that_cannot_be_read_is_refused(shell: Shell) -> None:
    code, out, error = shell(shell.file("a.json", spell(TREE)), "--compare", "")
    assert (code, out, error) == (2, "", ["Không đọc được tệp “”; hãy kiểm tra đường dẫn và quyền đọc"])


def test_the_file_run_as_a_program_computes_and_exits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "2025.json"
    path.write_bytes(FILE)
    monkeypatch.setattr(sys, "argv", ["scoring.engine", str(path)])
    try:
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(ROOT / "scoring" / "engine" / "__main__.py"), run_name="__main__")
    finally:
        gc.enable()
    assert (end.value.code, capfdbinary.readouterr().out) == (0, compute(FILE))


def documented() -> list[tuple[str, str]]:
    """Each command in the page for journalists and auditors, with what the page says that it prints."""
    page = (ROOT / "docs" / "recompute.md").read_text("utf-8")
    blocks = [block.split("\n```")[0] for block in page.split("```console\n$ ")[1:]]
    return [(command, output) for command, _, output in (block.partition("\n") for block in blocks)]


@pytest.mark.parametrize(("command", "output"), documented())
def test_the_commands_of_the_page_print_what_the_page_says(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, command: str, output: str
) -> None:
    monkeypatch.chdir(ROOT)
    assert shell(*command.removeprefix("python -m scoring.engine ").split()) == (0, f"{output}\n", [])


def test_the_page_shows_the_three_orders() -> None:
    assert [command.split()[4] for command, _ in documented()] == ["--check", "--compare", "--explain"]
