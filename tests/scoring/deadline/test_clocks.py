"""One source of time (case D06): processes whose clocks are wrong decide as the database's clock says."""

from __future__ import annotations

import datetime
import random
import time

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from parindex.middleware import NoteWhenItBegan
from scoring.enums import Phase
from scoring.models import Window
from scoring.selectors.clock import began_at, database_now, request_begun
from scoring.services.dossier import read_dossier
from scoring.services.pen import declared_pen, in_time
from scoring.workflow import Act
from tests.year import build_year

pytestmark = pytest.mark.django_db

SKEW = 90  # seconds
MINUTE = datetime.timedelta(minutes=1)
EDGE = datetime.timedelta(milliseconds=500)  # nearer than that, the test itself does not know


@pytest.mark.parametrize("count", [50, pytest.param(1000, marks=pytest.mark.soak)])
def test_random_instants_under_wrong_clocks_are_all_decided_right(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    year, dice, wrong = build_year(), random.Random(20270110), []
    true_time, true_now = time.time, timezone.now
    monkeypatch.setattr(time, "time", lambda: true_time() + skew)
    monkeypatch.setattr(timezone, "now", lambda: true_now() + datetime.timedelta(seconds=skew))
    for number in range(count):
        skew = dice.choice([-SKEW, SKEW])
        now, grace = database_now(), dice.choice([0, 1, 15])
        closes = now + datetime.timedelta(seconds=dice.uniform(-1200, 300))
        earlier = datetime.timedelta(seconds=dice.uniform(0, 600))
        takes_files = dice.random() < 0.5
        Window.objects.filter(group=year.group, phase=Phase.SELF_ASSESSMENT).update(
            opens_at=closes - datetime.timedelta(days=9),
            closes_at=closes,
            grace_minutes=grace,
            takes_begun_files=takes_files,
        )
        ends = closes + grace * MINUTE
        if min(abs(now - closes), abs(now - ends), abs(now - earlier - closes)) < EDGE:
            continue
        with request_begun(earlier):
            dossier = read_dossier(year.a)
        expected = {
            Act.WRITE: now < closes,
            Act.FILE: now < closes or (takes_files and now < ends and now - earlier < closes),
            Act.HAND_IN: now < ends,
        }
        found = {act: bool(in_time(dossier, act)) for act in Act}
        if found != expected or bool(declared_pen(dossier, act=Act.FILE)) != expected[Act.FILE]:
            wrong.append((number, skew, found, expected))
    assert wrong == []


def test_the_beginning_of_a_request_is_told_by_the_databases_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    build_year()
    monkeypatch.setattr(timezone, "now", lambda: datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC))
    with request_begun(4 * MINUTE):
        now = database_now()
        assert abs(now - began_at(now) - 4 * MINUTE) < EDGE
    assert began_at(now) == now, "outside a request nothing has begun earlier"


@pytest.mark.parametrize(
    ("proxies", "header", "seconds"),
    [(1, "185.250", 185.25), (0, "185.250", 0), (1, "", 0), (1, "-5", 0), (1, "1e9", 0), (1, "999999", 0), (1, "٣", 0)],
)
def test_only_a_trusted_proxy_says_how_long_it_took_a_request_in(settings, proxies, header, seconds) -> None:
    settings.PROXY_COUNT = proxies
    moment = datetime.datetime(2027, 1, 10, tzinfo=datetime.UTC)
    seen = []

    def view(request):
        seen.append(moment - began_at(moment))
        return HttpResponse()

    NoteWhenItBegan(view)(RequestFactory().post("/", HTTP_X_REQUEST_TOOK=header))
    assert abs(seen[0].total_seconds() - seconds) < 0.5
