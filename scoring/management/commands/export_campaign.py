"""`manage.py export_campaign CODE`: the campaign file anyone can recompute the results from.

As the campaign stands now, or with `--run N` the very file that run N was computed from, byte by byte."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.models import Campaign
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
        found = Campaign.objects.filter(code=code).select_related("organiser").order_by("organiser__slug")
        if organiser:
            found = found.filter(organiser__slug=organiser)
        campaigns = list(found)
        if not campaigns:
            raise CommandError(f"Không có kỳ đánh giá mã “{code}”{f' của “{organiser}”' if organiser else ''}.")
        if len(campaigns) > 1:
            slugs = ", ".join(campaign.organiser.slug for campaign in campaigns)
            raise CommandError(f"Nhiều đơn vị tổ chức có kỳ mã “{code}”. Thêm --organiser với một trong: {slugs}.")
        if run is None:
            self.stdout.write(json.dumps(build_campaign_file(campaigns[0]), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(_stored(campaigns[0], run), ending="")


def _stored(campaign: Campaign, number: int) -> str:
    """The campaign file that run `number` was computed from, as it was kept."""
    found = campaign.runs.filter(number=number).first()
    if found is None:
        known = ", ".join(str(each) for each in campaign.runs.order_by("number").values_list("number", flat=True))
        raise CommandError(f"Kỳ “{campaign.code}” không có lần tính {number}. Các lần đã tính: {known or 'chưa có'}.")
    return found.campaign_file
