"""The trail and the log under hostile hands (T69): no name writes a second line, no deleted row goes unseen."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from scoring.enums import Origin
from tests.database import tamper
from tests.factories import campaign_with_results, person, sign_in
from units import trail
from units.enums import Role
from units.models import TrailEntry

FORGED = "2027-01-01 00:00:00 INFO portal Quản trị đã duyệt"
LINE_ENDS = ["\r\n", "\n", "\r", "\x85", "\u2028", "\x0b", "\x1b[2K"]


@pytest.fixture
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], list[str]]:
    return lines_in(tmp_path / "log", request)


def lines_in(path: Path, request: pytest.FixtureRequest) -> Callable[[], list[str]]:
    """The portal's own handlers and format, written to a file until the test ends; the lines of it."""
    handler = logging.FileHandler(path, encoding="utf-8")
    made = logging.config.DictConfigurator({"version": 1})
    handler.setFormatter(made.configure_formatter(dict(settings.LOGGING["formatters"]["line"])))
    logging.getLogger().addHandler(handler)
    request.addfinalizer(handler.close)
    request.addfinalizer(lambda: logging.getLogger().removeHandler(handler))
    return lambda: path.read_bytes().decode().splitlines()


@pytest.mark.parametrize("end", LINE_ENDS, ids=repr)
def test_what_somebody_typed_never_begins_a_line_of_the_log(log, end: str) -> None:
    logging.getLogger("portal").warning("Sai mật khẩu: %s", f"binh{end}{FORGED}")
    lines = log()
    assert len(lines) == 1
    assert f"Sai mật khẩu: binh{repr(end)[1:-1]}{FORGED}" in lines[0]


def test_an_error_whose_text_holds_a_line_end_stays_indented(log) -> None:
    try:
        raise ValueError(f"tên\r\n{FORGED}")
    except ValueError:
        logging.getLogger("portal").exception("Lỗi")
    assert [line for line in log() if line.startswith(FORGED[:4]) and "ERROR" not in line] == []


@pytest.mark.django_db
def test_an_address_and_a_user_name_with_line_ends_make_one_line_each(log, client) -> None:
    client.get("/lam-viec/khong-co%0d%0a" + FORGED.replace(" ", "%20"))
    client.get("/khong-co%0d%0a" + FORGED.replace(" ", "%20"))
    client.post(reverse("account_login"), {"login": f"binh\r\n{FORGED}", "password": "sai"})
    assert [line for line in log() if line.startswith(FORGED[:19])] == []


def test_a_name_with_line_ends_and_markup_is_one_entry_and_one_row_of_the_page(db) -> None:
    campaign = campaign_with_results(origin=Origin.PAST)
    coordinator = person(Role.COORDINATOR, campaign.organiser, full_name="Tên\r\n<script>alert(1)</script>")
    with transaction.atomic():
        trail.record(
            "scoring.change_ranking", by=coordinator, about=campaign, scope=campaign.trail_scope,
            label="Xã A\r\n</td></tr><script>alert(2)</script>", reason="\r\n<img src=x onerror=alert(3)>",
        )  # fmt: skip
    address = reverse("scoring:history", args=[campaign.organiser.slug, campaign.code])
    page = sign_in(coordinator).get(address).content.decode()
    assert TrailEntry.objects.count() == 1
    assert page.count("<tbody><tr>") == page.count("</tr>\n</tbody>") == 1
    assert ("<script>alert" in page, "<img src=x" in page, "&lt;script&gt;alert(2)" in page) == (False, False, True)
    assert trail.verify() == []


def test_a_row_deleted_by_hand_is_refused_and_where_the_refusal_was_taken_off_told_by_its_line(db) -> None:
    with transaction.atomic():
        for number in range(3):
            trail.record("thu", by=None, about=None, label=f"Việc {number}")
    with (
        pytest.raises(IntegrityError, match="không được xóa"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM units_trailentry WHERE seq = 2")
    tamper(TrailEntry, None, None, seq=2)
    with pytest.raises(CommandError, match="site, dòng 2: thiếu từ dòng 2 đến dòng 2"):
        call_command("verify_trail")


@pytest.mark.parametrize(
    ("column", "value"), [("object_label", "Việc khác"), ("actor_label", "Người khác"), ("data", "{}")]
)
def test_a_row_edited_by_hand_is_told_by_its_line(db, column: str, value: str) -> None:
    with transaction.atomic():
        for number in range(3):
            trail.record("thu", by=None, about=None, label=f"Việc {number}", lan=number)
    call_command("verify_trail")
    tamper(TrailEntry, column, value, seq=2)
    with pytest.raises(CommandError, match="site, dòng 2: "):
        call_command("verify_trail")


@pytest.mark.parametrize(
    "asked", ["tu=hom-nay", "viec=khong.co", "ve=units.User%3A1%27--", "tu=2026-99-01", "nguoi=" + "x" * 61]
)
def test_a_filter_that_cannot_be_read_gets_a_sentence(db, asked: str) -> None:
    campaign = campaign_with_results(origin=Origin.PAST)
    browser = sign_in(person(Role.COORDINATOR, campaign.organiser))
    answer = browser.get(reverse("scoring:history", args=[campaign.organiser.slug, campaign.code]) + "?" + asked)
    assert (answer.status_code, "Chưa lọc được" in answer.content.decode()) == (400, True)
