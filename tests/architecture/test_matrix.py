"""Who may do what, as one table that a person reads: matrix.txt beside this file.

A new action without a row, or a changed answer, fails here. After a change that is meant, look at what the failure
prints, and write it into the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from tests.world import PRINCIPALS, World, build
from units.models import User
from units.permissions import can, table

MATRIX = Path(__file__).with_name("matrix.txt")
HEADS = {
    "công chúng": "CC", "không vai trò": "0", "cán bộ đơn vị": "CB", "thủ trưởng": "TT", "thẩm định": "TĐ",
    "hội đồng": "HĐ", "điều phối": "ĐP", "lãnh đạo": "LĐ", "quản trị": "QT", "điều phối nơi khác": "ĐP*",
    "bị khóa": "✗", "hết hạn hôm qua": "-1", "từ ngày mai": "+1",
}  # fmt: skip


@pytest.fixture
def world(db) -> World:
    return build()


def objects(world: World, action: str) -> dict[str, Any]:
    """What the action can be about, by the name that stands in the table."""
    if action.startswith("units."):
        return {"–": None, "nơi tổ chức": world.organiser}
    if action.startswith("scoring."):
        return {"nơi tổ chức": world.organiser, "kỳ": world.campaign, "lần tính": world.run}
    if action in ("reports.view_publications", "reports.draft"):
        return {"nơi tổ chức": world.organiser, "kỳ": world.campaign, "bản công bố": world.publication}
    return {"bản công bố": world.publication}


def rendered(world: World) -> str:
    lines = [
        "# Ai được làm gì. ● được, · không.",
        "# " + ", ".join(f"{HEADS[name]} {name}" for name in PRINCIPALS),
        "# Bản công bố do ĐP (điều phối) soạn; ĐP* thuộc nơi tổ chức khác.",
        "",
        f"{'':28}{'':14}" + "".join(f"{HEADS[name]:>4}" for name in PRINCIPALS),
    ]
    for action in table():
        for label, obj in objects(world, action.name).items():
            cells = "".join(f"{answer(world.people[name], action.name, obj):>4}" for name in PRINCIPALS)
            lines.append(f"{action.name:28}{label:14}{cells}")
    return "\n".join(lines) + "\n"


def answer(user: User | None, action: str, obj: Any) -> str:
    return "●" if can(user or AnonymousUser(), action, obj) else "·"


def test_the_permission_table_answers_as_the_matrix_says(world: World) -> None:
    assert rendered(world) == MATRIX.read_text(encoding="utf-8")


def test_who_drafted_never_approves_even_as_a_leader(world: World) -> None:
    leader = world.people["lãnh đạo"]
    assert can(leader, "reports.approve", world.publication)
    world.publication.drafted_by = leader
    decision = can(leader, "reports.approve", world.publication)
    assert not decision
    assert decision.reason.startswith("Người soạn không được tự duyệt.")
