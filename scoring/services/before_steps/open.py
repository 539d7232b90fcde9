"""What "Mở tự chấm" will bring about: from self-assessment no group goes back to draft."""

from __future__ import annotations

from scoring.enums import Phase
from scoring.models import CriteriaSet, Group
from scoring.selectors.criteria import leaf_counts
from scoring.selectors.setup import of_another_kind
from scoring.services.before_steps.ahead import (
    Ahead,
    Holders,
    assessed_in,
    hours,
    nobody_at,
    some,
    told,
    windows_of_phase,
)
from units.enums import Role


def ahead(groups: list[Group]) -> list[Ahead]:
    """Every group has units and hours, as the guard has seen."""
    campaign = groups[0].campaign
    units, windows = assessed_in(groups), windows_of_phase(groups, Phase.SELF_ASSESSMENT)
    writers = Holders(campaign.organiser_id, Role.UNIT_STAFF, Role.UNIT_HEAD)
    leaves, sets = leaf_counts(campaign), list(campaign.criteria_sets.order_by("position"))
    strangers = set(of_another_kind(campaign).values_list("pk", flat=True))
    found = []
    for group in groups:
        taking = units[group.pk]
        used = {item.criteria_set_id for item in taking}
        others = [item.name for item in taking if item.pk in strangers]
        happens = told(
            f"{len(taking)} đơn vị có hồ sơ tự chấm; {writers.number(item.unit_id for item in taking)} cán bộ đầu mối, "
            "thủ trưởng vào được hồ sơ của đơn vị mình.",
            f"Được nhập và nộp {hours(windows[group.pk])}.",
            *(_locked(item, leaves[item.pk]) for item in sets if item.pk in used),
            "Danh sách đơn vị và bộ tiêu chí của khối không đổi nữa; đơn vị thành lập sau đó được đưa vào riêng, "
            "kèm văn bản.",
        )
        look_again = told(
            *nobody_at(writers, taking),
            f"{len(others)} đơn vị chấm theo bộ tiêu chí dành cho loại đơn vị khác: {some(others)}" if others else "",
        )
        found.append(Ahead(group, happens, look_again))
    return found


def _locked(criteria_set: CriteriaSet, leaves: int) -> str:
    locked = (
        "đã khóa từ trước"
        if criteria_set.frozen_at is not None
        else "khóa từ lúc mở: về sau chỉ sửa bằng bản sửa đổi do người thứ hai duyệt"
    )
    return f"Bộ tiêu chí “{criteria_set.title}” ({leaves} tiêu chí chấm điểm) {locked}."
