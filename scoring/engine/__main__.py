"""``python -m scoring.engine campaign.json > results.json``: recompute a published result without the portal.

Also ``--check``, ``--explain`` and ``--compare`` (``--help`` tells how). ``-`` reads standard input. Exit 0 with the
answer on standard output (1 where a comparison finds a difference); exit 2 with one sentence per fault on standard
error and nothing on standard output, and without a word where the reader of the answer has gone. The three streams
are opened by number: what Python makes of them beforehand depends on the terminal, is None where one is closed, and
complains once more at the end about a pipe that broke.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import sys
from collections.abc import Iterable, Sequence
from typing import Final, NoReturn

from scoring.engine.commands import Refused, check, compare_files, explain
from scoring.engine.compute import compute_pieces
from scoring.engine.errors import CampaignFaults
from scoring.engine.schema import SCHEMAS, render_schema
from scoring.engine.strict_json import MAX_BYTES
from scoring.engine.wording import quote

_DIFFERS: Final = 1
_REFUSED: Final = 2
_STANDARD_INPUT, _STANDARD_OUTPUT, _STANDARD_ERROR = 0, 1, 2
_USAGE: Final = """\
Cách dùng (ghi - thay cho tên tệp để đọc từ đầu vào chuẩn):
  python -m scoring.engine TỆP.json > ketqua.json                    tính kết quả của một kỳ đánh giá
  python -m scoring.engine TỆP.json --check                          kiểm tra tệp, không tính
  python -m scoring.engine TỆP.json --explain ĐƠN_VỊ [TIÊU_CHÍ]      giải thích từng số của một đơn vị
  python -m scoring.engine TỆP.json --compare TỆP_KHÁC.json          so hai kết quả (hoặc hai kỳ, được tính trước)
  python -m scoring.engine --schema campaign|results                 in JSON Schema của tệp
Thêm --json để --explain và --compare in ra dữ liệu thay cho câu chữ.
Sau --explain ghi mã (chữ hoa hay thường đều được) hoặc tên, có dấu hay không.
Mã bắt đầu bằng dấu - thì ghi --explain=MÃ_ĐƠN_VỊ, thêm --explain=MÃ_TIÊU_CHÍ nếu cần.
Mã thoát: 0 là xong (so sánh: giống nhau), 1 là hai kết quả khác nhau, 2 là có lỗi."""


class _WrongCall(ValueError):
    """A command line that fits none of the usages."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _WrongCall


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    try:
        order = _parse(arguments)
        output, code = _carry_out(order)
    except _WrongCall:
        return _refuse([_USAGE])
    except CampaignFaults as refusal:
        return _refuse([str(fault) for fault in refusal.faults])
    except Refused as refusal:
        return _refuse([str(refusal)])
    try:
        _write(_STANDARD_OUTPUT, output)
    except BrokenPipeError:  # the reader has seen enough, as ``head`` does; nobody waits for a sentence
        return _REFUSED
    except OSError:
        return _refuse(["Không ghi được kết quả; hãy kiểm tra chỗ trống trên đĩa và chương trình nhận kết quả"])
    return code


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("file", nargs="?")
    parser.add_argument("--json", action="store_true")
    one_of = parser.add_mutually_exclusive_group()
    one_of.add_argument("-h", "--help", action="store_true")
    one_of.add_argument("--check", action="store_true")
    # Given twice, the codes follow each other: the only way for two that begin with a hyphen.
    one_of.add_argument("--explain", nargs="+", action="extend")
    one_of.add_argument("--compare")
    one_of.add_argument("--schema", choices=sorted(SCHEMAS))
    order = parser.parse_args(arguments)
    needs_file = not (order.help or order.schema)
    if (
        needs_file != (order.file is not None)
        or (order.json and order.explain is None and order.compare is None)
        or len(order.explain or ()) > 2
        or (order.file == order.compare == "-")
    ):
        raise _WrongCall
    return order


def _carry_out(order: argparse.Namespace) -> tuple[Iterable[bytes], int]:
    """The answer, piece by piece, and the exit code."""
    if order.help:
        return [f"{_USAGE}\n".encode()], 0
    if order.schema:
        return [render_schema(order.schema)], 0
    data = _read(order.file)
    if order.check:
        return [check(data)], 0
    if order.explain:
        unit, *criterion = order.explain
        return [explain(data, unit, "".join(criterion), as_json=order.json)], 0
    if order.compare is not None:
        files = [(order.file, data), (order.compare, _read(order.compare))]
        told, is_equal = compare_files(files, as_json=order.json)
        return [told], 0 if is_equal else _DIFFERS
    return compute_pieces(data), 0


def _read(path: str) -> bytes:
    """Read a file, at most a little more than the engine accepts."""
    try:
        with open(_STANDARD_INPUT if path == "-" else path, "rb", closefd=path != "-") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        raise Refused(f"Không đọc được tệp {quote(path)}; hãy kiểm tra đường dẫn và quyền đọc") from None


def _write(stream: int, pieces: Iterable[bytes]) -> None:
    with open(stream, "wb", closefd=False) as file:
        file.writelines(pieces)


def _refuse(sentences: Sequence[str]) -> int:
    # UTF-8 whatever the terminal: the sentences are Vietnamese. Where nobody listens, the exit code says it alone.
    with contextlib.suppress(OSError):
        _write(_STANDARD_ERROR, [f"{sentence}\n".encode(errors="backslashreplace") for sentence in sentences])
    return _REFUSED


if __name__ == "__main__":
    # One file and the end: the engine makes no cycles, and looking for them costs a tenth of the time.
    gc.disable()
    sys.exit(main(sys.argv[1:]))
