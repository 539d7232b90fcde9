"""Freezing: a run becomes the draft of a publication, whose dataset never changes again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import Max

from reports import permissions
from reports.enums import Depth, PublicationState
from reports.models import Publication
from reports.selectors.publications import announced_before, on_its_way
from reports.services.dataset import Edition, build, to_text
from reports.services.dataset_criteria import Told, tell, told_in
from reports.services.errors import Conflict, Incomplete
from reports.services.material import Json, Material, read_material
from scoring.enums import Origin, RunKind
from scoring.models import Campaign, Criterion, Run
from scoring.services.calculation import current_input_sha256
from scoring.services.running import show_run
from units import trail
from units.models import User
from units.permissions import authorize

OUTGROWN = (
    "Cổng đã được nâng cấp sau khi chốt bản soạn này, nên bản soạn thiếu phần mà bản công bố nay phải có. "
    "Bỏ bản soạn này rồi hãy lập lại dự thảo."
)


def depths_of(campaign: Campaign) -> list[Depth]:
    """How deep the campaign can be published: a past table only as far as it was printed, to criteria where any stand
    below the components."""
    if campaign.origin == Origin.PAST:
        return [Depth.INDEX, Depth.COMPONENTS]
    below = Criterion.objects.in_force().filter(criteria_set__campaign=campaign, parent__isnull=False)
    return [depth for depth in Depth if depth != Depth.CRITERIA or below.exists()]


def draft(campaign: Campaign, run: Run, depth: str, by: User, reason: str = "") -> Publication:
    """Freeze `run` into a new publication of `campaign` and return it in state drafted.

    `reason` is required for a correction, that is when a version of this campaign has been public before. Raises
    `Refused`, `Conflict` or `Incomplete` with the sentence; nothing is stored then.
    """
    authorize(by, permissions.DRAFT, campaign)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=campaign.pk)
        _refuse_unfit_run(locked, run)
        if locked.origin == Origin.PORTAL:
            show_run(run, by)  # whoever approves the draft must be able to read what it was made from
        before = announced_before(locked)
        edition = _edition(locked, depth, reason.strip(), before)
        material = read_material(locked, run)
        told = tell(material) if depth == Depth.DERIVATIONS else Told()
        text, check_code = freeze(material, edition, told)
        publication = Publication.objects.create(
            campaign=locked,
            version=edition.version,
            run=run,
            depth=depth,
            dataset=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            check_code=check_code,
            reason=edition.reason,
            drafted_by=by,
            supersedes=before,
        )
        trail.record(
            "reports.draft",
            by=by,
            about=publication,
            scope=locked.trail_scope,
            label=f"Soạn bản công bố {edition.version}: {locked.title}",
            run=run.number,
            digest=publication.digest,
            check_code=check_code,
            depth=depth,
            reason=edition.reason,
        )
    return publication


def freeze(material: Material, edition: Edition, told: Told) -> tuple[str, str]:
    """The text of the dataset and its check code.

    The check code is the beginning of the digest of the dataset in which the code itself is still null; the digest
    that is approved is that of the finished text.
    """
    dataset = build(material, edition, told)
    head = hashlib.sha256(to_text(dataset).encode()).hexdigest()[:12].upper()
    dataset["publication"]["check_code"] = f"{head[:4]}-{head[4:8]}-{head[8:]}"
    return to_text(dataset), dataset["publication"]["check_code"]


def why_stale(publication: Publication) -> str | None:
    """The sentence that says what has changed since the freeze; None while a draft made now would be the same."""
    campaign, run = publication.campaign, publication.run
    if current_input_sha256(campaign) != run.input_sha256:
        changed = f"Số liệu của {campaign.title} đã thay đổi sau lần tính {run.number}."
        return f"{changed} Bỏ bản soạn này, tính lại rồi soạn bản mới."
    before = publication.supersedes
    edition = Edition(publication.version, publication.depth, publication.reason, before.check_code if before else None)
    kept: Json = json.loads(publication.dataset)
    again = freeze(read_material(campaign, run), edition, told_in(kept))[0]
    if again != publication.dataset:
        if _form(json.loads(again)) != _form(kept):
            return OUTGROWN
        changed = "Tên, ghi chú của đơn vị hoặc bản công bố năm trước đã thay đổi sau khi chốt."
        return f"{changed} Bỏ bản soạn này rồi soạn bản mới."
    return None


def _form(dataset: Json) -> list[set[str]]:
    """The keys of a dataset and of its first group and unit: what another version of the portal would write."""
    group = dataset["groups"][0]
    return [set(part) for part in (dataset, dataset["campaign"], dataset["publication"], group, group["units"][0])]


def _refuse_unfit_run(campaign: Campaign, run: Run) -> None:
    if run.campaign_id != campaign.pk:
        raise Conflict("Lần tính không thuộc kỳ đánh giá này. Mở lại trang của kỳ rồi chọn lần tính.")
    if run.kind != RunKind.OFFICIAL:
        raise Conflict(f"Lần tính {run.number} là tạm tính. Tính chính thức rồi soạn bản công bố từ lần tính đó.")
    if Run.objects.filter(campaign=campaign, kind=RunKind.OFFICIAL, number__gt=run.number).exists():
        raise Conflict(f"Lần tính {run.number} không phải là lần mới nhất. Soạn bản công bố từ lần tính mới nhất.")
    if current_input_sha256(campaign) != run.input_sha256:
        raise Conflict(f"Số liệu đã thay đổi sau lần tính {run.number}. Tính lại rồi soạn bản công bố.")
    if on_its_way(campaign) is not None:
        raise Conflict("Kỳ này đang có một bản chưa công bố. Công bố hoặc bỏ bản đó trước khi soạn bản khác.")


def _edition(campaign: Campaign, depth: str, reason: str, before: Publication | None) -> Edition:
    if depth not in Depth:
        raise Incomplete("depth", "Chọn độ chi tiết trong danh sách.")
    if depth not in depths_of(campaign):
        if campaign.origin == Origin.PAST:
            raise Incomplete("depth", "Kết quả nhập lại chỉ công bố đến điểm từng lĩnh vực như bảng đã in.")
        raise Incomplete("depth", "Bộ tiêu chí không có tiêu chí nào dưới lĩnh vực. Chọn độ chi tiết khác.")
    if before is not None and not reason:
        raise Incomplete("reason", "Nêu lý do đính chính: kỳ này đã được công bố trước đây.")
    live = Publication.objects.filter(campaign=campaign).exclude(state=PublicationState.DISCARDED)
    newest: dict[str, Any] = live.aggregate(newest=Max("version"))
    return Edition((newest["newest"] or 0) + 1, depth, reason if before else "", before.check_code if before else None)
