"""`manage.py import_results FILE`: a published table comes in from the command line, by the services of the screens.

Exit codes: 0 applied (or in already), 1 there are questions or it cannot be applied as asked, 2 the file has faults.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from scoring.models import Campaign
from scoring.selectors.past_report import Report, Status, compare_with_print
from scoring.services.calculation import CannotCalculate, calculate
from scoring.services.past_general import GENERAL_OPTIONS, general_from_options
from scoring.services.past_import import CannotApply, Preview, answer, apply, preview, stage
from scoring.services.past_table import is_csv
from scoring.services.past_types import TableFaults
from scoring.services.past_units import Match, describe
from units.models import Organiser

LARGEST_READ = 64 * 1024 * 1024  # the reader refuses far less, in a sentence


class Stop(CommandError):
    """Ends the command with an exit code; `lines` are told on stderr."""

    def __init__(self, code: int, *lines: str) -> None:
        super().__init__("\n".join(lines), returncode=code)


class Command(BaseCommand):
    help = "Nhập bảng kết quả đã công bố (tệp mẫu .xlsx, hoặc .csv kèm các tùy chọn)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="tệp .xlsx theo mẫu, hoặc .csv")
        parser.add_argument("--organiser", help="địa chỉ ngắn của đơn vị tổ chức; một đơn vị thì không cần")
        parser.add_argument("--create-missing", action="store_true", help="tạo đơn vị lịch sử cho dòng không khớp")
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            metavar="DÒNG=MÃ|new",
            help="trả lời câu hỏi của một dòng: mã đơn vị (trùng mã thì MÃ@2025-07-01, ngày bắt đầu), hoặc new",
        )
        parser.add_argument("--calculate", action="store_true", help="tính và in báo cáo đối chiếu")
        parser.add_argument("--replace", action="store_true", help="thay số liệu của kỳ đã nhập cùng mã")
        for name, text in GENERAL_OPTIONS.items():
            parser.add_argument(f"--{name}", help=f"chỉ cho CSV: {text}")

    def handle(self, *args: Any, **options: Any) -> None:
        organiser = _organiser(options["organiser"])
        path = Path(options["file"])
        data = _read(path)
        general = general_from_options(options) if is_csv(path.name) else None
        if isinstance(general, list):
            raise Stop(2, *general)
        try:
            with transaction.atomic():  # with questions left, nothing stays behind
                campaign = self._apply(organiser, path.name, data, general, options)
        except TableFaults as refused:
            raise Stop(2, *map(str, refused.faults), f"{len(refused.faults)} lỗi, không lưu gì.") from refused
        except CannotApply as refused:
            raise Stop(1, str(refused)) from refused
        self.stdout.write(f"Đã nhập “{campaign.title}”: {campaign.participants.count()} đơn vị.")
        if options["calculate"]:
            self._calculate(campaign)

    def _apply(self, organiser: Organiser, name: str, data: bytes, general: Any, options: dict[str, Any]) -> Campaign:
        staged = stage(organiser=organiser, file_name=name, data=data, by=None, general=general)
        seen = preview(staged)
        answers = _answers(options["answer"], seen)
        if answers:
            seen = answer(staged, answers, by=None)
        unanswered = [*seen.open_questions, *([] if options["create_missing"] else _not_told(seen, answers))]
        if unanswered or seen.conflicts:
            lines = [_question(match) for match in unanswered] + list(seen.conflicts)
            raise Stop(1, *lines, f"Còn {len(lines)} câu hỏi, không lưu gì.")
        return apply(staged, sha256=staged.sha256, by=None, replace=options["replace"])

    def _calculate(self, campaign: Campaign) -> None:
        try:
            run = calculate(campaign, None)
        except CannotCalculate as refused:
            raise Stop(1, *refused.faults) from refused
        for line in report_lines(compare_with_print(campaign, run)):
            self.stdout.write(line)


def report_lines(report: Report) -> list[str]:
    """The report as text: counts, then every difference."""
    counts = report.counts
    lines = [
        f"Đối chiếu với bản in: {counts[Status.EQUAL]} khớp, {counts[Status.DIFFERS]} khác, "
        f"{counts[Status.ROUNDING]} khác do làm tròn, {counts[Status.UNCHECKED]} không kiểm được."
    ]
    for line in report.differences:
        who = line.unit or line.group
        lines.append(f"  {who}: {line.subject}: in {line.printed}, tính lại {line.computed}. {line.reason}".rstrip())
    return lines


def _organiser(slug: str | None) -> Organiser:
    found = Organiser.objects.select_related("unit").filter(**({"slug": slug} if slug else {}))[:2]
    if len(found) == 1:
        return found[0]
    if slug:
        raise Stop(1, f"Không có đơn vị tổ chức “{slug}”.")
    raise Stop(1, "Chưa rõ đơn vị tổ chức. Ghi --organiser cùng địa chỉ ngắn của đơn vị.")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_READ)
    except OSError as refused:
        raise Stop(2, f"Không mở được tệp “{path}”. Kiểm tra đường dẫn và quyền đọc.") from refused


def _answers(given: list[str], seen: Preview) -> dict[str, dict[str, Any]]:
    """{row: {"unit": pk} or {"new": kind}} from texts like "7=25171" and "9=new"."""
    matches = {str(match.row): match for match in seen.matches}
    answers: dict[str, dict[str, Any]] = {}
    for text in given:
        row, _, choice = text.partition("=")
        match = matches.get(row)
        if match is None or not choice:
            raise Stop(1, f"--answer “{text}” không đúng dạng DÒNG=MÃ hoặc DÒNG=new, hoặc tệp không có dòng đó.")
        if choice == "new":
            answers[row] = {"new": match.kind}
            continue
        code, _, start = choice.partition("@")
        fitting = [
            unit for unit in match.candidates if unit.code == code and unit.valid_from.isoformat().startswith(start)
        ]
        if len(fitting) != 1:
            raise Stop(1, f"--answer “{text}”: mã này không chỉ đúng một đơn vị. {_question(match)}")
        answers[row] = {"unit": fitting[0].pk}
    return answers


def _not_told(seen: Preview, answers: dict[str, Any]) -> list[Match]:
    return [match for match in seen.new_units if str(match.row) not in answers]


def _question(match: Match) -> str:
    if not match.candidates:
        return f"Dòng {match.row} “{match.name}”: chưa có đơn vị này ({match.kind_label}). Trả lời {match.row}=new."
    choices = "; ".join(describe(unit) for unit in match.candidates)
    return f"Dòng {match.row} “{match.name}”: {match.question} {choices}. Trả lời {match.row}=MÃ hoặc {match.row}=new."
