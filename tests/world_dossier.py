"""What lies in and around the dossier of unit A in tests/world.py, so that every address about it has something.

Each is brought at that step of the year at which people could bring it, through the portal's own services; where these
would carry the dossier on (a paper that came late closes it, a note of the head sends it back), the row is written as
they write it.
"""

from __future__ import annotations

import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import ExplanationReceipt, Group, LatePaper, Participant, ReturnNote, Submission
from scoring.services.asking import ask
from scoring.services.cloning import clone
from scoring.services.evidence import Details, Incoming, add_evidence, add_version, stored
from scoring.services.signing import Paper, checked_paper, sign_letter_on_paper, sign_on_paper
from tests.factories import MembershipFactory, UnitFactory, UserFactory
from tests.scoring.evidence.samples import image, pdf
from tests.year import Year
from units.enums import Role, SuccessionKind, UnitKind
from units.models import UnitSuccession

YEAR_BEFORE, MERGED = 2024, "SOC"


def bring_what_the_unit_can(year: Year) -> None:
    """While unit A fills in: a document in two versions at 1.1, a question and a note of its head at 1.2, a paper that
    came late; the document of a unit that went into it, and one of its own of an earlier year, at 1.2 both."""
    details = Details("42/BC-SAT", datetime.date(2026, 12, 5), "Sở An toàn", "Báo cáo thực hiện kế hoạch")
    upload = SimpleUploadedFile("bao-cao.pdf", pdf())
    made = add_evidence(year.a, [upload], details, by=year["a1"], criterion=year.leaves["1.1"], pages="tr. 1")
    add_version(made[0], SimpleUploadedFile("trang-1.png", image()), by=year["a1"])
    ask(year.a, year.leaves["1.2"], "Tính cả hồ sơ chuyển tiếp?", by=year["a1"])
    ReturnNote.objects.create(
        participant=year.a, criterion=year.leaves["1.2"], text="Đối chiếu lại mẫu số", by=year["aH"], at=timezone.now()
    )
    _late_paper(year)
    _document_of_the_year_before(year)
    _document_of_a_merged_unit(year)


def sign_on_paper_too(year: Year) -> None:
    """Once unit A has handed in: the signed paper of its receipt."""
    receipt = year.submission().receipts.get()
    paper = Paper("58/BC-SAT", timezone.localdate())
    upload = SimpleUploadedFile("ban-ky.pdf", pdf(b"(ban ky)"))
    sign_on_paper(year.a, receipt.digest, paper, upload, by=year["aH"])


def sign_the_letter_too(year: Year) -> None:
    """Once unit A has sent its explanation: the signed paper of its công văn."""
    receipt = ExplanationReceipt.objects.filter(explanation__participant=year.a).get()
    paper = Paper("61/SAT-VP", timezone.localdate())
    upload = SimpleUploadedFile("cong-van-ky.pdf", pdf(b"(cong van)"))
    sign_letter_on_paper(year.a, receipt.digest, paper, upload, by=year["aH"])


def _late_paper(year: Year) -> None:
    """It is in hand no more: the dossier has moved on since."""
    upload, day = SimpleUploadedFile("van-ban.pdf", pdf(b"(van ban)")), timezone.localdate()
    checked = checked_paper(upload)
    with stored([Incoming(upload, checked)]) as keys:
        LatePaper.objects.create(
            submission=year.submission(), submission_version=0, number="55/BC-SAT", dated_on=day, arrived_on=day,
            reason="Mất mạng", key=keys[0], name=checked.name, sha256=checked.sha256, size=checked.size,
            kind=checked.kind, by=year["c"], at=timezone.now(),
        )  # fmt: skip


def _document_of_the_year_before(year: Year) -> None:
    campaign = clone(year.campaign, code="2024", year=YEAR_BEFORE, title="Chỉ số CCHC năm 2024", by=year["c"])
    groups = Group.objects.filter(campaign=campaign)
    groups.update(phase=Phase.SELF_ASSESSMENT)
    now, day = timezone.now(), datetime.timedelta(days=1)
    groups.get().windows.filter(phase=Phase.SELF_ASSESSMENT).update(opens_at=now - day, closes_at=now + day)
    unit = campaign.participants.get(unit=year.a.unit)
    Submission.objects.create(participant=unit)
    leaf = unit.criteria_set.criteria.get(code="1.2")
    upload = SimpleUploadedFile("nam-truoc.pdf", pdf(b"(nam truoc)"))
    add_evidence(unit, [upload], Details(abstract="Kế hoạch năm 2024"), by=year["a1"], criterion=leaf, pages="tr. 3")
    groups.update(phase=Phase.PUBLISHED)


def _document_of_a_merged_unit(year: Year) -> None:
    """Sở Chung went into unit A when it had begun to fill in; it is assessed no more."""
    unit = UnitFactory(parent=year.organiser.unit, code=MERGED, name="Sở Chung", kind=UnitKind.DEPARTMENT)
    merged = Participant.objects.create(
        campaign=year.campaign, unit=unit, code=MERGED, name=unit.name, group=year.group,
        criteria_set=year.criteria_set,
    )  # fmt: skip
    Submission.objects.create(participant=merged)
    staff = UserFactory(username=f"{year.organiser.slug}-c1")
    MembershipFactory(user=staff, organiser=year.organiser, unit=unit, role=Role.UNIT_STAFF)
    upload = SimpleUploadedFile("so-chung.pdf", pdf(b"(so chung)"))
    details = Details(abstract="Kế hoạch của Sở Chung")
    add_evidence(merged, [upload], details, by=staff, criterion=year.leaves["1.2"], pages="tr. 2")
    UnitSuccession.objects.create(
        predecessor=unit, successor=year.a.unit, kind=SuccessionKind.MERGER, date=timezone.localdate(),
        document="Nghị quyết 1",
    )  # fmt: skip
    Participant.objects.filter(pk=merged.pk).update(is_assessed=False, left_out_reason="Hợp nhất vào Sở An toàn")
