"""A province through the engine, from file to file: 3,500 units × 120 leaves of all eleven kinds, and smaller ones.

Each size runs in a process of its own and tells the time and the most memory of every stage, beside what
``json.loads`` and ``json.dumps`` take for the same two files in the same run. Times are of the processor,
as the machine may be shared.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.drawn.province import province
from scoring.engine.change import outlook, reevaluate, unit_of, with_answers
from scoring.engine.evaluate import evaluate
from scoring.engine.interchange import load_campaign, result_pieces
from scoring.engine.sentences import sentences
from scoring.engine.types import Judged

SIZES = (875, 1750, 3500)
EVALUATE_LIMIT, WHOLE_LIMIT, MEMORY_LIMIT, GROWTH_LIMIT = 5.0, 15.0, 1024, 4.4
CHANGE_UNITS, CHANGE_COMPONENTS, CHANGE_LIMIT = 200, 8, 0.050
STAGES = ("đọc tệp", "tính và tổng hợp", "viết câu", "ghi kết quả")
HEADINGS = ("việc", *(f"{size} đơn vị" for size in SIZES), "gấp")

Value = TypeVar("Value")


class Stages:
    """Seconds and the most megabytes of each stage, in the order in which they ran."""

    def __init__(self) -> None:
        self.measured: dict[str, tuple[float, int]] = {}

    def run(self, name: str, work: Callable[[], Value]) -> Value:
        forget_most_memory()
        began = time.process_time()
        value = work()
        self.measured[name] = (time.process_time() - began, most_memory())
        return value


def forget_most_memory() -> None:
    """Let the system count the most memory anew; where it cannot, a stage shows the most so far."""
    if os.access("/proc/self/clear_refs", os.W_OK):
        Path("/proc/self/clear_refs").write_text("5")


def most_memory() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024


def measure(units: int) -> dict[str, tuple[float, int]]:
    """Run one size stage by stage. Nothing of a result is kept but its bytes, and these only for ``json.loads``."""
    gc.disable()
    stages = Stages()
    data = province(units)
    output = run_engine(stages, data)
    for name, file in (("tệp vào", data), ("tệp ra", output)):
        value = stages.run(f"json.loads {name}", lambda file=file: json.loads(file))
        stages.run(f"json.dumps {name}", lambda value=value: json.dumps(value, ensure_ascii=False))
        del value
    stages.measured["MB tệp vào, tệp ra"] = (len(data) / 1e6, len(output) // 10**6)
    return stages.measured


def run_engine(stages: Stages, data: bytes) -> bytes:
    """Measure the stages of the engine; return the results file, made once more."""
    campaign = stages.run(STAGES[0], lambda: load_campaign(data))
    results = stages.run(STAGES[1], lambda: evaluate(campaign))
    stages.run(STAGES[2], lambda: [deque(sentences(unit), maxlen=0) for unit in results.units])
    with Path(os.devnull).open("wb") as written:
        stages.run(STAGES[3], lambda: written.writelines(result_pieces(results)))
    # The engine tells a unit while it writes it; told apart, the sentences are taken off here.
    both, memory = stages.measured[STAGES[3]]
    stages.measured[STAGES[3]] = (both - stages.measured[STAGES[2]][0], memory)
    return b"".join(result_pieces(results))


def measure_change() -> tuple[float, float]:
    """Seconds of one changed answer among 200 units × 96 leaves, best of five: all ranks anew, and the unit alone."""
    campaign = load_campaign(province(CHANGE_UNITS, CHANGE_COMPONENTS))
    results = evaluate(campaign)
    unit = campaign.units[7]
    answer = Judged(campaign.criteria_sets["xa"].layout[2][0].max_points / 3, "Phép đo")
    everything, alone = [], []
    for _ in range(5):
        began = time.process_time()
        changed = with_answers(campaign, unit.code, {"1.1.1": answer})
        reevaluate(changed, results, unit.code)
        everything.append(time.process_time() - began)
        began = time.process_time()
        outlook(campaign, results, unit_of(changed, unit.code))
        alone.append(time.process_time() - began)
    return min(everything), min(alone)


def in_own_process(units: int) -> dict[str, tuple[float, int]]:
    told = subprocess.run([sys.executable, __file__, str(units)], check=True, capture_output=True, text=True).stdout
    return {name: (seconds, memory) for name, (seconds, memory) in json.loads(told).items()}


def report(sizes: list[dict[str, tuple[float, int]]]) -> bool:
    """Print the table; tell whether every limit holds."""
    print("{:24}{:>20}{:>20}{:>20}{:>8}".format(*HEADINGS))
    for name in sizes[0]:
        cells = [f"{one[name][0]:.2f} s {one[name][1]:5} MB" for one in sizes]
        if name.startswith("MB"):
            cells = [f"{one[name][0]:.1f}, {one[name][1]} MB" for one in sizes]
        growth = sizes[-1][name][0] / max(sizes[0][name][0], 0.001)
        print("{:24}{:>20}{:>20}{:>20}{:>8.2f}".format(name, *cells, growth))
    wholes = [sum(one[stage][0] for stage in STAGES) for one in sizes]
    most = max(sizes[-1][stage][1] for stage in STAGES)
    growth = wholes[-1] / wholes[0]
    print(f"từ tệp đến tệp: {', '.join(f'{whole:.1f} s' for whole in wholes)}; giới hạn {WHOLE_LIMIT:.0f} s")
    print(f"tính và tổng hợp: {sizes[-1][STAGES[1]][0]:.1f} s; giới hạn {EVALUATE_LIMIT:.0f} s")
    print(f"bộ nhớ nhiều nhất: {most} MB; giới hạn {MEMORY_LIMIT} MB")
    print(f"gấp bốn số đơn vị: gấp {growth:.2f} thời gian; giới hạn {GROWTH_LIMIT}")
    return (
        wholes[-1] <= WHOLE_LIMIT
        and sizes[-1][STAGES[1]][0] <= EVALUATE_LIMIT
        and most <= MEMORY_LIMIT
        and growth <= GROWTH_LIMIT
    )


def main(arguments: list[str]) -> int:
    if arguments:
        print(json.dumps(measure(int(arguments[0]))))
        return 0
    holds = report([in_own_process(size) for size in SIZES])
    everything, alone = measure_change()
    print(f"một câu trả lời đổi, {CHANGE_UNITS} đơn vị × {CHANGE_COMPONENTS * 12} tiêu chí, tính lại cả khối: ", end="")
    print(f"{everything * 1000:.1f} ms (giới hạn {CHANGE_LIMIT * 1000:.0f} ms), riêng đơn vị: {alone * 1000:.1f} ms")
    return 0 if holds and everything <= CHANGE_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
