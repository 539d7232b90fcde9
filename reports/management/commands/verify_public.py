"""Hash every released byte and every frozen dataset again, and compare with what was kept of them."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.files.store import DamagedStore, check
from reports.models import Publication, PublishedFile, SharedPage


class Command(BaseCommand):
    help = "Băm lại mọi tệp đã công bố và so với danh sách đã lưu; báo từng tệp thiếu hoặc hỏng."

    def handle(self, *args: Any, **options: Any) -> None:
        known = {sha256: path for path, sha256 in SharedPage.objects.values_list("path", "sha256")}
        known |= {sha256: path for path, sha256 in PublishedFile.objects.values_list("path", "sha256")}
        faults = [
            f"{publication}: số liệu đã chốt không khớp mã băm"
            for publication in Publication.objects.select_related("campaign").order_by("pk").iterator()
            if hashlib.sha256(publication.dataset.encode()).hexdigest() != publication.digest
        ]
        for sha256, path in sorted(known.items(), key=lambda pair: pair[1]):
            try:
                check(sha256)
            except DamagedStore as fault:
                faults.append(f"/{path}: {fault}")
        for sentence in faults:
            self.stderr.write(sentence)
        if faults:
            raise CommandError(f"Có {len(faults)} chỗ hỏng ({len(known)} tệp đã kiểm). Khôi phục từ bản sao lưu.")
        self.stdout.write(f"{len(known)} tệp đã công bố đều nguyên vẹn.")
