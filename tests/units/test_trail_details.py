"""What an entry keeps is told in words: no codes, no names of keys, no JSON, hours of the place."""

from __future__ import annotations

import ast
import datetime
from typing import Any

import pytest
from django.db import transaction

from reports.enums import Depth, PublicationState
from scoring import enums
from scoring.services.criteria_changes import LABELS
from tests.architecture.tree import modules, name, parsed
from tests.factories import OrganiserFactory, UnitFactory, UserFactory
from units import trail
from units.enums import InvitationKind, Role, SuccessionKind, UnitKind
from units.models import TrailEntry
from units.trail import vocabulary
from units.trail.details import LONGEST_LIST

LATE = datetime.datetime(2026, 11, 23, 20, 5, tzinfo=datetime.UTC)  # 03:05 of the next day in Việt Nam


def told(action: str, **data: Any) -> dict[str, str]:
    with transaction.atomic():
        entry = trail.record(action, by=None, about=None, label="Việc", **data)
    return dict(trail.details_of(entry, trail.known_in([entry])))


# ── the tables ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        (vocabulary.PHASES, enums.Phase), (vocabulary.LINKS, enums.LinkKind),
        (vocabulary.CODES["purpose"], enums.Purpose), (vocabulary.CODES["source"], enums.Source),
        (vocabulary.CODES["origin"], enums.Origin), (vocabulary.CODES["depth"], Depth),
        (vocabulary.STATES["scoring.submission_"][1], enums.SubmissionState),
        (vocabulary.STATES["scoring.explanation_"][1], enums.ExplanationState),
        (vocabulary.STATES["scoring.part_"][1], enums.PartState),
        (vocabulary.STATES["reports."][1], PublicationState), (vocabulary.CODES["opinion"], enums.Opinion),
    ],
)  # fmt: skip
def test_codes_of_upper_apps_are_said_as_those_apps_say_them(said: dict[str, str], stored: Any) -> None:
    assert said == dict(stored.choices)


def test_roles_and_kinds_are_those_of_every_app_and_none_means_two_things() -> None:
    assert vocabulary.CODES["role"] == {**dict(Role.choices), **dict(enums.CriterionRole.choices)}
    kinds = [UnitKind.choices, SuccessionKind.choices, InvitationKind.choices, enums.LinkKind.choices]
    kinds.append([(str(kind), label) for kind, label in LABELS.items()])
    assert vocabulary.CODES["kind"] == {code: label for choices in kinds for code, label in choices}
    assert len(vocabulary.CODES["kind"]) == sum(map(len, kinds))


def keys_recorded() -> set[tuple[str, str]]:
    """(place, key) of what is handed to the trail by name."""
    found = set()
    for path in modules("units", "scoring", "reports"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "trail.record":
                found |= {(f"{name(path)}:{node.lineno}", item.arg) for item in node.keywords if item.arg}
    return found


def test_every_key_that_is_recorded_has_its_name() -> None:
    keys = {item for item in keys_recorded() if item[1] not in ("by", "about", "label", "scope")}
    assert len(keys) > 60
    assert sorted(item for item in keys if item[1] not in vocabulary.NAMES) == []


def test_every_figure_that_a_rule_asks_for_has_its_name() -> None:
    asked = {
        node.args[0].value
        for path in modules("scoring")
        if "/rules/" in name(path)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Input" and isinstance(node.args[0], ast.Constant)
    }
    assert len(asked) > 8
    assert asked - set(vocabulary.INPUTS) == set()


def test_meanings_of_single_acts_are_of_acts_that_there_are() -> None:
    assert set(vocabulary.NAMES_OF) - set(trail.ACTS) == set()


# ── entries ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_the_end_of_a_role_is_told_by_names_days_and_the_hour_of_the_place() -> None:
    unit, organiser = UnitFactory(name="Xã Mới"), OrganiserFactory(title="UBND tỉnh Thử")
    role = {"role": Role.UNIT_STAFF, "unit": unit.pk, "organiser": organiser.pk, "valid_from": LATE.date()}
    assert told("units.end_membership", before={}, after=role | {"ended_at": LATE, "components": []}) == {
        "Vai trò": "trống → Cán bộ đầu mối",
        "Đơn vị": "trống → Xã Mới",
        "Nơi tổ chức": "trống → UBND tỉnh Thử",
        "Từ ngày": "trống → 23/11/2026",
        "Kết thúc lúc": "trống → 24/11/2026 03:05",
        "Mã lĩnh vực": "trống → trống",
    }


@pytest.mark.django_db
def test_the_back_office_writes_numbers_as_text_and_they_are_named_as_well() -> None:
    unit, user = UnitFactory(name="Xã Mới"), UserFactory(full_name="Lê Văn A")
    after = {"user": str(user.pk), "unit": str(unit.pk), "is_active": "True", "components": "['1', '4']"}
    assert told("units.add_membership", before={}, after=after) == {
        "Người dùng": "trống → Lê Văn A",
        "Đơn vị": "trống → Xã Mới",
        "Được đăng nhập": "trống → Có",
        "Mã lĩnh vực": "trống → 1, 4",
    }


@pytest.mark.django_db
def test_what_is_no_more_is_told_by_its_number() -> None:
    assert told("scoring.end_unit", created=[987654])["Đơn vị lập mới"] == "số 987654 (không còn)"


@pytest.mark.django_db
def test_names_fit_the_act() -> None:
    handed = told("scoring.hand_over", user="cu", successor="moi", roles=["Điều phối, UBND"])
    assert handed == {"Người bàn giao": "cu", "Người nhận": "moi", "Vai trò bàn giao": "Điều phối, UBND"}
    assert told("units.import_reform", ended=1234)["Số đơn vị được ghi ngày kết thúc"] == "1.234"
    assert told("units.end_other_sessions", ended=2) == {"Số phiên đã kết thúc": "2"}
    assert told("scoring.end_unit", kind="merger", day="2026-03-01") == {
        "Hình thức": "Sáp nhập, hợp nhất",
        "Ngày": "01/03/2026",
    }


@pytest.mark.django_db
def test_steps_are_told_by_their_labels_and_nothing_where_none_was_taken() -> None:
    assert told("scoring.group_open", before="draft", after="self_assessment") == {"Bước": "Nháp → Tự chấm"}
    assert told("scoring.submission_submit", before="at_head", after="submitted") == {
        "Trạng thái": "Chờ thủ trưởng → Đã nộp"
    }
    assert told("scoring.submission_extend", before="draft", after="draft", until=LATE) == {"Đến": "24/11/2026 03:05"}


@pytest.mark.django_db
def test_hours_of_a_group_are_told_step_by_step() -> None:
    span = [LATE, LATE + datetime.timedelta(hours=10)]
    said = told(
        "scoring.change_group",
        before={"title": "Sở", "windows": {}},
        after={"title": "Sở", "windows": {"appraisal": span}},
    )
    assert said == {"Thời hạn, Thẩm định 1": "trống → 24/11/2026 03:05 đến 24/11/2026 13:05"}


@pytest.mark.django_db
def test_tables_are_told_row_by_row_and_never_as_json() -> None:
    said = told(
        "units.import_people",
        people=[["a", "Lê A", "unit_staff", "21025"], ["b", "Lê B", "unit_head", "21025"]],
        totals={"new": 3321, "skip": 0},
        values=[["SNV", "1.1", 1]],
        answers=[{"criterion": "1.1", "from": "Xã A", "participant": 7}],
        changes=[{"kind": "renamed", "code": "1", "before": {"kind": "same", "predecessors": ["1", "2"]}}],
    )
    assert said["Người trong bảng"] == (
        "Tên đăng nhập: a; Họ và tên: Lê A; Vai trò: Cán bộ đầu mối; Mã đơn vị: 21025\n"
        "Tên đăng nhập: b; Họ và tên: Lê B; Vai trò: Thủ trưởng đơn vị; Mã đơn vị: 21025"
    )
    assert said["Số dòng"] == "Thêm: 3.321; Giữ nguyên: 0"
    assert said["Số liệu tiếp nhận"] == "Tiêu chí: 1.1; Của đơn vị: Xã A"
    assert said["Thay đổi"] == "Loại: Đổi tên; Mã: 1; Trước: (Loại: Giữ nguyên; Tiêu chí cũ: 1, 2)"
    assert not any(sign in text for text in said.values() for sign in '{}[]"')


@pytest.mark.django_db
def test_a_long_list_is_cut_between_its_items_and_tells_how_many_are_left() -> None:
    [text] = told("scoring.add_units", units=[f"{number:05d}" for number in range(500)]).values()
    assert len(text) < LONGEST_LIST + 40
    assert text.startswith("00000, 00001, ")
    assert text.endswith(f", … và {500 - text.count(',')} mục nữa")


@pytest.mark.django_db
def test_figures_have_a_decimal_comma_and_codes_of_criteria_keep_their_points() -> None:
    said = told("scoring.enter", criterion="1.1", worth="0.5000000000", inputs={"value": "14.60"}, lowered=False)
    assert said == {"Tiêu chí": "1.1", "Điểm": "0,5", "Số liệu": "Giá trị: 14,6", "Thấp hơn vòng 1": "Không"}


def test_words_that_only_look_like_a_day_stay_as_they_are() -> None:
    entry = TrailEntry(action="units.delegate", data={"reason": "2026-13-45"})
    assert trail.details_of(entry, trail.Known()) == [("Lý do", "2026-13-45")]
