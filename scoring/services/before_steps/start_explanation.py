"""What "Trả kết quả, mở giải trình" will bring about: from then on units have read what they were given."""

from __future__ import annotations

from django.db.models import Count, Exists, F, OuterRef

from scoring.enums import Phase, Stage
from scoring.models import Group, Participant, Value
from scoring.services.before_steps.ahead import (
    Ahead,
    Holders,
    assessed_in,
    hours,
    is_nought,
    listed,
    nobody_at,
    told,
    windows_of_phase,
)
from units.enums import Role


def ahead(groups: list[Group]) -> list[Ahead]:
    """Every group has hours for its explanation, as the guard has seen."""
    units, windows = assessed_in(groups), windows_of_phase(groups, Phase.EXPLANATION)
    writers = Holders(groups[0].campaign.organiser_id, Role.UNIT_STAFF, Role.UNIT_HEAD)
    lower = _judged_lower(groups)
    found = []
    for group in groups:
        explaining = [item for item in units[group.pk] if not item.council_only and not is_nought(item)]
        leaves, affected = lower.get(group.pk, (0, 0))
        happens = told(
            f"{len(explaining)} đơn vị xem được điểm thẩm định và lý do của từng tiêu chí; đã xem thì không thu "
            "lại được.",
            f"{leaves} tiêu chí của {affected} đơn vị có điểm thẩm định thấp hơn tự chấm."
            if leaves
            else "Không tiêu chí nào có điểm thẩm định thấp hơn tự chấm.",
            f"Được viết và gửi giải trình {hours(windows[group.pk])}; "
            f"{writers.number(item.unit_id for item in explaining)} cán bộ đầu mối, thủ trưởng vào được.",
            "Từ lúc chuyển, phần thẩm định vòng 1 không mở lại được, trừ khi bộ tiêu chí được sửa đổi; hồ sơ tự chấm "
            "không mở khóa, không gia hạn được nữa.",
            *_without_explanation(units[group.pk]),
        )
        found.append(Ahead(group, happens, nobody_at(writers, explaining)))
    return found


def _judged_lower(groups: list[Group]) -> dict[int, tuple[int, int]]:
    """By group (pk) how many answers were judged lower than declared, and of how many units; one query."""
    higher = Value.objects.filter(
        participant=OuterRef("participant"),
        criterion=OuterRef("criterion"),
        stage=Stage.DECLARED,
        worth__gt=OuterRef("worth"),
    )
    judged = Value.objects.fresh().filter(
        Exists(higher), participant__group__in=groups, participant__is_assessed=True, stage=Stage.APPRAISED
    )
    counted = judged.order_by().values(group=F("participant__group"))
    rows = counted.annotate(leaves=Count("pk"), units=Count("participant", distinct=True))
    return {row["group"]: (row["leaves"], row["units"]) for row in rows}


def _without_explanation(units: list[Participant]) -> list[str]:
    council = [item.name for item in units if item.council_only]
    nought = [item.name for item in units if is_nought(item) and not item.council_only]
    return [
        f"{len(council)} đơn vị chỉ hội đồng chấm, không có giải trình: {listed(council)}" if council else "",
        f"{len(nought)} đơn vị được tính 0 điểm, không có giải trình: {listed(nought)}" if nought else "",
    ]
