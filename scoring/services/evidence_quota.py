"""How much one unit may keep in one campaign: every version counts, also of removed documents, with signed papers, late
papers, and what is gathered for its tasks (case T40)."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Count, Sum

from scoring.models import EvidenceFile, FollowUpFile, LatePaper, Participant, Signing
from scoring.services.errors import Incomplete
from units.vietnamese import format_number


def refuse_sizes_over_quota(participant: Participant, sizes: Sequence[int]) -> None:
    """Raise `Incomplete` where further files of these sizes (bytes) would be too many or too much for the unit."""
    kinds = (
        EvidenceFile.objects.filter(evidence__participant=participant),
        Signing.objects.of(participant).on_paper(),
        LatePaper.objects.filter(submission__participant=participant),
        FollowUpFile.objects.filter(follow_up__participant=participant),
    )
    counts = [kind.aggregate(files=Count("pk"), size=Sum("size")) for kind in kinds]
    held = {name: sum(count[name] or 0 for count in counts) for name in ("files", "size")}
    most, largest = settings.EVIDENCE_FILES_PER_UNIT, settings.EVIDENCE_BYTES_PER_UNIT
    if held["files"] + len(sizes) > most:
        already = f"Đơn vị đã lưu {format_number(held['files'])} tệp; tối đa {format_number(most)} tệp trong một kỳ."
        raise Incomplete("files", f"{already} Dùng lại tài liệu đã có cho nhiều tiêu chí.")
    if held["size"] + sum(sizes) > largest:
        over = f"Các tệp của đơn vị sẽ vượt {format_number(largest // 1024**2)} MB cho một kỳ."
        raise Incomplete("files", f"{over} Quét lại ở độ phân giải thấp hơn rồi tải lên.")
