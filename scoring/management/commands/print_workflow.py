"""`manage.py print_workflow`: the life of a year as a person reads it, from the tables that the portal runs by.

Written to docs/workflow.md; `--check` only compares, exit code 1 when the page tells something else.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

import scoring.permissions  # noqa: F401  (declares who may do what)
from scoring.enums import ExplanationState, PartState, Phase, Stage, SubmissionState
from scoring.workflow import PEN, Hand, Subject, Transition, transitions_of
from scoring.workflow.pen import HANDS, MATTERS, stages_shown_to_unit
from units.permissions import table

PAGE = Path(settings.BASE_DIR) / "docs" / "workflow.md"
_STATES: dict[Subject, Any] = {
    Subject.GROUP: Phase,
    Subject.SUBMISSION: SubmissionState,
    Subject.PART: PartState,
    Subject.EXPLANATION: ExplanationState,
}
_TITLES = {
    Subject.GROUP: "Khối đi qua các bước của năm",
    Subject.SUBMISSION: "Hồ sơ tự chấm của một đơn vị",
    Subject.PART: "Phần thẩm định: một lĩnh vực của một đơn vị trong một vòng",
    Subject.EXPLANATION: "Giải trình của một đơn vị",
}
_HEAD = """# Vòng đời một năm đánh giá

<!-- Written by `manage.py print_workflow` from scoring/workflow; a test fails when they differ. -->

Không có thao tác nào ngoài các bảng này. Mỗi thao tác đi qua một cửa (`scoring/services/transitions.py`), khóa hồ sơ,
xem lại điều kiện, ghi nhật ký trong cùng giao dịch. Thiếu lý do hoặc trái điều kiện thì không lưu gì.

Bước tới của khối hỏi trước: trang nêu sẽ xảy ra gì với số liệu của kỳ, ai chưa xong, có đường quay lại hay không; bấm
lần hai mới chuyển. Mỗi bước một tệp mang tên của nó trong `scoring/services/before_steps/`.
"""
_AROUND = """Ai viết được gì ở bước nào. Ngoài bảng chỉ có hồ sơ được gia hạn hay mở khóa, tiêu chí được sửa đổi mở lại,
giải trình được mời lại; mỗi việc có lý do và thời hạn."""
BY_PORTAL = "Cổng, tự động"
# Nobody: whom every predicate refuses with the sentence that says who may.
_STRANGER = SimpleNamespace(current_memberships=(), pk=None)


class Command(BaseCommand):
    help = "Ghi các bảng vòng đời một năm vào docs/workflow.md; --check chỉ so sánh."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="chỉ so sánh, mã thoát 1 khi khác")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        text = rendered()
        if not check:
            PAGE.write_text(text, encoding="utf-8")
            self.stdout.write(f"Đã ghi {PAGE.relative_to(settings.BASE_DIR)}.")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            raise CommandError("docs/workflow.md không khớp các bảng. Chạy manage.py print_workflow rồi xem lại.")
        else:
            self.stdout.write("docs/workflow.md khớp các bảng.")


def rendered() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD, *(_subject(subject) for subject in Subject), _pen(), _shown()]
    return "".join(parts)


def _subject(subject: Subject) -> str:
    has_phases = subject != Subject.GROUP
    heads = ["Từ", "Đến", *(["Khi khối ở bước"] if has_phases else []), "Thao tác", "Ai", "Điều kiện", "Phải nêu"]
    rows = [_transition(item, has_phases) for item in transitions_of(subject)]
    return f"\n## {_TITLES[subject]}\n\n{_table(heads, rows)}"


def _transition(item: Transition, has_phases: bool) -> list[str]:
    states = _STATES[item.subject]
    asked = [word for word, needed in (("lý do", item.needs_reason), ("thời hạn", item.needs_time)) if needed]
    phases = [", ".join(phase.label for phase in item.phases)] if has_phases else []
    return [
        ", ".join(states(source).label for source in item.sources),
        states(item.target).label if item.target is not None else "giữ nguyên",
        *phases,
        item.button,
        _who(item),
        item.guard,
        ", ".join(asked),
    ]


def _who(item: Transition) -> str:
    """Whom the sentence names that a stranger would be refused with."""
    if item.by_portal:
        return BY_PORTAL
    told = {action.name: action for action in table()}[item.action].predicate(_STRANGER, None).reason
    who = told.removeprefix("Chỉ ").removesuffix(" làm được việc này.")
    return who[:1].upper() + who[1:]


def _pen() -> str:
    phases = list(Phase)
    rows = [
        [HANDS[hand], MATTERS[matter], *("●" if phase in allowed else "" for phase in phases)]
        for hand in Hand
        for (whose, matter), allowed in PEN.items()
        if whose == hand
    ]
    text = (
        "Ai viết được gì ở bước nào. Ngoài bảng chỉ có hồ sơ được gia hạn hay mở khóa, tiêu chí được sửa đổi mở lại, "
    )
    text += "giải trình được mời lại; mỗi việc có lý do và thời hạn."
    return f"\n## Ai cầm bút\n\n{text}\n\n{_table(['Ai', 'Viết gì', *(phase.label for phase in phases)], rows)}"


def _shown() -> str:
    rows = [
        [phase.label, ", ".join(stage.label for stage in Stage if stage in stages_shown_to_unit(phase))]
        for phase in Phase
    ]
    return f"\n## Đơn vị xem được giá trị nào của chính mình\n\n{_table(['Khối ở bước', 'Giá trị'], rows)}"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
