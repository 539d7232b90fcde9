"""Who may do what, as one table that a person reads: matrix.txt beside this file.

A new action without a row, or a changed answer, fails here. After a change that is meant, look at what the failure
prints, and write it into the file (PARINDEX_WRITE_MATRIX=1 does it).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from scoring.enums import Phase
from tests.world import PRINCIPALS, World, build
from units.models import User
from units.permissions import can, table

MATRIX = Path(__file__).with_name("matrix.txt")
HEADS = {
    "công chúng": "CC", "không vai trò": "0", "cán bộ đơn vị": "CB", "thủ trưởng": "TT", "cán bộ đơn vị khác": "CB*",
    "thẩm định": "TĐ", "thẩm định phần khác": "TĐ*", "thẩm định ở đơn vị": "TĐA", "hội đồng": "HĐ", "điều phối": "ĐP",
    "điều phối thứ hai": "ĐP2", "lãnh đạo": "LĐ", "quản trị": "QT", "điều phối nơi khác": "ĐP*", "bị khóa": "✗",
    "hết hạn hôm qua": "-1", "từ ngày mai": "+1",
}  # fmt: skip
# What is asked of an action is asked of the thing that its views and services hold in their hands.
OF_THE_ORGANISER = {"scoring.view_campaigns", "scoring.create_campaign", "scoring.import_results"}
OF_A_RUN = {"scoring.view_run", "scoring.show_run", "reports.draft"}
OF_THE_DOSSIER = {
    "scoring.view_dossier", "scoring.declare", "scoring.explain", "scoring.add_evidence", "scoring.view_receipt",
    "scoring.decide", "scoring.override_grade", "scoring.take_over", "scoring.write_report", "scoring.view_report",
    "scoring.sign_paper", "scoring.enter_on_behalf", "scoring.view_board", "scoring.share_leaves",
    "scoring.view_questions", "scoring.ask_question", "scoring.follow_up",
}  # fmt: skip
OF_A_PART = {"scoring.view_part", "scoring.appraise"}


@pytest.fixture
def world(db) -> World:
    return build(Phase.EXPLANATION)


def objects(world: World, action: str) -> dict[str, Any]:
    """What the action can be about, by the name that stands in the table."""
    if action == "units.administer_account":
        return {
            "tài khoản của CB": world.people["cán bộ đơn vị"],
            "tài khoản của ĐP*": world.people["điều phối nơi khác"],
        }
    if action == "units.delegate":
        of = {name: user.memberships.first() for name, user in world.people.items() if user}
        return {"vai trò của CB": of["cán bộ đơn vị"], "vai trò của QT": of["quản trị"], "vai trò của mình": of}
    if action.startswith("units."):
        return {"–": None, "nơi tổ chức": world.organiser}
    if action.startswith("reports."):
        of_campaign = {"nơi tổ chức": world.organiser, "kỳ": world.campaign}
        publication = {"bản công bố": world.publication}
        return of_campaign | publication if action in ("reports.view_publications", "reports.draft") else publication
    return _of_the_year(world, action)


def _of_the_year(world: World, action: str) -> dict[str, Any]:
    year = world.year
    parts = {"phần 1 của A": year.part("1"), "phần 2 của A": year.part("2")}
    if action in OF_THE_ORGANISER:
        return {"nơi tổ chức": world.organiser}
    if action in OF_A_RUN:
        return {"lần tính": world.new_run(), "lần tính đã trình": world.run}
    if action in OF_THE_DOSSIER:
        return {"hồ sơ của A": year.submission(), "hồ sơ của B": year.submission(year.b)}
    if action in OF_A_PART or action.startswith("scoring.part_"):
        return parts
    if action.startswith("scoring.submission_"):
        return {"hồ sơ của A": year.submission()}
    if action.startswith("scoring.explanation_"):
        return {"giải trình của A": year.explanation()}
    if action.startswith("scoring.group_"):
        return {"khối": year.fresh_group()}
    if action == "scoring.view_evidence":
        return {"tài liệu của A": world.evidence}
    if action == "scoring.apply_amendment":
        return {"sửa đổi do ĐP soạn": world.amendment}
    return {"kỳ": world.year.campaign}


def _own(obj: Any, name: str) -> Any:
    """What each is asked about; of a dict by principal, the principal's own."""
    return obj.get(name) if isinstance(obj, dict) else obj


def rendered(world: World) -> str:
    rows = {
        (action.name, label): [answer(world.people[name], action.name, _own(obj, name)) for name in PRINCIPALS]
        for action in table()
        for label, obj in objects(world, action.name).items()
    }
    first, second = (max(len(key[at]) for key in rows) + 1 for at in (0, 1))
    lines = [
        "# Ai được làm gì. ● được, · không.",
        "# " + ", ".join(f"{HEADS[name]} {name}" for name in PRINCIPALS),
        "# A là đơn vị của CB, TT và nơi TĐA công tác; CB* ở đơn vị B. TĐ được giao phần 1, TĐ* phần 2 của hai đơn vị.",
        "# Bản công bố, sửa đổi do ĐP (điều phối) soạn; ĐP* thuộc nơi tổ chức khác.",
        "",
        " " * (first + second) + "".join(f"{HEADS[name]:>4}" for name in PRINCIPALS),
    ]
    for (name, label), cells in rows.items():
        lines.append(f"{name:{first}}{label:{second}}" + "".join(f"{cell:>4}" for cell in cells))
    return "\n".join(lines) + "\n"


def answer(user: User | None, action: str, obj: Any) -> str:
    return "●" if can(user or AnonymousUser(), action, obj) else "·"


def test_the_permission_table_answers_as_the_matrix_says(world: World) -> None:
    if os.environ.get("PARINDEX_WRITE_MATRIX") == "1":
        MATRIX.write_text(rendered(world), encoding="utf-8")
    assert rendered(world) == MATRIX.read_text(encoding="utf-8")


def test_who_drafted_never_approves_even_as_a_leader(world: World) -> None:
    leader = world.people["lãnh đạo"]
    assert can(leader, "reports.approve", world.publication)
    world.publication.drafted_by = leader
    decision = can(leader, "reports.approve", world.publication)
    assert not decision
    assert decision.reason.startswith("Người soạn không được tự duyệt.")
