"""One province through the engine: 170 units, 90 leaves each, from file to file. Limit 4 s of processor time."""

from __future__ import annotations

import json
import random
import sys
import time

from scoring.engine.compute import compute

UNITS, COMPONENTS, LEAVES, LIMIT = 170, 9, 10, 4.0
POLICY = {
    "decimals": 2, "rounding": "half_up", "leaf_decimals": None, "exclusion": "own_maximum", "weighting": "points",
    "cap_index": False, "rank_on": "published", "ranking": "competition", "grade_on": "published",
    "mean_of": "published",
}  # fmt: skip


def campaign() -> bytes:
    """Ratio leaves of one point each, with figures drawn from a fixed seed."""
    chance = random.Random(20260101)
    rule = {"kind": "ratio", "floor": "0.5", "full_at": "0.95", "when_empty": "not_applicable"}
    criteria = [
        {
            "code": str(number), "title": f"Lĩnh vực {number}", "max_points": str(LEAVES),
            "children": [
                {"code": f"{number}.{leaf}", "title": f"Tiêu chí {number}.{leaf}", "max_points": "1", "rule": rule}
                for leaf in range(1, LEAVES + 1)
            ],
        }
        for number in range(1, COMPONENTS + 1)
    ]  # fmt: skip
    codes = [leaf["code"] for component in criteria for leaf in component["children"]]

    def answer() -> dict:
        total = chance.randint(0, 5000)
        return {"inputs": {"numerator": chance.randint(0, total), "denominator": total}}

    units = [
        {"code": f"X{number:03d}", "name": f"Xã {number}", "group": "xa", "criteria_set": "xa",
         "answers": {code: answer() for code in codes}}
        for number in range(UNITS)
    ]  # fmt: skip
    content = {
        "format": "parindex-campaign/1", "campaign": {"code": "do", "title": "Phép đo"}, "policy": POLICY,
        "grades": [{"code": "tot", "label": "Tốt", "at_least": "80"}, {"code": "kha", "label": "Khá"}],
        "criteria_sets": [{"code": "xa", "title": "Xã", "criteria": criteria}],
        "groups": [{"code": "xa", "title": "Xã"}], "units": units,
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False).encode()


if __name__ == "__main__":
    data = campaign()
    began = time.process_time()
    results = compute(data)
    spent = time.process_time() - began
    print(f"tính {UNITS} đơn vị × {COMPONENTS * LEAVES} tiêu chí: {spent:.2f} s, giới hạn {LIMIT:.0f} s")
    print(f"tệp vào {len(data) // 1024} KB, tệp ra {len(results) // 1024} KB")
    sys.exit(spent > LIMIT)
