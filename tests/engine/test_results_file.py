"""The results file: its keys, their order, its bytes, its digest."""

import hashlib
import json

import pytest

from scoring.engine import ENGINE_VERSION
from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import canonical_bytes, input_sha256
from tests.engine.campaigns import campaign, given, leaf, parent, spell, unit

FILE = campaign(
    [parent("1", "2", leaf("1.1", "2", {"kind": "ratio", "floor": "0.8"})), leaf("2", "7.50")],
    [unit("SNV", {"1.1": {"inputs": {"numerator": 45, "denominator": 50}}}, name="Sở Nội vụ")],
)


def test_the_whole_file_byte_for_byte() -> None:
    digest = hashlib.sha256(canonical_bytes(FILE)).hexdigest()
    assert compute(spell(FILE)).decode() == (
        f"""{{
 "format": "parindex-results/1",
 "engine": "{ENGINE_VERSION}",
 "input_sha256": "{digest}",
 "units": [
  {{
   "code": "SNV",
   "group": "so",
   "points": "1.8",
   "max_points": "9.5",
   "index": "18.95",
   "rank": 1,
   "grade": "yeu",
   "grade_reason": "Chỉ số công bố 18,95 không đạt ngưỡng của mức nào cao hơn: mức “Yếu”",
   "unanswered": [
    "2"
   ],
   "nodes": [
    {{
     "code": "1",
     "points": "1.8",
     "max_points": "2",
     "index": "90.00",
     "rank": 1,
     "applicable": true,
     "steps": "Cộng điểm các tiêu chí: 1,8, trên điểm tối đa 2 → 90%"
    }},
    {{
     "code": "1.1",
     "points": "1.8",
     "max_points": "2",
     "index": "90.00",
     "rank": 1,
     "applicable": true,
     "steps": "45/50 = 90% ≥ 80% → 0,9 × 2 = 1,8 điểm"
    }},
    {{
     "code": "2",
     "points": "0",
     "max_points": "7.5",
     "index": "0.00",
     "rank": 1,
     "applicable": true,
     "steps": "Chưa có câu trả lời: 0 điểm"
    }}
   ]
  }}
 ],
 "groups": [
  {{
   "code": "so",
   "count": 1,
   "ranked": 1,
   "mean": "18.95",
   "highest": "18.95",
   "lowest": "18.95",
   "above_mean": 0,
   "grades": {{
    "tot": 0,
    "kha": 0,
    "trung_binh": 0,
    "yeu": 1
   }},
   "components": [
    {{
     "criteria_set": "so",
     "code": "1",
     "mean": "90.00",
     "lowest_unit": "SNV",
     "highest_unit": "SNV"
    }},
    {{
     "criteria_set": "so",
     "code": "2",
     "mean": "0.00",
     "lowest_unit": "SNV",
     "highest_unit": "SNV"
    }}
   ]
  }}
 ]
}}
"""
    )


def test_an_empty_campaign_has_empty_lists() -> None:
    file = campaign([leaf("1")], [])
    found = json.loads(compute(spell(file)))
    assert found["units"] == []
    assert [group["count"] for group in found["groups"]] == [0]


def test_the_digest_is_over_the_parsed_file_with_sorted_keys_and_no_spaces() -> None:
    assert canonical_bytes({"b": [1, None], "a": "Đ"}) == '{"a":"Đ","b":[1,null]}'.encode()
    spaced = json.dumps(FILE, indent=4, sort_keys=True).encode()
    assert input_sha256(spaced) == input_sha256(spell(FILE)) == hashlib.sha256(canonical_bytes(FILE)).hexdigest()


def test_the_digest_of_something_else_is_another() -> None:
    assert input_sha256(spell({**FILE, "x_note": ""})) != input_sha256(spell(FILE))
    assert input_sha256(b'{"a": 1}') != input_sha256(b'{"a": "1"}')


def test_a_file_that_is_no_strict_json_has_no_digest() -> None:
    with pytest.raises(CampaignFaults):
        input_sha256(b'{"a": 1.0}')


def test_units_stand_in_the_order_of_groups_and_nodes_in_tree_order() -> None:
    groups = [{"code": "xa", "title": "Xã"}, {"code": "so", "title": "Sở"}]
    units = [unit("S", {"2": given("7")}), unit("X", {}, group="xa")]
    found = json.loads(compute(spell({**FILE, "groups": groups, "units": units})))
    assert [one["code"] for one in found["units"]] == ["X", "S"]
    assert [node["code"] for node in found["units"][0]["nodes"]] == ["1", "1.1", "2"]
    assert found["units"][0]["unanswered"] == ["1.1", "2"]
