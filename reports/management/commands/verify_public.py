"""Hash every released byte again and compare it with the manifest."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.files.store import DamagedStore, check
from reports.models import PublishedFile, SharedPage


class Command(BaseCommand):
    help = "Băm lại mọi tệp đã công bố và so với danh sách đã lưu; báo từng tệp thiếu hoặc hỏng."

    def handle(self, *args: Any, **options: Any) -> None:
        known = {sha256: path for path, sha256 in SharedPage.objects.values_list("path", "sha256")}
        known |= {sha256: path for path, sha256 in PublishedFile.objects.values_list("path", "sha256")}
        faults = []
        for sha256, path in sorted(known.items(), key=lambda pair: pair[1]):
            try:
                check(sha256)
            except DamagedStore as fault:
                faults.append(f"/{path}: {fault}")
        for sentence in faults:
            self.stderr.write(sentence)
        if faults:
            raise CommandError(
                f"Có {len(faults)} tệp hỏng trong {len(known)} tệp. Khôi phục kho công bố từ bản sao lưu."
            )
        self.stdout.write(f"{len(known)} tệp đã công bố đều nguyên vẹn.")
