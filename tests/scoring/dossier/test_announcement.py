"""The worksheet once the year is in public: what was announced stands above what the record comes to."""

from __future__ import annotations

import json
import re

import pytest

from reports.enums import PublicationState
from reports.models import Publication
from reports.rendering.addresses import Addresses
from scoring.enums import Phase
from scoring.models import Value
from tests.scoring.analysis.pages import graded_at, in_words, released
from tests.scoring.dossier.pages import text, url
from tests.year import build_year
from units.vietnamese import format_percent

pytestmark = pytest.mark.django_db


def test_what_the_public_reads_stands_first_and_the_record_is_told_from_it() -> None:
    year = build_year(Phase.FINALISED)
    graded_at(year, "50")
    before = text(year.browser("a1").get(url(year)))
    assert "Chỉ số dự kiến" in before
    assert "Kết quả đã công bố" not in before
    run = released(year.campaign)
    Value.objects.filter(participant=year.a, criterion__code="1.2").delete()  # the record has changed since
    unit = next(item for item in json.loads(run.results_file)["units"] if item["code"] == year.a.code)
    page = year.browser("a1").get(url(year))
    told = in_words(page).partition("Kết quả đã công bố")[2]
    published, _, record = told.partition("Tổng điểm theo hồ sơ")
    shown = re.sub(r"\s+", " ", format_percent(unit["index"]))
    assert shown in published
    assert f"Hạng {unit['rank']} / 2" in published
    assert "Xếp loại Đạt" in published
    assert shown not in record.partition("Bước kế tiếp")[0]
    assert "không phải số công bố" in record
    assert "dự kiến" not in told
    address = Addresses(f"/{year.organiser.slug}/", year.campaign.code).unit(year.a.code)
    assert f'<a href="{address}">Trang công khai của đơn vị</a>' in text(page)


def test_what_was_withdrawn_is_told_no_more() -> None:
    year = build_year(Phase.FINALISED)
    released(year.campaign)
    Publication.objects.update(state=PublicationState.WITHDRAWN, withdrawn_reason="Nhầm")
    assert "Kết quả đã công bố" not in text(year.browser("a1").get(url(year)))
