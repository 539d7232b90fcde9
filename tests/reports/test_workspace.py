"""The workspace pages of publication, as the people concerned meet them in a browser without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.models import Publication
from scoring.models import Value
from tests.database import fingerprint
from tests.factories import PASSWORD, campaign_with_results, person, run_of, sign_in
from tests.reports.publishing import Team, fetch
from units.enums import Role

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DECISION = {"number": "214/QĐ-UBND", "date": "12/02/2026", "issuer": "UBND tỉnh"}


def page_of(publication: Publication, name: str = "publication", *more: str) -> str:
    return reverse(f"reports:{name}", args=[publication.campaign.organiser.slug, publication.pk, *more])


def seen(publication: Publication) -> dict[str, Any]:
    publication.refresh_from_db()
    return {"revision": publication.revision, "digest": publication.digest}


def act(client: Client, publication: Publication, name: str, **data: Any) -> Any:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(page_of(publication, "act", name), seen(publication) | data)


class TestTheWholeWay:
    def test_from_the_run_to_the_public_page_by_forms_alone(self) -> None:
        team = Team()
        run = run_of(team.campaign, team.coordinator)
        coordinator, leader = sign_in(team.coordinator), sign_in(team.leader)
        address = reverse("reports:draft", args=[team.organiser.slug, "2025"])
        assert "Chốt số liệu của lần tính 1" in coordinator.get(address).content.decode()
        made = coordinator.post(address, {"run": run.number, "depth": "components", "reason": ""})
        publication = Publication.objects.get()
        assert made["Location"] == page_of(publication)

        assert act(coordinator, publication, "send").status_code == 302
        scan = SimpleUploadedFile("Quyết định.pdf", PDF)
        assert act(coordinator, publication, "record_decision", **DECISION, file=scan).status_code == 302
        assert "Chỉ lãnh đạo" in coordinator.get(page_of(publication)).content.decode()
        assert act(leader, publication, "approve", paper_matches="on", password=PASSWORD).status_code == 302
        assert fetch(f"/{team.organiser.slug}/").status_code == 404
        assert act(coordinator, publication, "release").status_code == 302

        publication.refresh_from_db()
        assert publication.state == "released"
        public = fetch(f"/{team.organiser.slug}/xep-hang/2025/xa/").content.decode()
        assert "214/QĐ-UBND" in public
        assert "97,50" in public
        download = coordinator.get(page_of(publication, "signed_file"))
        assert download.getvalue() == PDF
        assert download["Content-Disposition"].startswith("attachment")
        assert "Đã công bố" in leader.get(page_of(publication)).content.decode()

    def test_withdrawing_by_form_takes_it_from_the_public(self) -> None:
        team = Team()
        publication = team.released()
        coordinator = sign_in(team.coordinator)
        missing = act(coordinator, publication, "withdraw", reason="")
        assert missing.status_code == 422
        assert "Nêu lý do thu hồi" in missing.content.decode()
        assert act(coordinator, publication, "withdraw", reason="Nhầm một xã").status_code == 302
        assert fetch(f"/{team.organiser.slug}/").status_code == 410


class TestWhoSeesWhat:
    def test_strangers_get_404_the_uninvolved_of_the_house_403_or_404_and_visitors_the_sign_in(self) -> None:
        team = Team()
        publication = team.signed()
        slug = team.organiser.slug
        one = [page_of(publication), page_of(publication, "preview_home"), page_of(publication, "signed_file")]
        lists = [reverse("reports:publications", args=[slug]), reverse("reports:draft", args=[slug, "2025"])]
        stranger = sign_in(person(Role.COORDINATOR))
        for address in [*one, *lists]:
            assert stranger.get(address).status_code == 404, address
            assert sign_in(None).get(address).status_code == 302, address
        for role in (Role.UNIT_STAFF, Role.UNIT_HEAD, Role.APPRAISER, Role.COUNCIL, Role.ADMINISTRATOR):
            insider = sign_in(person(role, team.organiser))
            for address in one:
                assert insider.get(address).status_code == 404, (role, address)
            assert insider.get(lists[0]).status_code == 403, role

    def test_nobody_uninvolved_moves_anything(self) -> None:
        team = Team()
        publication = team.signed()
        others = [
            person(Role.ADMINISTRATOR, team.organiser),
            person(Role.LEADER),
            person(Role.UNIT_HEAD, team.organiser),
        ]
        clients = [sign_in(other) for other in others]
        before = fingerprint()
        for client in clients:
            for name in ("approve", "discard", "record_decision", "release", "withdraw"):
                assert act(client, publication, name).status_code == 404
        assert fingerprint() == before

    def test_the_coordinator_who_drafted_cannot_approve_and_is_told_why(self) -> None:
        team = Team()
        publication = team.signed()
        coordinator = sign_in(team.coordinator)
        before = fingerprint()
        response = act(coordinator, publication, "approve", paper_matches="on", password=PASSWORD)
        assert response.status_code == 403
        assert "Chỉ lãnh đạo" in response.content.decode()
        assert fingerprint() == before

    def test_the_leader_cannot_draft_record_or_withdraw(self) -> None:
        team = Team()
        publication = team.signed()
        leader = sign_in(team.leader)
        for name in ("record_decision", "discard", "withdraw"):
            assert act(leader, publication, name, reason="x", **DECISION).status_code == 403
        assert leader.get(reverse("reports:draft", args=[team.organiser.slug, "2025"])).status_code == 403

    def test_steps_that_are_the_jobs_or_invented_do_not_exist(self) -> None:
        team = Team()
        publication = team.releasing()
        for name in ("finish", "lapse", "supersede", "invented"):
            assert act(sign_in(team.coordinator), publication, name).status_code == 404


class TestApproving:
    def test_a_wrong_password_is_refused_and_stored_nowhere(self) -> None:
        team = Team()
        publication = team.signed()
        leader = sign_in(team.leader)
        response = act(leader, publication, "approve", paper_matches="on", password="sai-mat-khau")
        assert response.status_code == 403
        assert "Mật khẩu không đúng" in response.content.decode()
        assert "sai-mat-khau" not in response.content.decode()
        publication.refresh_from_db()
        assert publication.state == "signed"

    def test_guessing_the_password_is_stopped(self) -> None:
        team = Team()
        publication = team.signed()
        leader = sign_in(team.leader)
        for _ in range(configured.AXES_FAILURE_LIMIT):
            act(leader, publication, "approve", paper_matches="on", password="sai-mat-khau")
        response = act(leader, publication, "approve", paper_matches="on", password=PASSWORD)
        assert response.status_code in (403, 429)
        publication.refresh_from_db()
        assert publication.state == "signed"

    def test_without_the_confirmation_nothing_happens(self) -> None:
        team = Team()
        response = act(sign_in(team.leader), team.signed(), "approve", password=PASSWORD)
        assert response.status_code == 422
        assert "Đối chiếu văn bản giấy" in response.content.decode()

    def test_everything_that_is_missing_is_told_at_once(self) -> None:
        team = Team()
        text = act(sign_in(team.leader), team.signed(), "approve").content.decode()
        assert "Chưa duyệt: còn 2 chỗ phải sửa" in text
        assert "Nhập mật khẩu đang dùng" in text
        assert "đánh dấu xác nhận" in text

    def test_a_page_older_than_the_publication_is_refused_with_409(self) -> None:
        team = Team()
        publication = team.signed()
        old = seen(publication)
        act(sign_in(team.coordinator), publication, "record_decision", **DECISION | {"number": "215/QĐ-UBND"})
        sent = old | {"paper_matches": "on", "password": PASSWORD}
        response = sign_in(team.leader).post(page_of(publication, "act", "approve"), sent)
        assert response.status_code == 409
        assert "vừa thay đổi" in response.content.decode()

    def test_another_digest_or_changed_data_are_refused_with_409(self) -> None:
        team = Team()
        publication = team.signed()
        leader = sign_in(team.leader)
        sent = {"paper_matches": "on", "password": PASSWORD}
        assert act(leader, publication, "approve", **sent, digest="f" * 64).status_code == 409
        Value.objects.filter(participant__campaign=team.campaign, points=4).update(points=3)
        response = act(leader, publication, "approve", **sent)
        assert response.status_code == 409
        assert "đã thay đổi sau lần tính 1" in response.content.decode()
        publication.refresh_from_db()
        assert publication.state == "signed"


BAD_DECISIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no number": ({"number": ""}, "Nhập số quyết định"),
    "a day that is not in the calendar": ({"date": "31/02/2026"}, "Không có ngày"),
    "no date": ({"date": "hôm qua"}, "không phải là ngày"),
    "a day to come": ({"date": "12/02/2999"}, "không được sau hôm nay"),
    "no issuer": ({"issuer": ""}, "Nhập cơ quan ban hành"),
    "a number too long": ({"number": "x" * 81}, "80"),
    "a revision that is no number": ({"revision": "nhiều"}, "không nguyên vẹn"),
    "a program": ({"file": b"MZ\x90\x00 not a pdf"}, "không phải là PDF"),
    "a page": ({"file": b"<script>alert(1)</script>"}, "không phải là PDF"),
    "an empty scan": ({"file": b""}, "Tệp rỗng (0 byte)"),
    "a scan cut off": ({"file": b"%PDF-1.7 cut off"}, "bị cắt dở"),
    "a scan too large": ({"file": PDF + b"0" * (20 * 1024 * 1024) + b"%%EOF"}, "lớn hơn 20 MB"),
}


class TestDecisionForm:
    @pytest.mark.abuse
    @pytest.mark.parametrize("fault", BAD_DECISIONS)
    def test_bad_input_gets_a_sentence_and_nothing_is_stored(self, fault: str, settings: Any) -> None:
        change, sentence = BAD_DECISIONS[fault]
        if "file" in change:
            change = {"file": SimpleUploadedFile("a.pdf", change["file"])}
        team = Team()
        publication = team.drafted()
        client = sign_in(team.coordinator)
        act(client, publication, "send")
        before = fingerprint()
        response = act(client, publication, "record_decision", **DECISION | change)
        assert response.status_code == 422
        assert sentence in response.content.decode()
        assert fingerprint() == before
        assert list(settings.MEDIA_ROOT.glob("**/*.pdf")) == []

    def test_the_scan_is_kept_under_a_name_nobody_guesses_and_given_back_under_its_own(self) -> None:
        team = Team()
        publication = team.drafted()
        client = sign_in(team.coordinator)
        act(client, publication, "send")
        scan = SimpleUploadedFile("../Quyết định \u202e 214.pdf", PDF)
        act(client, publication, "record_decision", **DECISION, file=scan)
        publication.refresh_from_db()
        assert "214" not in publication.signed_file.name
        assert publication.signed_file_name == "Quyết định 214.pdf"
        assert len(publication.signed_file_sha256) == 64


class TestPreview:
    def test_it_shows_the_coming_pages_privately(self) -> None:
        team = Team()
        publication = team.drafted()
        leader = sign_in(team.leader)
        home = page_of(publication, "preview_home")
        for path in (
            "",
            "xep-hang/2025/xa/",
            "thong-ke/2025/",
            f"don-vi/{_code(team)}/",
            f"don-vi/{_code(team)}/2025/",
        ):
            response = leader.get(f"{home}{path}")
            assert response.status_code == 200, path
            assert response["Cache-Control"] == "private, no-store"
            assert response["X-Robots-Tag"].startswith("noindex")
            assert response["Referrer-Policy"] == "no-referrer"
        ranking = leader.get(f"{home}xep-hang/2025/xa/").content.decode()
        assert "97,50" in ranking
        assert f'href="{home}thong-ke/2025/"' in ranking
        assert leader.get(f"{home}tai-ve/2025/xep-hang.xlsx").content[:2] == b"PK"
        assert leader.get(f"{home}khong-co/").status_code == 404

    def test_every_link_of_the_preview_leads_somewhere(self) -> None:
        team = Team()
        publication = team.drafted()
        leader = sign_in(team.leader)
        home = page_of(publication, "preview_home")
        links = set()
        for path in ("", "xep-hang/2025/xa/", "tai-ve/2025/", "cac-nam/"):
            text = leader.get(f"{home}{path}").content.decode()
            links |= {part.split('"')[0] for part in text.split('href="')[1:]}
        inside = {link for link in links if link.startswith(home)}
        assert len(inside) > 6
        for link in inside:
            assert leader.get(link).status_code == 200, link


def _code(team: Team) -> str:
    return team.campaign.participants.order_by("pk").first().code


class TestPages:
    def test_the_differences_to_the_version_before_are_named(self) -> None:
        team = Team()
        team.released()
        Value.objects.filter(participant__campaign=team.campaign, points=4).update(points=0)
        publication = team.drafted(reason="Chấm lại")
        text = sign_in(team.leader).get(page_of(publication)).content.decode()
        assert "1 đơn vị có số khác" in text or "đơn vị có số khác" in text
        assert "97,5" in text
        assert "57,5" in text
        assert "Chấm lại" in text

    def test_a_campaign_without_a_run_and_a_second_draft_are_refused_in_a_sentence(self) -> None:
        team = Team()
        client = sign_in(team.coordinator)
        address = reverse("reports:draft", args=[team.organiser.slug, "2025"])
        assert client.get(address).status_code == 409
        team.drafted()
        run = run_of(team.campaign)
        sent = {"run": run.number, "depth": "components", "reason": ""}
        response = client.post(address, sent)
        assert response.status_code == 409
        assert "đang có một bản chưa công bố" in response.content.decode()
        assert "Mở bản 1" in client.get(address).content.decode()
        assert client.post(address, sent | {"depth": "mọi thứ"}).status_code == 422
        assert client.post(address, sent | {"run": "9" * 30}).status_code in (409, 422)
        assert Publication.objects.count() == 1

    def test_only_a_correction_asks_for_a_reason(self) -> None:
        team = Team()
        client = sign_in(team.coordinator)
        address = reverse("reports:draft", args=[team.organiser.slug, "2025"])
        run_of(team.campaign)
        assert "Lý do đính chính" not in client.get(address).content.decode()
        team.released()
        assert "Lý do đính chính" in client.get(address).content.decode()
        number = team.campaign.runs.order_by("-number").values_list("number", flat=True)[0]
        answer = client.post(address, {"run": number, "depth": "components", "reason": " "})
        assert answer.status_code == 422
        assert "Nêu lý do đính chính" in answer.content.decode()

    def test_a_release_in_progress_shows_how_far_it_is_and_refreshes_itself(self) -> None:
        team = Team()
        publication = team.releasing()
        Publication.objects.filter(pk=publication.pk).update(progress_done=25, progress_total=120)
        response = sign_in(team.coordinator).get(page_of(publication))
        assert "Đã tạo 25 trong 120 trang" in response.content.decode()
        assert response["Refresh"] == "4"
        finished = Team()
        assert not sign_in(finished.leader).get(page_of(finished.released())).has_header("Refresh")

    def test_an_empty_list_shows_the_way_on(self) -> None:
        team = Team()
        text = sign_in(team.leader).get(reverse("reports:publications", args=[team.organiser.slug])).content.decode()
        assert "Chưa có bản công bố nào" in text

    @pytest.mark.abuse
    @pytest.mark.parametrize("pk", ["0", "99999999999999999999999999", "-1", "1e3", "%00", "abc"])
    def test_numbers_that_are_no_publication_get_404(self, pk: str) -> None:
        team = Team()
        response = sign_in(team.leader).get(f"/lam-viec/{team.organiser.slug}/cong-bo/{pk}/")
        assert response.status_code in (400, 404)


class TestQueryCounts:
    def test_the_list_needs_as_many_queries_for_three_publications_as_for_one(self) -> None:
        counts = []
        for number in (1, 3):
            team = Team(year=2020, code="2020")
            team.drafted()
            for year in range(2021, 2020 + number):
                team.drafted(campaign_with_results(team.organiser, year=year, code=str(year)))
            counts.append(_queries(team, reverse("reports:publications", args=[team.organiser.slug])))
        assert counts[0] == counts[1] <= 12

    def test_the_page_and_the_preview_need_as_many_for_three_units_as_for_one(self) -> None:
        for name in ("publication", "preview_home"):
            counts = []
            for units in (1, 3):
                team = Team(units=units)
                counts.append(_queries(team, page_of(team.drafted(), name)))
            assert counts[0] == counts[1] <= 14, name

    def test_freezing_needs_as_many_for_three_units_as_for_one(self) -> None:
        counts = []
        for units in (1, 3):
            team = Team(units=units)
            run_of(team.campaign, team.coordinator)
            client = sign_in(team.coordinator)
            with CaptureQueriesContext(connection) as counted:
                client.post(
                    reverse("reports:draft", args=[team.organiser.slug, "2025"]),
                    {"run": 1, "depth": "components", "reason": ""},
                )
            counts.append(len(counted))
        assert counts[0] == counts[1] <= 45


def _queries(team: Team, address: str) -> int:
    client = sign_in(team.leader)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)
