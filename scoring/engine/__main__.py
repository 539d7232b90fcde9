"""``python -m scoring.engine campaign.json > results.json``: recompute a published result without the portal.

``-`` reads standard input. Exit 0 with the results on standard output; exit 2 with one sentence per fault on standard
error and nothing on standard output. The three streams are opened by number: what Python makes of them beforehand
depends on the terminal, is None where one is closed, and complains once more at the end about a pipe that broke.
"""

import contextlib
import gc
import sys
from collections.abc import Sequence

from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.strict_json import MAX_BYTES
from scoring.engine.wording import quote

_REFUSED = 2
_STANDARD_INPUT, _STANDARD_OUTPUT, _STANDARD_ERROR = 0, 1, 2
_USAGE = "Cách dùng: python -m scoring.engine TỆP.json > ketqua.json (dùng - để đọc từ đầu vào chuẩn)"


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    if len(arguments) != 1:
        return _refuse([_USAGE])
    try:
        data = _read(arguments[0])
    except (OSError, ValueError):
        return _refuse([f"Không đọc được tệp {quote(arguments[0])}; hãy kiểm tra đường dẫn và quyền đọc"])
    try:
        results = compute(data)
    except CampaignFaults as refusal:
        return _refuse([str(fault) for fault in refusal.faults])
    try:
        _write(_STANDARD_OUTPUT, results)
    except OSError:
        return _refuse(["Không ghi được kết quả; hãy kiểm tra chỗ trống trên đĩa và chương trình nhận kết quả"])
    return 0


def _read(path: str) -> bytes:
    """Read a file, at most a little more than the engine accepts."""
    with open(_STANDARD_INPUT if path == "-" else path, "rb", closefd=path != "-") as file:
        return file.read(MAX_BYTES + 1)


def _write(stream: int, data: bytes) -> None:
    with open(stream, "wb", closefd=False) as file:
        file.write(data)


def _refuse(sentences: Sequence[str]) -> int:
    # UTF-8 whatever the terminal: the sentences are Vietnamese. Where nobody listens, the exit code says it alone.
    with contextlib.suppress(OSError):
        _write(_STANDARD_ERROR, "".join(f"{sentence}\n" for sentence in sentences).encode(errors="backslashreplace"))
    return _REFUSED


if __name__ == "__main__":
    # One file and the end: the engine makes no cycles, and looking for them costs a tenth of the time.
    gc.disable()
    sys.exit(main(sys.argv[1:]))
