"""`manage.py demo`: what `make run` puts before a newcomer; cutting it off or calling it twice does no harm."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import TestCase

from reports.management.commands import demo
from reports.models import Publication
from scoring.enums import PartState, Phase, Stage, SubmissionState
from scoring.files import evidence_store
from scoring.management.demo_year import material
from scoring.models import AppraisalPart, Campaign, EvidenceFile, Exclusion, Group, Submission, Value
from scoring.permissions import conflict_of
from tests.database import fingerprint
from tests.reports.publishing import fetch
from units import trail
from units.models import Notice, Unit, User

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SAMPLE = "DỮ LIỆU MINH HỌA"
INVENTED = "quang-ngai"
# The published tables: who, which year, and the highest index that the source prints.
PUBLISHED = {
    "binh-duong": ("2017", "84,58"),
    "dak-lak": ("2024", "95,86"),
    "yen-bai": ("2021", "95,44"),
    "hai-phong": ("2025", "94,71"),
    "tuyen-quang": ("2025", "91,21"),
    "lam-dong": ("2025", "93,01"),
    "bo-noi-vu": ("2024", "90,02"),
}


def run_demo() -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("demo", verbosity=0)


def run_demo_and_cut_it_off(monkeypatch: pytest.MonkeyPatch, folder: Path, missing: str) -> None:
    """The year's fixtures lack one file, so the command stops in the middle of the units."""
    shutil.copytree(material.YEAR, folder)
    (folder / "evidence" / missing).unlink()
    with monkeypatch.context() as broken, TestCase.captureOnCommitCallbacks(execute=True):
        broken.setattr(material, "YEAR", folder)
        with pytest.raises(FileNotFoundError, match=missing):
            call_command("demo", verbosity=0)


def words(path: str) -> str:
    response = fetch(path)
    assert response.status_code == 200, path
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_demo_shows_an_invented_province_with_a_year_under_way_and_published_tables_with_their_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_demo_and_cut_it_off(monkeypatch, tmp_path / "year", "camthanh-bao-cao-quy-1.docx")
    run_demo()

    assert_published_years()
    assert_year_under_way()
    before = fingerprint()
    run_demo()
    assert fingerprint() == before, "a further call changes no row"


def assert_published_years() -> None:
    home = words(f"/{INVENTED}/")
    assert SAMPLE in home
    assert "2025" in home
    assert Unit.objects.filter(parent__code="51", parent__valid_to=None, valid_to=None).count() == 96 + 15
    for slug, (year, index) in PUBLISHED.items():
        page = words(f"/{slug}/")
        assert SAMPLE not in page, slug
        assert "Nguồn:" in page, slug
        assert {year, index} <= set(re.findall(r"\d+(?:,\d+)?", page)), slug
    # printed with points (51,75 + 32,83 of 100), and printed as an index alone, to which no points are invented
    assert "84,58 / 100,00" in words("/binh-duong/")
    assert " / 100,00" not in words("/tuyen-quang/")
    assert set(User.objects.values_list("is_demo", flat=True)) == {True}
    assert set(Publication.objects.values_list("state", flat=True)) == {"released"}


def assert_year_under_way() -> None:
    """The sở are being appraised, the communes still declare, and nothing of it is public."""
    campaign = Campaign.objects.get(organiser__slug=INVENTED, code="cchc-2026")
    assert campaign.is_sample
    assert words_are_hidden(f"/{INVENTED}/xep-hang/cchc-2026/so/")
    phases = dict(Group.objects.filter(campaign=campaign).values_list("code", "phase"))
    assert phases == {"so": Phase.APPRAISAL, "xa": Phase.SELF_ASSESSMENT}
    assert_dossiers(campaign)
    assert_appraisal(campaign)
    entered = Value.objects.filter(participant__campaign=campaign, stage=Stage.ENTERED)
    assert set(entered.values_list("confirmed_by__username", flat=True)) == {None, "dieuphoi2"}
    exclusions = Exclusion.objects.filter(campaign=campaign)
    assert Counter(exclusions.values_list("confirmed_by__username", flat=True)) == {"dieuphoi2": 3, None: 1}
    assert User.objects.get(username="sxd.thutruong").check_password(demo.PASSWORD)
    assert trail.verify(campaign.trail_scope) == []
    assert not Notice.objects.filter(path__contains="/cchc-2025/").exists(), "what was told last year waits for nobody"


def assert_dossiers(campaign: Campaign) -> None:
    """Every unit stands where its story says; the two late sở wait for their head, and for the coordinator."""
    told = json.loads((material.YEAR / "answers.json").read_text(encoding="utf-8"))["units"]
    found = dict(Submission.objects.filter(participant__campaign=campaign).values_list("participant__code", "state"))
    stands = {code: unit["submission"] for code, unit in told.items()}
    expected = {code: stand.replace("not_started", SubmissionState.DRAFT) for code, stand in stands.items()}
    assert found == expected | {"BQLKKT": SubmissionState.NOT_SUBMITTED}
    declared = Value.objects.filter(participant__campaign=campaign, stage=Stage.DECLARED)
    said = {code: len(unit["declared"]) for code, unit in told.items() if unit["declared"]}
    assert Counter(declared.values_list("participant__code", flat=True)) == said
    documents = list(material.documents())
    files = EvidenceFile.objects.filter(evidence__participant__campaign=campaign)
    assert files.count() == len(documents)
    assert {stored_bytes(file) for file in files} == {document.file.read_bytes() for document in documents}


def stored_bytes(file: EvidenceFile) -> bytes:
    with evidence_store.open_whole(file.key, file.sha256, file.size) as content:
        return content.read()


def assert_appraisal(campaign: Campaign) -> None:
    """Parts at every stage of work; nobody has one of a unit that he or she must not judge."""
    parts = AppraisalPart.objects.filter(participant__campaign=campaign).select_related("appraiser", "participant")
    states = Counter(part.state for part in parts if part.participant.code not in ("SDTTG", "BQLKKT"))
    assert min(states[state] for state in PartState) >= 10
    assert {conflict_of(part.appraiser, part.participant) for part in parts if part.appraiser} == {""}
    gaps = {part.participant.code for part in parts if part.appraiser is None}
    assert gaps == {"BQLKKT"}, "what the coordinator has yet to decide is given to nobody"


def words_are_hidden(path: str) -> bool:
    return fetch(path).status_code == 404


def test_a_demo_cut_off_while_the_catalogue_comes_in_leaves_nothing_that_the_next_call_would_take_for_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(settings.BASE_DIR) / "fixtures" / "units", tmp_path / "units")
    monkeypatch.setattr(demo, "FIXTURES", tmp_path)  # a folder without the list of departments

    with pytest.raises(CommandError, match=r"departments\.json"):
        run_demo()

    assert not Unit.objects.exists()
