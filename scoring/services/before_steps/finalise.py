"""What "Chốt số liệu" will bring about: what nobody changes any more, and what the council left as it was."""

from __future__ import annotations

from collections import defaultdict

from scoring.enums import Phase
from scoring.models import Group
from scoring.selectors.council import Point, Word, points_of, sessions_of
from scoring.services.before_steps.ahead import Ahead, assessed_in, listed, some, told


def ahead(groups: list[Group]) -> list[Ahead]:
    campaign, units = groups[0].campaign, assessed_in(groups)
    points: dict[int, list[Point[Word]]] = defaultdict(list)
    for point in points_of(campaign, groups):
        points[point.participant.group_id].append(point)
    meetings = sessions_of(campaign).count()
    others = campaign.groups.exclude(phase__in=(Phase.FINALISED, Phase.PUBLISHED)).order_by("position")
    waiting = list(others.exclude(pk__in=[group.pk for group in groups]).values_list("title", flat=True))
    found = []
    for group in groups:
        mine, taking = points[group.pk], units[group.pk]
        decided = [point for point in mine if point.is_decided]
        left = [point for point in mine if not point.is_decided]
        by_decision = [item.name for item in taking if item.grade_override is not None]
        unranked = [item.name for item in taking if not item.is_ranked]
        happens = told(
            f"Số liệu của {len(taking)} đơn vị giữ nguyên từ lúc chốt: điểm thẩm định, điểm hội đồng, điểm nhập, tiêu "
            "chí không đánh giá, xếp loại theo quyết định không ai sửa được nữa.",
            f"Hội đồng đã quyết định {len(decided)} trong {len(mine)} mục.",
            f"{len(by_decision)} đơn vị xếp loại theo quyết định của hội đồng: {listed(by_decision)}"
            if by_decision
            else "",
            f"{len(unranked)} đơn vị không xếp hạng: {listed(unranked)}" if unranked else "",
            f"Chỉ tính chính thức được khi mọi khối đã chốt; còn lại: {listed(waiting)}"
            if waiting
            else "Không còn khối nào khác chưa chốt: chốt xong thì tính chính thức được.",
        )
        names = list(dict.fromkeys(point.participant.name for point in left))
        look_again = told(
            f"{len(left)} mục của {len(names)} đơn vị hội đồng chưa quyết định, giữ theo điểm thẩm định: {some(names)}"
            if left
            else "",
            "" if meetings else "Chưa ghi biên bản phiên họp hội đồng nào của kỳ",
        )
        found.append(Ahead(group, happens, look_again))
    return found
