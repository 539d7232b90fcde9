"""`manage.py resume_jobs`: jobs whose worker was killed go back into the queue.

A worker that is killed outright leaves its job marked as running for ever. Every job of ours may run again from the
start (the release job changes nothing public before its flip), so it is simply made ready again.
"""

from __future__ import annotations

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

LONGEST_JOB = 15  # minutes; the largest release takes under one


class Command(BaseCommand):
    help = "Đưa lại vào hàng đợi các việc nền mà tiến trình chạy chúng đã bị ngắt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--minutes", type=int, default=LONGEST_JOB, help="coi là bị ngắt khi chạy quá số phút này (mặc định 15)"
        )

    def handle(self, *args: Any, minutes: int = LONGEST_JOB, **options: Any) -> None:
        since = timezone.now() - datetime.timedelta(minutes=max(0, minutes))
        cut_off = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lte=since)
        resumed = cut_off.update(status=TaskResultStatus.READY, started_at=None, worker_ids=[])
        self.stdout.write(f"Đưa lại vào hàng đợi {resumed} việc nền bị ngắt.")
