"""What "Trình hội đồng" will bring about: the points that the council finds on its list, and what units read."""

from __future__ import annotations

from collections import Counter, defaultdict

from scoring.models import AppraisalPart, Group
from scoring.selectors.council import KINDS, LOWERED, Point, Word, points_of
from scoring.services.before_steps.ahead import Ahead, Holders, listed, told
from units.enums import Role


def ahead(groups: list[Group]) -> list[Ahead]:
    campaign = groups[0].campaign
    parts = AppraisalPart.objects.filter(participant__group__in=groups, participant__is_assessed=True, round=2)
    again = Counter(group for group, _ in set(parts.values_list("participant__group", "participant")))
    council = Holders(campaign.organiser_id, Role.COUNCIL).number()
    points: dict[int, list[Point[Word]]] = defaultdict(list)
    for point in points_of(campaign, groups):
        points[point.participant.group_id].append(point)
    found = []
    for group in groups:
        mine = points[group.pk]
        fallen = dict.fromkeys(
            point.participant.name for point in mine if LOWERED in point.kinds and not point.answered_again
        )
        happens = told(
            f"Danh sách của hội đồng có {len(mine)} mục của {len({point.participant.pk for point in mine})} đơn vị"
            f"{_by_kind(mine)}."
            if mine
            else "Không mục nào phải đưa ra hội đồng; hội đồng vẫn xem xét thêm được.",
            f"{council} người có vai trò Hội đồng ghi được quyết định từ lúc chuyển.",
            f"{again[group.pk]} đơn vị có thẩm định vòng 2 xem được điểm của vòng này." if again[group.pk] else "",
            "Từ lúc chuyển, người thẩm định không chấm được nữa; phần vòng 2 đã ký không mở lại được, trừ khi bộ tiêu "
            "chí được sửa đổi.",
        )
        look_again = told(
            "" if council else "Chưa ai có vai trò Hội đồng, nên chưa ai ghi được quyết định",
            f"{len(fallen)} đơn vị có điểm vòng 2 thấp hơn vòng 1 mà chưa giải trình lại: {listed(fallen)} Phải giải "
            "trình lại, hoặc hội đồng quyết định, thì mới chốt được"
            if fallen
            else "",
        )
        found.append(Ahead(group, happens, look_again))
    return found


def _by_kind(points: list[Point[Word]]) -> str:
    """ ": 3 mục … ; 1 mục …"; a point may stand there for two reasons."""
    counted = {kind: sum(kind in point.kinds for point in points) for kind in KINDS}
    told_of = [f"{KINDS[kind].lower()}: {number}" for kind, number in counted.items() if number]
    return f" ({'; '.join(told_of)})" if told_of else ""
