"""What the public sees: nothing before the flip, the same bytes after it, and an honest page after a withdrawal."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from typing import Any

import brotli
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from reports.files import index, store
from reports.models import Publication, PublishedFile, SharedPage
from scoring.engine.compute import compute
from scoring.models import Campaign, Group, Participant, PrintedResult, Value
from tests.database import tamper
from tests.factories import OrganiserFactory, campaign_with_results, sign_in
from tests.reports.publishing import Team, fetch, public_bytes, release, take_back
from units.models import Organiser

pytestmark = pytest.mark.django_db

NONSENSE = "/khong-co-trang-nay-bao-gio/"
MOVING = ("Date",)
TRICKS = (
    "/{slug}/../{slug}/",
    "/{slug}/%2e%2e/{slug}/",
    "/{slug}//",
    "/{slug}//thong-ke/2025/",
    "/{slug}\\",
    "/{slug}/%5c..%5c",
    "/{SLUG}/",
    "/{slug}/thong-ke/2025/%0a",
    "/{slug}/thong-ke/2025/;.css",
    "/{slug}/thong-ke/2025/.css",
    "/{slug}/xep-hang/2025/xa/index.html",
    "/{slug}/" + "a" * 5000,
    "/static/../index.json",
    "/%ff%fe/",
    "/thu-hoi",
    "/{slug}/ban-cong-bo/",
)


def answer(path: str, method: str = "get", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    response = getattr(Client(raise_request_exception=False), method)(path, headers=headers)
    return response.status_code, response.content, {k: v for k, v in response.items() if k not in MOVING}


def coming_addresses(publication: Publication) -> list[str]:
    """Every address the publication will have: rendered for good, without releasing it."""
    team_index = set(index.load())
    release(publication)
    coming = [path for path in index.load() if path not in team_index and not path.startswith("static/")]
    return [f"/{path}" for path in coming if path]


class TestBeforeTheFlip:
    def test_every_coming_address_answers_as_nonsense_does_in_bytes_and_headers(self) -> None:
        rehearsal = Team()
        shapes = [path.replace(rehearsal.organiser.slug, "{slug}") for path in coming_addresses(rehearsal.releasing())]
        assert len(shapes) > 20
        team = Team()
        codes = dict(zip(_codes(rehearsal), _codes(team), strict=True))
        publication = team.approved()
        nonsense = answer(NONSENSE)
        assert nonsense[0] == 404
        for shape in shapes:
            path = shape.replace("{slug}", team.organiser.slug)
            for old, new in codes.items():
                path = path.replace(old, new)
            path = path.replace(rehearsal.campaign.publications.get().check_code, publication.check_code)
            for method in ("get", "head", "options", "post", "put"):
                assert answer(path, method) == answer(NONSENSE, method), (method, path)
        release_paths = {path for path in public_bytes() if team.organiser.slug in path}
        assert release_paths == set()

    def test_bytes_in_the_store_have_no_address_before_the_flip(self, settings: Any) -> None:
        team = Team()
        team.released()
        sha256 = PublishedFile.objects.filter(path__endswith="xep-hang.csv").first().sha256
        for path in (
            f"/{sha256}",
            f"/blobs/{sha256[:2]}/{sha256}",
            f"/public/blobs/{sha256[:2]}/{sha256}",
            "/index.json",
        ):
            assert answer(path) == answer(NONSENSE)

    def test_entering_scores_drafting_and_approving_change_nothing_public(self) -> None:
        team = Team()
        team.released()
        before = public_bytes()
        other = campaign_with_results(team.organiser, year=2026, code="2026")
        team.approved(other)
        assert public_bytes() == before


def _codes(team: Team) -> list[str]:
    return list(team.campaign.participants.order_by("pk").values_list("code", flat=True))


class TestServing:
    def test_home_ranking_and_files_need_no_query_and_no_session(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        team = Team()
        team.released()
        slug = team.organiser.slug
        signed_in = sign_in(team.leader)
        with django_assert_num_queries(0):
            for path in (f"/{slug}/", f"/{slug}/xep-hang/2025/xa/", f"/{slug}/tai-ve/2025/xep-hang.xlsx"):
                for client in (Client(), signed_in):
                    response = client.get(path)
                    assert response.status_code == 200
                    assert "Cookie" not in response.get("Vary", "")
                    assert not response.cookies
                    assert not response.has_header("Last-Modified")

    def test_compressed_forms_unpack_to_the_plain_bytes(self) -> None:
        team = Team()
        team.released()
        path = f"/{team.organiser.slug}/"
        plain = fetch(path)
        assert not plain.has_header("Content-Encoding")
        for accept, encoding, unpack in (
            ("gzip", "gzip", gzip.decompress),
            ("gzip, deflate, br", "br", brotli.decompress),
            ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ):
            packed = fetch(path, **{"Accept-Encoding": accept})
            assert packed["Content-Encoding"] == encoding
            assert unpack(packed.content) == plain.content
            assert packed["ETag"] != plain["ETag"]
        assert not fetch(path, **{"Accept-Encoding": "br;q=0"}).has_header("Content-Encoding")

    def test_a_reader_who_has_the_bytes_gets_304_and_head_gets_no_body(self) -> None:
        team = Team()
        team.released()
        path = f"/{team.organiser.slug}/"
        first = fetch(path)
        again = fetch(path, **{"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert fetch(path, **{"If-None-Match": '"other"'}).status_code == 200
        head = Client().head(path)
        assert (head.status_code, head.content, head["ETag"]) == (200, b"", first["ETag"])

    def test_files_are_downloads_under_a_telling_name(self) -> None:
        team = Team()
        team.released()
        slug = team.organiser.slug
        response = fetch(f"/{slug}/tai-ve/2025/xep-hang.csv")
        assert response["Content-Disposition"] == f'attachment; filename="xep-hang-{slug}-2025-ban-1.csv"'
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_a_missing_slash_is_added_only_where_that_leads_somewhere(self) -> None:
        team = Team()
        team.released()
        slug = team.organiser.slug
        response = fetch(f"/{slug}/thong-ke/2025")
        assert (response.status_code, response["Location"]) == (301, f"/{slug}/thong-ke/2025/")
        assert answer(f"/{slug}/thong-ke/2024") == answer(NONSENSE)

    def test_with_one_organiser_the_short_form_leads_to_the_full_one_with_two_there_is_a_list(self) -> None:
        team = Team()
        team.released()
        slug = team.organiser.slug
        assert fetch("/")["Location"] == f"/{slug}/"
        assert fetch("/xep-hang/2025/xa/")["Location"] == f"/{slug}/xep-hang/2025/xa/"
        other = Team()
        other.released()
        front = fetch("/").content.decode()
        assert f'href="/{slug}/"' in front
        assert f'href="/{other.organiser.slug}/"' in front
        assert answer("/xep-hang/2025/xa/") == answer(NONSENSE)

    @pytest.mark.abuse
    def test_tricks_with_the_path_get_the_same_404(self) -> None:
        team, other = Team(), Team()
        team.released()
        other.released()
        slug = team.organiser.slug
        expected = answer(NONSENSE)
        for path in TRICKS:
            assert answer(path.replace("{slug}", slug).replace("{SLUG}", slug.upper())) == expected, path

    def test_a_query_string_changes_nothing(self) -> None:
        team = Team()
        team.released()
        path = f"/{team.organiser.slug}/"
        assert fetch(f"{path}?ban=2&_=9").content == fetch(path).content

    def test_the_style_sheets_a_released_page_names_are_kept_with_it(self) -> None:
        team = Team()
        team.released()
        Team().released()  # with a second organiser the front page is a page of its own
        kept = {path: entry for path, entry in index.load().items() if path.startswith("static/")}
        pages = b"".join(body for path, (_, body) in public_bytes().items() if not path.endswith((".xlsx", ".csv")))
        named = {name.decode() for name in re.findall(rb'"/(static/[^"#]+)', pages)}
        fonts = {path for path in kept if path.endswith(".woff2")}
        assert len(named) > 5
        assert fonts > {name for name in named if name.endswith(".woff2")}, "style sheets name more fonts than pages do"
        assert named <= set(kept)
        assert all(entry.immutable and store.read(entry.sha256) for entry in kept.values())


class TestAfterTheFlip:
    def test_editing_any_row_changes_no_published_byte(self) -> None:
        team = Team()
        team.released()
        before = public_bytes()
        Participant.objects.update(name="Xã khác", note="Sửa sau", is_ranked=False, unranked_reason="Sửa sau")
        Value.objects.filter(points__isnull=False).update(points=0)
        Group.objects.update(title="Khối khác", printed_mean="1.00")
        Organiser.objects.update(title="Cơ quan khác", place="Nơi khác")
        Campaign.objects.update(title="Kỳ khác", year=2001, code="2001", is_sample=True, grades=[], policy={})
        PrintedResult.objects.update(index="1")
        tamper(Publication, "decision_number", "0/QĐ-XX", state="released")
        assert public_bytes() == before
        call_command("verify_public")

    def test_the_manifest_lists_every_byte_of_the_version(self) -> None:
        team = Team()
        publication = team.released()
        served = public_bytes()
        for file in publication.files.exclude(path__startswith="static/"):
            status, body = served[file.path]
            assert (status, len(body), hashlib.sha256(body).hexdigest()) == (200, file.size, file.sha256)
        assert publication.files.count() > 20

    def test_a_correction_takes_the_short_addresses_and_the_old_version_stays_byte_for_byte(self) -> None:
        team = Team()
        first = team.released()
        root = f"{team.organiser.slug}/ban-cong-bo/{first.check_code}/"
        old_version = {path: body for path, body in public_bytes().items() if path.startswith(root)}
        gone = team.campaign.participants.order_by("pk").last()
        gone.values.all().delete()
        gone.delete()
        second = team.released(reason="Bỏ một đơn vị đã giải thể")
        now = public_bytes()
        assert {path: body for path, body in now.items() if path.startswith(root)} == old_version
        short = f"{team.organiser.slug}/thong-ke/2025/"
        assert first.check_code.encode() in old_version[f"{root}thong-ke/2025/"][1]
        assert second.check_code.encode() in now[f"{team.organiser.slug}/tai-ve/2025/"][1]
        assert now[short][1] != old_version[f"{root}thong-ke/2025/"][1]
        leftover = fetch(f"/{team.organiser.slug}/don-vi/{gone.code}/2025/")
        assert leftover["Location"] == f"/{root}don-vi/{gone.code}/2025/"
        first.refresh_from_db()
        assert (first.state, first.superseded_by) == ("superseded", second)
        data = json.loads(fetch(f"/{team.organiser.slug}/tai-ve/2025/xep-hang.json").content)
        assert data["publication"]["supersedes"] == first.check_code

    def test_the_home_page_shows_the_latest_year_and_the_list_shows_all(self) -> None:
        team = Team(year=2024, code="2024")
        team.released()
        team.released(campaign_with_results(team.organiser, year=2025, code="2025"))
        slug = team.organiser.slug
        assert "năm 2025" in fetch(f"/{slug}/").content.decode()
        years = fetch(f"/{slug}/cac-nam/").content.decode()
        assert years.index("2025") < years.index(f"/{slug}/xep-hang/2024/xa/")

    def test_an_older_year_published_later_does_not_take_the_home_page(self) -> None:
        team = Team(year=2025, code="2025")
        team.released()
        team.released(campaign_with_results(team.organiser, year=2024, code="2024"))
        assert "năm 2025" in fetch(f"/{team.organiser.slug}/").content.decode()


class TestRecomputing:
    def test_at_depth_derivations_anyone_recomputes_the_published_figures_with_the_engine_alone(self) -> None:
        team = Team()
        team.released(depth="derivations")
        downloads = f"/{team.organiser.slug}/tai-ve/2025/"
        campaign_file = fetch(f"{downloads}du-lieu-tinh-lai.json").content
        assert "Theo biên bản kiểm tra" not in campaign_file.decode()
        again = json.loads(compute(campaign_file))
        published = json.loads(fetch(f"{downloads}xep-hang.json").content)
        kept = json.loads(fetch(f"{downloads}ket-qua-tinh-lai.json").content)
        figures = [(unit["code"], unit["index"], unit["rank"], unit["grade"]) for unit in again["units"]]
        for other in (published["groups"][0]["units"], kept["units"]):
            assert [(unit["code"], unit["index"], unit["rank"], unit["grade"]) for unit in other] == figures
        assert "Theo biên bản kiểm tra" not in json.dumps(kept, ensure_ascii=False)

    def test_at_the_usual_depth_there_is_no_such_file(self) -> None:
        team = Team()
        team.released()
        assert answer(f"/{team.organiser.slug}/tai-ve/2025/du-lieu-tinh-lai.json") == answer(NONSENSE)


class TestWithdrawn:
    def test_every_address_says_that_and_why(self) -> None:
        team = Team()
        publication = team.released()
        paths = [file.path for file in publication.files.exclude(path__startswith="static/")]
        take_back(publication, team.coordinator, "Số liệu của một xã bị nhập nhầm")
        for path in [*paths, f"{team.organiser.slug}/"]:
            status, body, headers = answer(f"/{path}")
            assert status == 410, path
            assert "Số liệu của một xã bị nhập nhầm" in body.decode()
            assert "Content-Disposition" not in headers

    def test_the_year_before_takes_the_home_page_back(self) -> None:
        team = Team(year=2024, code="2024")
        team.released()
        newer = team.released(campaign_with_results(team.organiser, year=2025, code="2025"))
        take_back(newer, team.coordinator, "Nhầm")
        slug = team.organiser.slug
        assert "năm 2024" in fetch(f"/{slug}/").content.decode()
        assert "2025" not in fetch(f"/{slug}/cac-nam/").content.decode()
        assert fetch(f"/{slug}/xep-hang/2025/xa/").status_code == 410

    def test_a_new_version_takes_the_short_addresses_and_the_withdrawn_one_stays_withdrawn(self) -> None:
        team = Team()
        first = team.released()
        take_back(first, team.coordinator, "Nhầm")
        team.released(reason="Sửa")
        slug = team.organiser.slug
        assert fetch(f"/{slug}/xep-hang/2025/xa/").status_code == 200
        assert fetch(f"/{slug}/ban-cong-bo/{first.check_code}/").status_code == 410


class TestUpkeep:
    def test_sync_public_rebuilds_the_same_index_from_the_database(self, settings: Any) -> None:
        team = Team()
        team.released()
        before = public_bytes()
        (settings.PUBLIC_ROOT / "index.json").unlink()
        assert fetch(f"/{team.organiser.slug}/").status_code == 404
        call_command("sync_public")
        assert public_bytes() == before

    def test_a_site_without_publications_says_so_on_its_front_page(self) -> None:
        call_command("sync_public")
        assert "Chưa có kết quả nào được công bố" in fetch("/").content.decode()
        assert SharedPage.objects.count() == 1

    @pytest.mark.parametrize("suffix", ["", ".br", ".gz"])
    def test_verify_public_names_a_file_with_one_changed_bit(self, settings: Any, suffix: str) -> None:
        team = Team()
        publication = team.released()
        call_command("verify_public")
        sha256 = publication.files.get(path=f"{team.organiser.slug}/thong-ke/2025/").sha256
        path = settings.PUBLIC_ROOT / "blobs" / sha256[:2] / f"{sha256}{suffix}"
        body = bytearray(path.read_bytes())
        body[len(body) // 2] ^= 1
        path.write_bytes(bytes(body))
        with pytest.raises(CommandError, match="Có 1 chỗ hỏng"):
            call_command("verify_public")

    def test_frozen_figures_changed_in_the_database_are_named(self) -> None:
        publication = Team().released()
        Publication.objects.filter(pk=publication.pk).update(dataset=publication.dataset.replace("97.50", "99.50"))
        with pytest.raises(CommandError, match="Có 1 chỗ hỏng"):
            call_command("verify_public")

    def test_a_missing_file_is_named_too(self, settings: Any) -> None:
        team = Team()
        team.released()
        other = OrganiserFactory()
        sha256 = SharedPage.objects.get(path=f"{team.organiser.slug}/").sha256
        (settings.PUBLIC_ROOT / "blobs" / sha256[:2] / sha256).unlink()
        with pytest.raises(CommandError, match="Có 1 chỗ hỏng"):
            call_command("verify_public")
        assert other.shared_pages.count() == 0
