"""`manage.py import_criteria FILE.xlsx`: an annex comes in from the command line, by the services of the screens.

Exit codes: 0 imported, 1 it cannot be imported as asked, 2 the file has faults.
"""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from scoring.models import Campaign
from scoring.selectors.tree import tree_of
from scoring.services.criteria_import import import_set
from scoring.services.criteria_reading import read_annex
from scoring.services.errors import Conflict
from scoring.services.past_types import TableFaults
from units.files.workbook import LARGEST_FILE
from units.validators import code_validator


class Stop(CommandError):
    """Ends the command with an exit code; `lines` are told on stderr."""

    def __init__(self, code: int, *lines: str) -> None:
        super().__init__("\n".join(lines), returncode=code)


class Command(BaseCommand):
    help = "Nhập bộ tiêu chí từ tệp phụ lục (.xlsx theo mẫu) vào một kỳ chưa khóa bộ tiêu chí."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="tệp .xlsx theo mẫu")
        parser.add_argument("--organiser", required=True, help="địa chỉ ngắn của đơn vị tổ chức")
        parser.add_argument("--campaign", required=True, help="mã kỳ đánh giá")
        parser.add_argument("--set", help="mã bộ tiêu chí, thay cho mã ghi trong tệp")

    def handle(self, *args: Any, **options: Any) -> None:
        campaign = _campaign(options["organiser"], options["campaign"])
        _check_code(options["set"])
        path = Path(options["file"])
        try:
            annex = read_annex(_read(path), path.name, campaign.policy)
            annex = replace(annex, code=options["set"] or annex.code)
            criteria_set = import_set(campaign, annex, by=None, seen=None)
        except TableFaults as refused:
            raise Stop(2, *map(str, refused.faults), f"{len(refused.faults)} lỗi, không lưu gì.") from refused
        except Conflict as refused:
            raise Stop(1, refused.sentence) from refused
        leaves = tree_of(criteria_set).leaves
        pending = [leaf.code for leaf in leaves if leaf.rule_pending]
        self.stdout.write(f"Đã nhập “{criteria_set.title}”: {len(leaves)} tiêu chí chấm điểm.")
        if pending:
            self.stdout.write(f"Chưa có quy tắc: {', '.join(pending)}.")


def _check_code(code: str | None) -> None:
    try:
        if code is not None:
            code_validator(code)
    except ValidationError as refused:
        raise Stop(1, *refused.messages) from refused


def _campaign(slug: str, code: str) -> Campaign:
    found = Campaign.objects.select_related("organiser").filter(organiser__slug=slug, code=code).first()
    if found is None:
        raise Stop(1, f"Đơn vị tổ chức “{slug}” không có kỳ đánh giá mã “{code}”.")
    return found


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)  # one byte too many is refused by the reader, in a sentence
    except OSError as refused:
        raise Stop(2, f"Không mở được tệp “{path}”. Kiểm tra đường dẫn và quyền đọc.") from refused
