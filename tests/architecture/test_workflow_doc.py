"""docs/workflow.md says what the portal does: it is written from the tables that the portal runs by."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from scoring.management.commands import print_workflow
from scoring.workflow.table import TRANSITIONS


def test_the_page_is_what_the_tables_say() -> None:
    assert print_workflow.PAGE.read_text(encoding="utf-8") == print_workflow.rendered(), (
        "run manage.py print_workflow and look at what it changed"
    )


def test_every_change_of_state_has_its_line_with_who_may() -> None:
    lines = print_workflow.rendered().splitlines()
    for transition in TRANSITIONS:
        (line, *_) = [text for text in lines if f"| {transition.button} |" in text and transition.guard in text]
        assert (f"| {print_workflow.BY_PORTAL} |" in line) == transition.by_portal
        assert re.search(r"\| (Cổng|Cán bộ|Thủ trưởng|Người được giao)", line)


def test_the_command_tells_a_page_that_says_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "workflow.md"
    monkeypatch.setattr(print_workflow, "PAGE", page)
    with pytest.raises(CommandError, match="không khớp các bảng"):
        call_command("print_workflow", check=True)
    page.write_text(print_workflow.rendered().replace("Mở tự chấm", "Mở"), encoding="utf-8")
    with pytest.raises(CommandError, match="không khớp các bảng"):
        call_command("print_workflow", check=True)
    page.write_text(print_workflow.rendered(), encoding="utf-8")
    said = StringIO()
    call_command("print_workflow", check=True, stdout=said)
    assert "khớp các bảng" in said.getvalue()
