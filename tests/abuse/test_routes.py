"""Every address by every method for everybody (T18): routes.txt beside this file is what a person reads.

A route without a row fails. After a change that is meant, look at what the failure prints, and write it into the file
(PARINDEX_WRITE_MATRIX=1 does it, with `-m ""` for all of it). `make test` asks an eighth of the cells of one phase,
among them every address and every person; `make soak` asks every cell of all eight phases.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client

from scoring.enums import Phase
from tests.abuse.browsing import body_of
from tests.database import fingerprint
from tests.thinning import SOAK, one_in
from tests.world import PRINCIPALS, World, build

TABLE = Path(__file__).with_name("routes.txt")
WRITES = os.environ.get("PARINDEX_WRITE_MATRIX") == "1"
ONE_CELL_IN = 1 if SOAK or WRITES else 8
NOT_ASKED = ""
IN_THE_FILE = (Phase.SELF_ASSESSMENT, Phase.APPRAISAL, Phase.EXPLANATION, Phase.COUNCIL)
HEADS = {
    "công chúng": "CC", "không vai trò": "0", "cán bộ đơn vị": "CB", "thủ trưởng": "TT", "cán bộ đơn vị khác": "CB*",
    "thẩm định": "TĐ", "thẩm định phần khác": "TĐ*", "thẩm định ở đơn vị": "TĐA", "hội đồng": "HĐ", "điều phối": "ĐP",
    "điều phối thứ hai": "ĐP2", "lãnh đạo": "LĐ", "quản trị": "QT", "điều phối nơi khác": "ĐP*", "bị khóa": "✗",
    "hết hạn hôm qua": "-1", "từ ngày mai": "+1",
}  # fmt: skip
LEGEND = f"""\
# Ai gọi địa chỉ nào thì được gì (T18). Mỗi ô hai dấu: GET rồi POST không kèm dữ liệu.
# ● được (200, chuyển trang)  ? hiểu nhưng thiếu dữ liệu (400, 422)  ! chưa phải lúc (409)
# x không được phép (403)  · không có gì ở đó (404)  → phải đăng nhập (302)  - không nhận cách gọi này (405)
# {", ".join(f"{HEADS[name]} {name}" for name in PRINCIPALS)}
# Kỳ 2026 có hồ sơ của đơn vị A ở bước nêu trên đầu bảng; các địa chỉ của lần tính, công bố là của kỳ 2025.
# Bước giải trình chỉ ghi những địa chỉ của giải trình, công văn, việc theo dõi.
"""
SIGNS = {200: "●", 302: "●", 303: "●", 400: "?", 422: "?", 409: "!", 403: "x", 404: "·", 405: "-"}
DENIED = ("x", "·", "-", "→")
# Serves everybody, or is about one's own sign-in: tests/abuse/test_sign_in.py and test_headers_and_errors.py.
ELSEWHERE = ("account_", "healthz", "robots")
# Those whose thing no world of ours has at this address, and where somebody is seen to get in.
NOWHERE_HERE = {
    "founding": "test_founding.py: only while the portal is empty",
    "invitation_password": "test_invitations.py: only behind a link or code that was just used",
    "mfa_deactivate_totp": "test_second_factor.py: only for who has such a device",
    "openid_connect_callback": "test_single_sign_on.py: only on the way back from a provider",
}
# What the step Giải trình is about; all other addresses have their rows in the steps around it.
OF_EXPLANATION = ("scoring:explanation", "scoring:letter", "scoring:follow_up", "scoring:note_", "scoring:returned")
NO_FIGURES = {"khong-co": "gi"}
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class _TakenBackError(Exception):
    """Ends the attempt: nothing of it stays."""


def addresses(world: World) -> dict[str, str]:
    return {name: url for name, url in world.addresses().items() if not name.startswith(ELSEWHERE)}


def sign(answer: HttpResponse | StreamingHttpResponse) -> str:
    """What the answer comes to, as the table writes it."""
    location = answer.headers.get("Location", "")
    body_of(answer)
    assert answer.status_code in SIGNS, answer.status_code
    return "→" if "/dang-nhap/" in location else SIGNS[answer.status_code]


def posted(browser: Client, url: str) -> str:
    """A POST that brings nothing a form asks for; what an allowed one did is taken back, a denied one's would stay."""
    try:
        with transaction.atomic():
            found = sign(browser.post(url, NO_FIGURES))
            if found not in DENIED:
                raise _TakenBackError
    except _TakenBackError:
        pass
    return found


def section(world: World, phase: Phase, of: tuple[str, ...] = ("",), one_cell_in: int = ONE_CELL_IN) -> list[str]:
    """The table of one phase, of the addresses whose names begin so. Nothing that was denied left a trace anywhere in
    the database."""
    asked = {name: url for name, url in addresses(world).items() if name.startswith(of)}
    cells: dict[str, list[str]] = {name: [] for name in asked}
    for column, principal in enumerate(PRINCIPALS):
        browser, before = world.browser(principal), fingerprint()
        for row, (name, url) in enumerate(asked.items()):
            is_asked = (row + column) % one_cell_in == 0
            cells[name].append(sign(browser.get(url)) + posted(browser, url) if is_asked else NOT_ASKED)
        assert fingerprint() == before, principal
    return rendered(phase, cells)


def rendered(phase: Phase, cells: dict[str, list[str]]) -> list[str]:
    first = max(map(len, cells))
    heads = "".join(f"{HEADS[name]:>4}" for name in PRINCIPALS)
    rows = [f"{name:{first}}" + "".join(f"{cell:>4}" for cell in cells[name]) for name in sorted(cells)]
    return [f"## {phase.label}", "", f"{'':{first}}{heads}", *rows, ""]


def written(phase: Phase) -> list[str]:
    """The section of the file that tells of `phase`."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    start = lines.index(f"## {phase.label}")
    return lines[start : lines.index("", start + 2) + 1]


def check(phase: Phase, of: tuple[str, ...] = ("",), one_cell_in: int = ONE_CELL_IN) -> None:
    found = section(build(phase), phase, of, one_cell_in)
    if WRITES:
        _write(phase, found)
    expected = written(phase)
    assert [row.split()[:1] for row in found] == [row.split()[:1] for row in expected], "every address has its row"
    assert found == [as_asked(told, row) for row, told in zip(expected, found, strict=True)]


def as_asked(found: str, expected: str) -> str:
    """The row of the file without the cells that were not asked, those that are blank in what was found."""
    return "".join(" " if got == " " else told for got, told in zip(found, expected, strict=True))


@pytest.mark.django_db
def test_in_appraisal_everybody_reaches_by_get_and_post_what_the_table_says() -> None:
    check(Phase.APPRAISAL)


@pytest.mark.django_db
def test_in_the_step_of_explanation_those_reach_it_whom_the_table_says() -> None:
    check(Phase.EXPLANATION, OF_EXPLANATION, one_cell_in=1)


def test_every_address_is_seen_to_be_open_to_somebody_or_says_where_it_is() -> None:
    """A row that is shut to everybody tells nothing of who may: the thing that it is about was not there."""
    open_to_somebody, all_names = set(), set()
    for phase in IN_THE_FILE:
        for line in written(phase)[3:-1]:
            name, *cells = line.split()
            all_names.add(name)
            if any(mark not in DENIED for cell in cells for mark in cell):
                open_to_somebody.add(name)
    assert all_names - open_to_somebody == set(NOWHERE_HERE)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("phase", [Phase.SELF_ASSESSMENT, Phase.COUNCIL])
def test_in_self_assessment_and_at_the_council_too(phase: Phase) -> None:
    check(phase)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in IN_THE_FILE or phase == Phase.EXPLANATION])
def test_in_every_other_phase_nothing_breaks_and_what_is_denied_leaves_no_trace(phase: Phase) -> None:
    assert len(section(build(phase), phase)) > len(IN_THE_FILE)


def walk(world: World, browser: Client, turn: int) -> list[str]:
    """Answers to the other methods that are not as they must be."""
    wrong = []
    pairs = [(name, url, method) for name, url in addresses(world).items() for method in OTHER_METHODS]
    for name, url, method in one_in(4 * len(PRINCIPALS), pairs, 4 * turn):
        found = sign(browser.generic(method, url))
        allowed: Callable[[str], bool] = {"HEAD": sign(browser.get(url)).__eq__}.get(method, DENIED.__contains__)
        if not allowed(found):
            wrong.append(f"{method} {name}: {found}")
    return wrong


@pytest.mark.django_db
def test_no_address_takes_another_method_and_head_answers_as_get(world: World) -> None:
    browsers = {name: world.browser(name) for name in PRINCIPALS}
    before = fingerprint()
    for turn, (name, browser) in enumerate(browsers.items()):
        # Outside the soak a quarter of the pairs come up, each with one person; every address does.
        assert (name, walk(world, browser, turn)) == (name, [])
    assert fingerprint() == before


def _write(phase: Phase, found: list[str]) -> None:
    sections = {}
    for one in IN_THE_FILE:
        try:
            sections[one] = written(one)
        except (FileNotFoundError, ValueError):
            sections[one] = []
    sections[phase] = found
    lines = [LEGEND, *(line for one in IN_THE_FILE for line in sections[one])]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
