"""Bảng quyền: what the page tells is what the code answers, and what was really tried step by step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

from scoring.enums import Phase
from scoring.selectors.rights import phases_by_action, rights
from tests.factories import OrganiserFactory, person, sign_in
from units.enums import Role
from units.permissions import Standing, table

ARCHITECTURE = Path(__file__).parents[2] / "architecture"
# The columns of matrix.txt that are people of one role at the organiser itself, in force.
COLUMNS = {
    Role.UNIT_STAFF: ("CB", "CB*"), Role.UNIT_HEAD: ("TT",), Role.APPRAISER: ("TĐ", "TĐ*", "TĐA"),
    Role.COUNCIL: ("HĐ",), Role.COORDINATOR: ("ĐP", "ĐP2"), Role.LEADER: ("LĐ",), Role.ADMINISTRATOR: ("QT",),
}  # fmt: skip
# Acts of year_matrix.txt that the pen alone binds to steps, and the action that stands behind each.
TRIED = {
    "tự chấm 1.1 của A": ("scoring.declare",),
    "giải trình 2.1 của A": ("scoring.explain",),
    "nhập điểm 3.1 của A": ("scoring.enter",),
    "xác nhận điểm c nhập": ("scoring.confirm_entered",),
    "hội đồng quyết 2.1 của A": ("scoring.decide",),
    "xếp loại A theo quyết định": ("scoring.override_grade",),
}


def answers() -> dict[str, dict[str, set[str]]]:
    """matrix.txt as action → column → its answers about all the things that the action was asked of."""
    lines = (ARCHITECTURE / "matrix.txt").read_text(encoding="utf-8").splitlines()
    head = next(line for line in lines if line.startswith(" "))
    found: dict[str, dict[str, set[str]]] = {}
    for line in lines[lines.index(head) + 1 :]:
        cells = line.split()[-len(head.split()) :]
        row = found.setdefault(line.split()[0], {})
        for column, cell in zip(head.split(), cells, strict=True):
            row.setdefault(column, set()).add(cell)
    return found


def standings() -> dict[str, dict[Role, Standing]]:
    return {right.action.name: dict(right.standings) for area in rights() for right in area.rights}


def test_the_page_holds_every_action_once() -> None:
    assert sorted(standings()) == [action.name for action in table()]


@pytest.mark.parametrize("role", Role)
def test_the_page_tells_of_each_role_what_the_matrix_tells(role: Role) -> None:
    wrong = []
    for name, row in answers().items():
        told, asked = standings()[name][role], set().union(*(row[column] for column in COLUMNS[role]))
        if not told.may:
            fits = asked == {"·"}
        elif not told.refusals:
            fits = asked == {"●"}
        else:
            fits = "●" in asked
        if not fits:
            wrong.append((name, told, asked))
    assert wrong == []


def test_the_steps_are_those_in_which_the_act_was_really_possible() -> None:
    lines = (ARCHITECTURE / "year_matrix.txt").read_text(encoding="utf-8").splitlines()
    table_of_steps = lines[lines.index("## Theo bước của khối") + 2 :]
    found = phases_by_action()
    for act, actions in TRIED.items():
        line = next(item for item in table_of_steps if item.startswith(act))
        cells = re.split(r"\s{2,}", line[len(act) :].strip())
        tried = tuple(phase for phase, cell in zip(Phase, cells, strict=True) if cell != "·")
        assert [found[name] for name in actions] == [tried], act


def test_nobody_but_the_council_decides_and_an_administrator_touches_no_score() -> None:
    decides = standings()["scoring.decide"]
    assert [role for role in Role if decides[role].may] == [Role.COUNCIL]
    able = {name for name, row in standings().items() if row[Role.ADMINISTRATOR].may}
    keeps = {"units.use_workspace", "units.administer", "units.administer_portal", "units.administer_account"}
    keeps |= {"units.delegate"}
    looks = {"scoring.view_work", "scoring.view_rights", "scoring.view_guide", "scoring.view_units"}
    files = {"scoring.view_held", "scoring.settle_held", "scoring.release_held"}
    assert able == keeps | looks | files | {"units.secure_account", "scoring.end_unit"}


def test_the_page_answers_by_role_and_step_with_the_sentence_of_refusal(db, django_assert_max_num_queries) -> None:
    organiser = OrganiserFactory()
    browser = sign_in(person(Role.COORDINATOR, organiser))
    url = reverse("scoring:rights", args=[organiser.slug])
    with django_assert_max_num_queries(12):
        page = browser.get(url).content.decode()
    assert "Chỉ thủ trưởng đơn vị làm được việc này." in page
    council = browser.get(url, {"vai_tro": "council", "buoc": "council"}).content.decode()
    assert "Quyết định của hội đồng về một tiêu chí" in council
    assert "Nộp hồ sơ tự chấm" not in council
    assert "không nhận giá trị hội đồng." in council
    draft = browser.get(url, {"vai_tro": "council", "buoc": "draft"}).content.decode()
    assert "Quyết định của hội đồng về một tiêu chí" not in draft


@pytest.mark.parametrize("query", [{"vai_tro": "vua"}, {"buoc": "khong-co"}])
def test_a_role_or_step_that_does_not_exist_is_told(db, query) -> None:
    organiser = OrganiserFactory()
    answer = sign_in(person(Role.LEADER, organiser)).get(reverse("scoring:rights", args=[organiser.slug]), query)
    assert answer.status_code == 400
    assert "trong danh sách." in answer.content.decode()


def test_units_do_not_read_it_and_strangers_do_not_find_it(db) -> None:
    organiser = OrganiserFactory()
    url = reverse("scoring:rights", args=[organiser.slug])
    assert sign_in(person(Role.UNIT_STAFF, organiser)).get(url).status_code == 403
    assert sign_in(person(Role.COORDINATOR)).get(url).status_code == 404


@pytest.mark.parametrize(
    ("role", "name", "label"),
    [(Role.ADMINISTRATOR, "units:people", "Người dùng"), (Role.LEADER, "scoring:work", "Việc của tôi")],
)
@pytest.mark.django_db
def test_the_table_leads_back_to_where_the_reader_came_from(role: Role, name: str, label: str) -> None:
    organiser = OrganiserFactory()
    page = sign_in(person(role, organiser)).get(reverse("scoring:rights", args=[organiser.slug])).content.decode()
    assert f'<li><a href="{reverse(name, args=[organiser.slug])}">{label}</a></li>' in page


def test_an_index_leads_to_every_part_and_one_role_alone_keeps_its_own(db) -> None:
    organiser = OrganiserFactory()
    browser, url = sign_in(person(Role.LEADER, organiser)), reverse("scoring:rights", args=[organiser.slug])
    for query in ({}, {"vai_tro": "leader"}):
        text = browser.get(url, query).content.decode()
        led, there = re.findall(r'<a href="#(v\d+)">', text), re.findall(r'<h2 id="(v\d+)">', text)
        assert led == there
        assert len(led) > 1
        assert text.count('class="table-scroll rights-box" tabindex="0" role="region"') == len(there)
