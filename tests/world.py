"""A small portal with every kind of person in it, and an address for every route: for the matrix and for abuse.

One organiser has a calculated campaign with a publication on its way (2025) and a year in the portal (2026), taken to
the phase that is asked for by its own steps; everything that a route can be about exists as soon as the phase allows.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from reports.enums import Depth
from reports.files.signed import keep as keep_signed
from reports.models import Publication
from reports.services.freezing import draft
from scoring.enums import Phase
from scoring.models import (
    Amendment,
    Campaign,
    CouncilSession,
    CriteriaDraft,
    EnteredImport,
    Evidence,
    EvidenceFile,
    EvidenceUse,
    Exclusion,
    ExplanationReceipt,
    FollowUp,
    FollowUpFile,
    LatePaper,
    Question,
    Receipt,
    ResultsImport,
    ReturnNote,
    Run,
    Scan,
    Signing,
)
from scoring.services.criteria_amendment import Basis, draft_amendment
from scoring.services.criteria_drafts import annex_in, start_from_set
from scoring.services.criteria_export import annex_of
from scoring.services.exclusions import exclude
from scoring.services.following_up import Task, add_file, make_task
from scoring.services.past_import import keep
from scoring.services.past_table import read_table
from scoring.services.past_types import PastTable
from scoring.services.transitions import perform
from tests.factories import UserFactory, campaign_with_results, run_of, sign_in
from tests.kept import once
from tests.scoring.criteria.annexes import changed
from tests.scoring.evidence.samples import pdf
from tests.world_dossier import MERGED, YEAR_BEFORE, bring_what_the_unit_can, sign_on_paper_too, sign_the_letter_too
from tests.year import ORDER, Year, advance, build_year
from units.enums import Role
from units.models import Membership, Organiser, PeopleImport, User
from units.services.invitations import issue_code

PAST_TABLE = Path(__file__).parents[1] / "fixtures" / "past" / "binh-duong-2017.xlsx"

# The order in which a person reads the matrix; on the right, who that is in the year of tests/year.py.
PEOPLE = {
    "công chúng": "P",
    "không vai trò": "",
    "cán bộ đơn vị": "a1",
    "thủ trưởng": "aH",
    "cán bộ đơn vị khác": "b1",
    "thẩm định": "g1",
    "thẩm định phần khác": "g2",
    "thẩm định ở đơn vị": "gA",
    "hội đồng": "h",
    "điều phối": "c",
    "điều phối thứ hai": "c2",
    "lãnh đạo": "l",
    "quản trị": "s",
    "điều phối nơi khác": "n",
    "bị khóa": "x",
    "hết hạn hôm qua": "",
    "từ ngày mai": "",
}
PRINCIPALS = tuple(PEOPLE)
# Routes about the calculated campaign; all others are about the year.
OF_RESULTS = frozenset(
    f"scoring:{name}"
    for name in (
        "campaigns", "campaign", "settings", "history", "ranking", "calculate", "calculate_provisionally", "missing",
        "run", "show_run", "campaign_file", "results_file", "past_report", "past_report_xlsx", "past_upload",
        "past_template", "past_import", "past_apply", "past_discard", "why_run_unit", "why_run_node",
        "analysis", "analysis_ranges", "analysis_lost", "analysis_change",
    )
)  # fmt: skip
# The step that stands in the address of a change of state, by route.
STEPS = {
    "dossier_step": "submit", "explanation_step": "submit", "part_step": "sign", "all_step": "start_explanation",
    "group_step": "start_explanation", "progress_step": "unlock", "act": "send",
}  # fmt: skip
# The leaf that an address is about, by the first word of its route: 2.1 is what unit A explains. All others: 1.2.
LEAVES = {"entered": "3.1", "explanation": "2.1"}
NOTHING = 0  # the number of what does not exist in this phase


@dataclass
class World:
    """`campaign`, `run`, `publication` and `upload` are of 2025; `year` is 2026. The document is of unit A and stands
    for 1.1; `before` is its document of 2024 at 1.2, `merged` that of a unit that went into A this year, `late` a paper
    of A that came after the close and was followed by an extension, `note` what its head asked for at 1.2, `signed` the
    signed paper of its newest receipt, `signed_letter` that of its công văn giải trình. The exclusion, the amendment,
    the minutes, the waiting workbook and the set that is being written are c's. The staff of unit A has an unused code
    and lent the role to somebody who is not in `people`; the waiting table of people is the administrator's. A file of
    unit B is held back by the virus scanner."""

    organiser: Organiser
    campaign: Campaign
    run: Run
    publication: Publication
    upload: ResultsImport
    people: dict[str, User | None]
    year: Year
    evidence: Evidence | None = None
    before: Evidence | None = None
    merged: Evidence | None = None
    late: LatePaper | None = None
    note: ReturnNote | None = None
    signed: Signing | None = None
    signed_letter: Signing | None = None
    question: Question | None = None
    task: FollowUp | None = None
    exclusion: Exclusion | None = None
    amendment: Amendment | None = None
    session: CouncilSession | None = None
    workbook: EnteredImport | None = None
    writing: CriteriaDraft | None = None
    lent: Membership | None = None
    table: PeopleImport | None = None
    held: Scan | None = None

    def browser(self, principal: str) -> Client:
        """A browser of its own for `principal`, signed in where that is possible."""
        return sign_in(self.people[principal])

    def arguments(self, name: str) -> dict[str, Any]:
        """A value for every name that stands in the address of the route `name`."""
        short = name.partition(":")[2] or name
        staff = self.people["cán bộ đơn vị"]
        shared = {
            "unit_id": self.year.a.unit_id,
            "slug": self.organiser.slug,
            "name": STEPS.get(short, ""),
            "rest": "khong-co-gi",
            "token": "khong-co",
            "uidb36": "1",
            "key": "khong-co",
        }
        role = self.lent if short == "lend_end" else self._role
        shared |= {"person": _pk(staff), "membership": _pk(role)}
        if short in ("people_staged", "people_report", "people_apply"):
            shared |= {"pk": _pk(self.table)}
        if short == "own_notice_open":
            shared |= {"pk": _pk(staff.notices.first() if staff else None)}
        if name in OF_RESULTS or not name.startswith("scoring:"):
            return {
                "pk": self.upload.pk if name.startswith("scoring:") else self.publication.pk,
                "code": self.campaign.code,
                "unit": self._unit_of_results,
                "number": self.run.number,
                "criteria_set": "xa",
                "node": "1.2",
                "path": "xep-hang/2025/xa/" if short == "preview" else f"{self.organiser.slug}/",
            } | shared
        return shared | {
            "pk": _pk(
                {
                    "evi": self.evidence,
                    "cri": self.amendment,
                    "cou": self.session,
                    "que": self.question,
                    "fol": self.task,
                    "lat": self.late,
                    "not": self.note,
                    "sig": self.signed,
                    "let": self.signed_letter,
                    "hel": self.held,
                }.get(short[:3])
            ),
            "use": _pk(self._use),
            "evidence": _pk(self.before if short == "carry_document" else self.evidence),
            "file": _pk(self._file_of(short)),
            "code": self.year.campaign.code,
            "unit": self.year.a.code,
            "group": self.year.group.code,
            "criteria_set": self.year.criteria_set.code,
            "component": "1",
            "set_code": self.year.criteria_set.code,
            "criterion": LEAVES.get(short.partition("_")[0], "1.2"),
            "node": self._node_written if short.startswith("criteria_draft") else "1.2",
            "number": 1,
            "page": 1,
            "sequence": 1,
            "mark": self._mark_of_letter if short == "letter_check" else self._mark,
            "upload": _pk(self.workbook),
            "exclusion": _pk(self.exclusion),
        }

    @cached_property
    def _mark(self) -> str:
        """Of the newest receipt of unit A, as its QR code has it."""
        receipt = Receipt.objects.filter(submission__participant=self.year.a).last()
        return receipt.digest[:16] if receipt else "0" * 16

    @cached_property
    def _mark_of_letter(self) -> str:
        """Of the newest công văn giải trình of unit A."""
        receipt = ExplanationReceipt.objects.filter(explanation__participant=self.year.a).last()
        return receipt.digest[:16] if receipt else "0" * 16

    # Looked up once: the addresses of a world are asked for again and again.

    @cached_property
    def _role(self) -> Membership | None:
        staff = self.people["cán bộ đơn vị"]
        return staff and staff.memberships.first()

    @cached_property
    def _unit_of_results(self) -> str:
        return self.campaign.participants.first().code

    @cached_property
    def _use(self) -> EvidenceUse | None:
        return self.evidence and self.evidence.uses.first()

    def _file_of(self, short: str) -> EvidenceFile | FollowUpFile | None:
        if short.startswith("follow"):
            return self._file_of_task
        return self._file_of_merged if short == "take_document" else self._file

    @cached_property
    def _file(self) -> EvidenceFile | None:
        return self.evidence and self.evidence.files.first()

    @cached_property
    def _file_of_merged(self) -> EvidenceFile | None:
        return self.merged and self.merged.files.first()

    @cached_property
    def _file_of_task(self) -> FollowUpFile | None:
        return self.task and self.task.files.first()

    @cached_property
    def _node_written(self) -> str:
        return next(node.permanent_id for node in annex_in(self.writing).nodes if node.code == "1.2")

    def new_run(self) -> Run:
        """A run of the year that the coordinator has not shown to the leaders; `run` was, with its publication."""
        return Run.objects.filter(campaign=self.year.campaign).first() or run_of(self.year.campaign, self.year["c"])

    def address(self, name: str, **other: Any) -> str:
        """The address of one route in this world; `other` replaces what stands in it."""
        return self._reverse(name, next(pattern for known, pattern in routes() if known == name), other)

    def addresses(self) -> dict[str, str]:
        """Every named route of ours with its address in this world, by name (`scoring:run`)."""
        return {
            name: self._reverse(name, pattern, {})
            for name, pattern in routes()
            if name
            and not name.endswith(":")
            and not name.startswith("admin:")
            and name not in ("public", "public_root")
        }

    def _reverse(self, name: str, pattern: URLPattern, other: dict[str, Any]) -> str:
        values = self.arguments(name) | other
        return reverse(name, kwargs={key: values[key] for key in pattern.pattern.converters})


def build(phase: Phase = Phase.APPRAISAL) -> World:
    """The world with the year in `phase`: every row through factories and the portal's own services, made once by a
    process and put down again later (tests/kept.py)."""
    return once(("world", phase), lambda: _made(phase))


def _made(phase: Phase) -> World:
    year = _year(phase)
    organiser, people = year.organiser, {}
    for name, short in PEOPLE.items():
        people[name] = year.people[short] if short else None
    people["không vai trò"] = UserFactory(username="khong-vai-tro")
    today = timezone.localdate()
    people["hết hạn hôm qua"] = _for_days(organiser, today.replace(year=2025), today - datetime.timedelta(days=1))
    people["từ ngày mai"] = _for_days(organiser, today + datetime.timedelta(days=1), None)
    campaign = campaign_with_results(organiser)
    run = run_of(campaign, people["điều phối"])
    publication = _with_signed_file(draft(campaign, run, Depth.COMPONENTS, people["điều phối"]))
    upload = _upload(organiser, people["điều phối"])
    world = World(organiser, campaign, run, publication, upload, people, year)
    world.evidence = Evidence.objects.filter(participant=year.a).first()
    world.before = Evidence.objects.filter(participant__campaign__year=YEAR_BEFORE).first()
    world.merged = Evidence.objects.filter(participant__code=MERGED).first()
    world.late = LatePaper.objects.filter(submission__participant=year.a).first()
    world.note = ReturnNote.objects.filter(participant=year.a).first()
    world.signed = Signing.objects.filter(receipt__submission__participant=year.a).exclude(key="").first()
    world.signed_letter = Signing.objects.filter(letter__explanation__participant=year.a).exclude(key="").first()
    world.question = Question.objects.filter(participant=year.a).first()
    world.task = _task(year)
    _things_of_the_coordinator(world)
    _things_of_the_administrator(world)
    return world


def _year(phase: Phase) -> Year:
    """The year in `phase`, with what unit A and those around it brought while they could."""
    year = build_year(Phase.DRAFT)
    for step in [*ORDER[1:], Phase.PUBLISHED]:
        if Phase(year.phase()) == phase:
            break
        if step == Phase.PUBLISHED:
            perform(year.fresh_group(), "publish", None)
            break
        advance(year, step)
        if step == Phase.SELF_ASSESSMENT:
            bring_what_the_unit_can(year)
        if step == Phase.APPRAISAL:
            sign_on_paper_too(year)
        if step == Phase.REAPPRAISAL:
            sign_the_letter_too(year)
    return year


def _with_signed_file(publication: Publication) -> Publication:
    """As if it had been sent, signed and taken back to be drafted: every act is still to come."""
    scan = keep_signed(SimpleUploadedFile("quyet-dinh.pdf", pdf(b"(quyet dinh)")))
    publication.signed_file, publication.signed_file_name = scan.stored_name, scan.name
    publication.signed_file_sha256 = scan.sha256
    publication.save(update_fields=["signed_file", "signed_file_name", "signed_file_sha256"])
    return publication


def _task(year: Year) -> FollowUp | None:
    """What unit A does about a lost point, with a document; None before its points are told to it."""
    if Phase(year.phase()) in (Phase.DRAFT, Phase.SELF_ASSESSMENT, Phase.APPRAISAL):
        return None
    task = Task("Gửi báo cáo quý đúng hạn", year["a1"].pk, datetime.date(2027, 6, 30))
    made = make_task(year.a, year.leaves["1.2"], task, "0,80", by=year["a1"])
    add_file(made, SimpleUploadedFile("bao-cao-quy.pdf", pdf()), "Báo cáo quý", by=year["a1"])
    return made


def _things_of_the_coordinator(world: World) -> None:
    """What c has begun and somebody else has to go on with, where the phase allows it."""
    year, phase = world.year, Phase(world.year.phase())
    c = year["c"]
    if phase not in (Phase.DRAFT, Phase.FINALISED, Phase.PUBLISHED):
        world.exclusion = exclude(year.b, year.leaves["1.1"], reason="Mới thành lập", legal_basis="Công văn 1", by=c)
        basis = Basis("9/QĐ-UBND", datetime.date(2026, 11, 15), "Theo hướng dẫn mới", None)
        annex = changed(annex_of(year.criteria_set), "2.1", title="Rà soát, hệ thống hóa văn bản")
        world.amendment = draft_amendment(year.criteria_set, annex, basis, sha256="a" * 64, by=c)
    row = {
        "sheet": "so", "row": 4, "participant": year.a.pk, "criterion": year.leaves["3.1"].pk, "seen": 0, "kind": "new",
        "inputs": {"mean": "4", "responses": "90"},
    }  # fmt: skip
    world.workbook = EnteredImport.objects.create(
        campaign=year.campaign, uploaded_by=c, file_name="diem-nhap.xlsx", sha256="a" * 64, rows=[row]
    )
    world.writing = start_from_set(year.criteria_set, by=c)
    world.session = CouncilSession.objects.create(
        campaign=year.campaign, held_on=datetime.date(2026, 12, 20), chair="Chủ tịch", minutes="Thống nhất", author=c
    )


def _things_of_the_administrator(world: World) -> None:
    """A code that nobody used yet, a role that is lent, a table of people that waits for the word."""
    administrator, staff = world.year["s"], world.year["a1"]
    issue_code(world.organiser, staff, by=administrator)
    held = staff.memberships.get()
    today = timezone.localdate()
    world.lent = Membership.objects.create(
        user=UserFactory(username="thay-a1"), organiser=held.organiser, unit=held.unit, role=held.role,
        valid_from=today, valid_to=today + datetime.timedelta(days=7), stands_for=held, reason="Nghỉ phép",
    )  # fmt: skip
    world.table = PeopleImport.objects.create(
        organiser=world.organiser, uploaded_by=administrator, file_name="nguoi.xlsx", sha256="a" * 64,
        rows={"letters": {}, "rows": []},
    )  # fmt: skip
    document = Evidence.objects.create(participant=world.year.b, abstract="Danh sách hồ sơ")
    EvidenceFile.objects.create(
        evidence=document, number=1, name="danh-sach.pdf", key=f"bb/bb/{'b' * 40}", sha256="b" * 64, size=1, kind="pdf"
    )
    world.held = Scan.objects.create(sha256="b" * 64, found="Heuristics.Test", at=timezone.now())


def _pk(row: Any) -> int:
    return row.pk if row is not None else NOTHING


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every route of the portal, included ones too, with its full name; a namespace and nothing where it has none."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: list[URLPattern | URLResolver], namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name or ''}", pattern


def _upload(organiser: Organiser, coordinator: User | None) -> ResultsImport:
    """A past table on its way in."""
    data = PAST_TABLE.read_bytes()
    return keep(_past_table(), organiser=organiser, file_name=PAST_TABLE.name, data=data, by=coordinator)


@cache
def _past_table() -> PastTable:
    """Reading it starts a process, so once is enough for all the worlds of a test run."""
    return read_table(PAST_TABLE.read_bytes(), PAST_TABLE.name, None)


def _for_days(organiser: Organiser, begins: datetime.date, ends: datetime.date | None) -> User:
    user = UserFactory(username=f"theo-ngay-{begins.isoformat()}")
    Membership.objects.create(
        user=user, organiser=organiser, unit=organiser.unit, role=Role.COORDINATOR, valid_from=begins, valid_to=ends
    )
    return user
