"""The life of a publication: who takes which step, and what each step refuses."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from reports.models import Publication
from reports.services.errors import Conflict, Incomplete
from reports.services.freezing import draft
from reports.services.transitions import available, perform
from reports.tasks import run_release, start_release, withdraw
from scoring.enums import RunKind
from scoring.models import Participant, Value
from tests.factories import person, run_of
from tests.reports.publishing import DECISION, Team, release
from units.enums import Role
from units.models import TrailEntry
from units.models.appendonly import AppendOnly
from units.trail import verify

pytestmark = pytest.mark.django_db


def change_a_score(team: Team) -> None:
    Value.objects.filter(participant__campaign=team.campaign, points=4).update(points=3)


def names(publication: Publication, user: object) -> dict[str, str]:
    return {offer.name: offer.refusal for offer in available(publication, user)}


def test_a_publication_goes_from_draft_to_the_public_through_two_persons_and_leaves_a_trail() -> None:
    team = Team()
    publication = team.released()
    assert publication.state == "released"
    assert publication.version == 1
    assert (publication.drafted_by, publication.approved_by) == (team.coordinator, team.leader)
    assert publication.approved_digest == publication.digest
    actions = list(TrailEntry.objects.filter(action__startswith="reports.").values_list("action", flat=True))
    assert actions == [
        "reports.draft",
        "reports.send",
        "reports.record_decision",
        "reports.approve",
        "reports.release",
        "reports.finish",
    ]
    assert verify() == []


class TestDrafting:
    def test_only_the_coordinator_drafts(self) -> None:
        team = Team()
        run = run_of(team.campaign)
        for other in (team.leader, person(Role.UNIT_STAFF, team.organiser), person(Role.COORDINATOR)):
            with pytest.raises(PermissionDenied, match="Chỉ điều phối"):
                draft(team.campaign, run, "components", other)
        assert not Publication.objects.exists()

    def test_an_older_run_a_provisional_run_and_changed_data_are_refused_in_a_sentence(self) -> None:
        team = Team()
        first = run_of(team.campaign)
        second = run_of(team.campaign)
        with pytest.raises(Conflict, match="không phải là lần mới nhất"):
            draft(team.campaign, first, "components", team.coordinator)
        provisional = run_of(team.campaign, kind=RunKind.PROVISIONAL)
        with pytest.raises(Conflict, match="tạm tính"):
            draft(team.campaign, provisional, "components", team.coordinator)
        third = run_of(team.campaign)
        change_a_score(team)
        with pytest.raises(Conflict, match="Số liệu đã thay đổi"):
            draft(team.campaign, third, "components", team.coordinator)
        assert not Publication.objects.exists()
        assert second.number == 2

    def test_a_run_of_another_campaign_is_refused(self) -> None:
        team, other = Team(), Team()
        with pytest.raises(Conflict, match="không thuộc kỳ"):
            draft(team.campaign, run_of(other.campaign), "components", team.coordinator)

    def test_a_campaign_has_one_open_publication(self) -> None:
        team = Team()
        team.drafted()
        with pytest.raises(Conflict, match="đang có một bản chưa công bố"):
            team.drafted()

    def test_a_depth_that_is_none_is_refused(self) -> None:
        with pytest.raises(Incomplete, match="độ chi tiết"):
            Team().drafted(depth="everything")

    def test_a_discarded_draft_gives_its_number_and_check_code_back(self) -> None:
        team = Team()
        first = team.drafted()
        perform(first, "discard", team.coordinator)
        second = draft(team.campaign, first.run, "components", team.coordinator)
        assert (second.version, second.check_code, second.digest) == (1, first.check_code, first.digest)
        assert release(perform(team.approve(_sign(team, second)), "release", team.leader)).state == "released"


def _sign(team: Team, publication: Publication) -> Publication:
    return perform(perform(publication, "send", team.coordinator), "record_decision", team.coordinator, **DECISION)


class TestApproval:
    def test_the_drafter_never_approves_even_with_the_leaders_role(self) -> None:
        team = Team()
        both = person(Role.COORDINATOR, team.organiser)
        both.memberships.create(organiser=team.organiser, unit=team.organiser.unit, role=Role.LEADER)
        team.coordinator = both
        publication = team.signed()
        with pytest.raises(PermissionDenied, match="không được tự duyệt"):
            team.approve(publication, by=both)
        assert "không được tự duyệt" in names(publication, both)["approve"]
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.filter(pk=publication.pk).update(
                approved_by=both, approved_at=publication.drafted_at, approved_digest=publication.digest
            )

    def test_only_a_leader_of_this_organiser_approves(self) -> None:
        team = Team()
        publication = team.signed()
        roles = (Role.UNIT_HEAD, Role.APPRAISER, Role.COUNCIL, Role.ADMINISTRATOR, Role.COORDINATOR)
        others = [person(role, team.organiser) for role in roles]
        for other in (person(), person(Role.LEADER), *others):
            with pytest.raises(PermissionDenied, match="Chỉ lãnh đạo"):
                team.approve(publication, by=other)
        publication.refresh_from_db()
        assert publication.state == "signed"

    def test_approval_names_the_digest_and_the_paper(self) -> None:
        team = Team()
        publication = team.signed()
        with pytest.raises(Conflict, match="Mã băm"):
            perform(publication, "approve", team.leader, digest="0" * 64, paper_matches=True)
        with pytest.raises(Incomplete, match="mã băm"):
            perform(publication, "approve", team.leader, paper_matches=True)
        with pytest.raises(Incomplete, match="văn bản giấy"):
            perform(publication, "approve", team.leader, digest=publication.digest)

    def test_approval_of_data_that_changed_since_the_run_is_refused(self) -> None:
        team = Team()
        publication = team.signed()
        change_a_score(team)
        with pytest.raises(Conflict, match=r"Số liệu .* đã thay đổi sau lần tính 1"):
            team.approve(publication)

    def test_a_changed_note_of_a_unit_is_a_change_too(self) -> None:
        team = Team()
        publication = team.signed()
        Participant.objects.filter(campaign=team.campaign).update(note="Hợp nhất 01/03/2025")
        with pytest.raises(Conflict, match="ghi chú"):
            team.approve(publication)

    def test_a_stale_revision_is_refused(self) -> None:
        team = Team()
        publication = team.signed()
        perform(publication, "record_decision", team.coordinator, **DECISION | {"number": "215/QĐ-UBND"})
        with pytest.raises(Conflict, match="vừa thay đổi"):
            perform(
                publication,
                "approve",
                team.leader,
                digest=publication.digest,
                revision=publication.revision,
                paper_matches=True,
            )

    def test_a_decision_entered_again_takes_the_approval_back(self) -> None:
        team = Team()
        publication = perform(
            team.approved(), "record_decision", team.coordinator, **DECISION | {"number": "215/QĐ-UBND"}
        )
        assert (publication.state, publication.approved_by, publication.approved_digest) == ("signed", None, "")
        with pytest.raises(Conflict, match="đã có số, ngày quyết định"):
            perform(publication, "release", team.coordinator)


class TestDecision:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"number": " "}, "number"),
            ({"date": None}, "date"),
            ({"issuer": ""}, "issuer"),
            ({"date": datetime.date(2200, 1, 1)}, "date"),
            ({"date": datetime.date(2024, 12, 31)}, "date"),
        ],
    )
    def test_number_date_and_issuer_are_needed_and_must_be_possible(self, change: dict, field: str) -> None:
        team = Team()
        publication = perform(team.drafted(), "send", team.coordinator)
        with pytest.raises(Incomplete) as refused:
            perform(publication, "record_decision", team.coordinator, **DECISION | change)
        assert refused.value.field == field

    def test_a_past_table_with_a_source_may_have_lost_its_number_where_the_person_says_so(self) -> None:
        team = Team(origin="past", source_text="Báo Bình Dương, 06/08/2018")
        publication = perform(team.drafted(), "send", team.coordinator)
        lost = {"decision_unknown": True}
        for refused in ({}, lost | {"number": "12/QĐ", "date": None, "issuer": ""}):
            with pytest.raises(Incomplete):
                perform(publication, "record_decision", team.coordinator, **refused)
        assert perform(publication, "record_decision", team.coordinator, **lost).state == "signed"

    def test_a_decision_of_the_own_campaign_is_never_unknown(self) -> None:
        team = Team()
        publication = perform(team.drafted(), "send", team.coordinator)
        with pytest.raises(Incomplete):
            perform(publication, "record_decision", team.coordinator, decision_unknown=True)

    def test_nothing_is_signed_before_it_was_sent(self) -> None:
        team = Team()
        with pytest.raises(Conflict, match="đang ở bước"):
            perform(team.drafted(), "record_decision", team.coordinator, **DECISION)


class TestRelease:
    def test_without_approval_it_is_refused(self) -> None:
        team = Team()
        with pytest.raises(Conflict, match="đang ở bước"):
            start_release(team.signed(), team.coordinator)

    def test_a_second_release_is_refused(self) -> None:
        team = Team()
        publication = team.releasing()
        with pytest.raises(Conflict, match="đang ở bước “đang tạo trang”"):
            start_release(publication, team.coordinator)
        done = release(publication)
        with pytest.raises(Conflict, match="đang ở bước “đã công bố”"):
            start_release(done, team.coordinator)

    def test_data_changed_after_approval_are_refused_at_the_button(self) -> None:
        team = Team()
        publication = team.approved()
        change_a_score(team)
        with pytest.raises(Conflict, match="đã thay đổi sau lần tính"):
            start_release(publication, team.coordinator)

    def test_data_changed_while_the_job_waited_take_the_approval_back(self) -> None:
        team = Team()
        publication = team.releasing()
        change_a_score(team)
        assert run_release(publication.pk) == "signed"
        publication.refresh_from_db()
        assert publication.approved_by is None

    def test_a_release_can_be_stopped_and_then_the_job_does_nothing(self) -> None:
        team = Team()
        publication = perform(team.releasing(), "halt", team.leader)
        assert publication.state == "approved"
        assert release(publication).state == "approved"

    def test_a_person_cannot_do_what_is_the_jobs_and_the_job_not_what_is_a_persons(self) -> None:
        team = Team()
        publication = team.releasing()
        for name in ("finish", "lapse", "supersede", "invented"):
            with pytest.raises(Conflict, match="Không có thao tác này"):
                perform(publication, name, team.coordinator)
        with pytest.raises(Conflict, match="Không có thao tác này"):
            perform(publication, "halt", None)


class TestWithdrawal:
    def test_it_needs_a_reason_and_the_coordinator(self) -> None:
        team = Team()
        publication = team.released()
        with pytest.raises(PermissionDenied):
            withdraw(publication, team.leader, reason="Sai số liệu")
        with pytest.raises(Incomplete, match="lý do thu hồi"):
            withdraw(publication, team.coordinator, reason="  ")
        publication.refresh_from_db()
        assert publication.state == "released"

    def test_a_correction_after_it_cites_the_withdrawn_version(self) -> None:
        team = Team()
        first = team.released()
        withdraw(first, team.coordinator, reason="Nhầm số liệu một xã")
        with pytest.raises(Incomplete, match="lý do đính chính"):
            team.drafted()
        second = team.released(reason="Sửa số liệu một xã")
        assert (second.version, second.supersedes) == (2, first)
        first.refresh_from_db()
        assert first.state == "withdrawn"


def test_what_was_published_can_be_neither_changed_nor_deleted() -> None:
    file = Team().released().files.first()
    assert file is not None
    file.sha256 = "0" * 64
    for change in (file.save, file.delete, type(file).objects.all().delete, lambda: type(file).objects.update(size=0)):
        with pytest.raises(AppendOnly):
            change()
