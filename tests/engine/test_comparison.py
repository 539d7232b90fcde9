"""What differs between two results files, and how a results file that is none is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from scoring.engine.comparison import Comparison, Difference, compare, tell
from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.results_file import is_results_file, read_results
from tests.engine.campaigns import Json, campaign, given, leaf, parent, results, spell, unit
from tests.engine.random_campaigns import draw_campaign

FILE = campaign(
    [parent("1", "10", leaf("1.1")), leaf("2")],
    [unit("A", {"1.1": given("5"), "2": given("10")}), unit("B", {"1.1": given("2"), "2": given("1.5")})],
)
PRINTED = results(FILE)

Change = Callable[[Json], object]


def changed(change: Change) -> Json:
    """The results after a change by hand."""
    copied = copy.deepcopy(PRINTED)
    change(copied)
    return copied


def compared(first: Json, second: Json) -> Comparison:
    return compare(read_results(spell(first)), read_results(spell(second)))


# ── comparison ────────────────────────────────────────────────────────────────────────────────────────────────────────


@for_all(st.integers(min_value=0, max_value=10**9))
def test_results_are_read_whatever_the_campaign_and_equal_themselves(seed: int) -> None:
    data = compute(spell(draw_campaign(seed)))
    found = compare(read_results(data), read_results(data))
    assert found.is_equal
    assert len(list(tell(found))) == 1


def test_engine_digest_sentences_and_own_keys_do_not_count() -> None:
    def change(file: Json) -> None:
        file["engine"], file["input_sha256"], file["x_notice"] = "9", "0" * 64, "DỮ LIỆU MINH HỌA"
        file["units"][0]["grade_reason"] = file["units"][0]["nodes"][0]["steps"] = "Nói cách khác"

    found = compared(PRINTED, changed(change))
    assert found.is_equal
    own = PRINTED
    assert list(tell(found)) == [
        "Hai kết quả giống nhau: 2 đơn vị, không số nào khác.",
        f"Phiên bản bộ tính: {own['engine']} và 9 (không tính là khác nhau).",
        f"Mã băm đầu vào: {own['input_sha256']} và {'0' * 64} (không tính là khác nhau).",
    ]


def test_the_order_of_units_and_groups_does_not_count() -> None:
    assert compared(PRINTED, changed(lambda file: file["units"].reverse())).is_equal


CHANGES: list[tuple[Change, Difference, str]] = [
    (
        lambda file: file["units"][0].update(points="15.5"),
        Difference("unit", "A", "", "points", "15", "15.5"),
        "Đơn vị A: điểm 15 và 15,5.",
    ),
    (
        lambda file: file["units"][0].update(index=None),
        Difference("unit", "A", "", "index", "75.00", None),
        "Đơn vị A: chỉ số 75,00 và không có.",
    ),
    (
        lambda file: file["units"][1].update(rank=1),
        Difference("unit", "B", "", "rank", 2, 1),
        "Đơn vị B: hạng 2 và 1.",
    ),
    (
        lambda file: file["units"][0].update(grade="tot"),
        Difference("unit", "A", "", "grade", "kha", "tot"),
        "Đơn vị A: xếp loại kha và tot.",
    ),
    (
        lambda file: file["units"][0].update(unanswered=["1.1", "2"]),
        Difference("unit", "A", "", "unanswered", "", "1.1, 2"),
        "Đơn vị A: tiêu chí chưa trả lời không có và 1.1, 2.",
    ),
    (
        lambda file: file["units"][0]["nodes"][0].update(max_points="9"),
        Difference("node", "A", "1", "max_points", "10", "9"),
        "Đơn vị A, tiêu chí 1: điểm tối đa 10 và 9.",
    ),
    (
        lambda file: file["units"][0]["nodes"][1].update(applicable=False),
        Difference("node", "A", "1.1", "applicable", True, False),
        "Đơn vị A, tiêu chí 1.1: áp dụng có và không.",
    ),
    (
        lambda file: file["units"][0]["nodes"].pop(1),
        Difference("node", "A", "1.1", "", True, False),
        "Đơn vị A, tiêu chí 1.1: chỉ có trong tệp thứ nhất.",
    ),
    (
        lambda file: file["units"][0]["nodes"][1].update(code="1.9"),
        Difference("node", "A", "1.9", "", False, True),
        "Đơn vị A, tiêu chí 1.9: chỉ có trong tệp thứ hai.",
    ),
    (
        lambda file: file["groups"][0].update(mean="50.01"),
        Difference("group", "so", "", "mean", "46.25", "50.01"),
        "Khối so: trung bình 46,25 và 50,01.",
    ),
    (
        lambda file: file["groups"][0]["grades"].update(tot=1),
        Difference("grade", "so", "tot", "count", 0, 1),
        "Khối so, số đơn vị xếp loại tot: 0 và 1.",
    ),
    (
        lambda file: file["groups"][0]["components"][1].update(lowest_unit="1.2"),
        Difference("component", "so", "so → 2", "lowest_unit", "B", "1.2"),
        "Khối so, lĩnh vực so → 2: đơn vị thấp nhất B và 1.2.",
    ),
]


@pytest.mark.parametrize(("change", "difference", "sentence"), CHANGES)
def test_every_value_that_differs_is_found_and_told(change: Change, difference: Difference, sentence: str) -> None:
    found = compared(PRINTED, changed(change))
    assert not found.is_equal
    assert difference in found.differences
    assert sentence in list(tell(found))


def test_the_first_line_counts_the_units_that_differ() -> None:
    def change(file: Json) -> None:
        for one in file["units"]:
            one.update(points="1", rank=1)

    first_line = next(tell(compared(PRINTED, changed(change))))
    assert first_line == (
        "Hai kết quả khác nhau: 2 đơn vị khác điểm, 0 đơn vị khác chỉ số, 1 đơn vị khác hạng, 0 đơn vị khác xếp loại."
    )


def test_units_and_groups_of_one_file_only_are_named() -> None:
    def change(file: Json) -> None:
        file["units"][0]["code"], file["groups"][0]["code"] = "C", "xa"

    found = compared(PRINTED, changed(change))
    assert (found.units_only_in_first, found.units_only_in_second) == (("A",), ("C",))
    assert list(tell(found))[1:] == [
        "Đơn vị chỉ có trong tệp thứ nhất: A.",
        "Đơn vị chỉ có trong tệp thứ hai: C.",
        "Khối chỉ có trong tệp thứ nhất: so.",
        "Khối chỉ có trong tệp thứ hai: xa.",
    ]


# ── the reader ────────────────────────────────────────────────────────────────────────────────────────────────────────


def refused(file: object) -> list[str]:
    with pytest.raises(CampaignFaults) as refusal:
        read_results(file if isinstance(file, bytes) else spell(file))
    return [str(fault) for fault in refusal.value.faults]


MEND = "hãy lấy lại tệp gốc"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda file: file.update(input_sha256="abc"), "input_sha256: “abc” không đúng cách viết của tệp kết quả; "),
        (lambda file: file["units"][0].update(points="9.50"), "units[0] “A” → points: “9.50” không đúng cách viết"),
        (lambda file: file["units"][0].update(index="-1"), "units[0] “A” → index: “-1” không đúng cách viết"),
        (
            lambda file: file["units"][0].update(points=None),
            "units[0] “A” → points: phải là một chuỗi, không phải null",
        ),
        (lambda file: file["units"][0].update(rank=0), f"units[0] “A” → rank: phải là số nguyên từ 1 trở lên; {MEND}"),
        (lambda file: file["units"][0].update(rank=True), "units[0] “A” → rank: phải là số nguyên từ 1"),
        (lambda file: file["units"][0].pop("rank"), "units[0] “A” → rank: phải là số"),
        (
            lambda file: file["units"][0].update(unanswered=["1", 2, " "]),
            f"units[0] “A” → unanswered[1]: phải là mã tiêu chí; {MEND}",
        ),
        (lambda file: file["units"][0].update(thu="x"), "units[0] “A” → thu: không có khóa này trong quy cách"),
        (lambda file: file["units"][1].update(code="A"), "units[1] “A” → code: mã đơn vị “A” lặp lại"),
        (
            lambda file: file["units"][0]["nodes"][1].update(code="1"),
            "units[0] “A” → nodes[1] “1” → code: mã tiêu chí “1” lặp lại",
        ),
        (
            lambda file: file["groups"][0]["components"][1].update(code="1"),
            "groups[0] “so” → components[1] “1”: lĩnh vực “1” của bộ tiêu chí “so” lặp lại",
        ),
        (lambda file: file["groups"][0].update(grades=[]), "groups[0] “so” → grades: phải là một đối tượng"),
        (
            lambda file: file["groups"][0]["grades"].update(tot="1"),
            "groups[0] “so” → grades → tot: phải là số nguyên từ 0 trở lên",
        ),
        (lambda file: file.update(format="parindex-campaign/1"), "format: không nhận giá trị “parindex-campaign/1”"),
    ],
)
def test_a_results_file_that_is_not_as_printed_is_refused_at_its_place(change: Change, sentence: str) -> None:
    assert any(told.startswith(sentence) for told in refused(changed(change)))


def test_every_fault_of_a_results_file_is_told_at_once() -> None:
    def change(file: Json) -> None:
        file["engine"] = ""
        file["units"][0]["points"] = "?"
        file["groups"][0]["count"] = -1

    assert [told.split(":")[0] for told in refused(changed(change))] == [
        "engine",
        "units[0] “A” → points",
        "groups[0] “so” → count",
    ]


def test_a_value_that_json_refuses_is_told_once() -> None:
    broken = spell(PRINTED).replace(b'"rank": 1', b'"rank": 1.5', 1)
    broken = broken.replace(b'"unanswered": []', b'"unanswered": [2.5]', 1)
    assert [told.split(":")[0] for told in refused(broken)] == ["units[0] “A” → rank", "units[0] “A” → unanswered[0]"]


@pytest.mark.parametrize("value", [[], "x", None])
def test_json_that_is_no_object_is_refused_in_one_sentence(value: object) -> None:
    assert [told.split(",")[0] for told in refused(value)] == ["Tệp: phải là một đối tượng {…}"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (spell(PRINTED), True),
        (json.dumps(PRINTED, sort_keys=True, indent=4).encode(), True),
        (spell(FILE), False),
        (spell({**FILE, "x_made_for": "parindex-results/1"}), False),
        (b'"parindex-results/1"', False),
        (b'{"format": "parindex-results/1"', False),
    ],
)
def test_a_results_file_is_known_by_its_format_alone(data: bytes, expected: bool) -> None:
    assert is_results_file(data) is expected
