"""`manage.py export_campaign CODE`: the campaign file anyone can recompute the results from.

As the campaign stands now, or with `--run N` the very file that run N was computed from, byte by byte."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.selectors.campaigns import campaign_named, run_numbered
from scoring.services.calculation import build_campaign_file


class Command(BaseCommand):
    help = "In tệp kỳ đánh giá (parindex-campaign/1) của kỳ mang mã CODE ra đầu ra chuẩn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="mã kỳ, ví dụ 2025")
        parser.add_argument("--organiser", help="địa chỉ ngắn của đơn vị tổ chức, cần khi nhiều nơi có cùng mã kỳ")
        parser.add_argument("--run", type=int, help="số lần tính: in đúng tệp đã lưu của lần tính ấy")

    def handle(
        self, *args: Any, code: str, organiser: str | None = None, run: int | None = None, **options: Any
    ) -> None:
        try:
            campaign = campaign_named(code, organiser)
            stored = run_numbered(campaign, run).campaign_file if run is not None else None
        except LookupError as unknown:
            raise CommandError(str(unknown)) from unknown
        if stored is None:
            self.stdout.write(json.dumps(build_campaign_file(campaign), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(stored, ending="")
