"""``python -m scoring.engine campaign.json > results.json``: recompute a published result without the portal.

``-`` reads standard input. Exit 0 with the results on standard output; exit 2 with one sentence per fault on standard
error and nothing on standard output.
"""

import sys
from collections.abc import Sequence

from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.strict_json import MAX_BYTES
from scoring.engine.wording import quote

_REFUSED = 2
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
    sys.stdout.buffer.write(results)
    sys.stdout.buffer.flush()
    return 0


def _read(path: str) -> bytes:
    """Read a file, at most a little more than the engine accepts."""
    if path == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _refuse(sentences: Sequence[str]) -> int:
    # UTF-8 whatever the terminal: the sentences are Vietnamese.
    sys.stderr.buffer.write("".join(f"{sentence}\n" for sentence in sentences).encode(errors="backslashreplace"))
    sys.stderr.buffer.flush()
    return _REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
