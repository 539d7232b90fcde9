"""Dossiers against those who may not (T05–T08, T13, T19, T21): the hour, the head, the other unit, smuggled fields."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Phase, Stage, SubmissionState
from scoring.models import Participant, Submission, Value
from scoring.services.assignment import assign
from scoring.services.transitions import perform
from tests.abuse.browsing import form_on
from tests.database import fingerprint
from tests.factories import UserFactory
from tests.kept import once
from tests.thinning import one_in
from tests.world import World, build
from tests.year import Year, build_year, declare_all
from units.enums import Role
from units.models import Membership, Notice, TrailEntry
from units.vietnamese import format_date

pytestmark = pytest.mark.django_db


def url_of(year: Year, name: str, *rest: Any, unit: str = "SOA") -> str:
    return reverse(f"scoring:{name}", args=[year.organiser.slug, year.campaign.code, unit, *rest])


def typed(browser: Client, url: str, **figures: Any) -> dict[str, Any]:
    """What the form of the page sends when only `figures` are changed on it."""
    return form_on(browser.get(url), url).data | figures


def step(browser: Client, year: Year, name: str, unit: str = "SOA", **more: Any) -> HttpResponse:
    version = Submission.objects.get(participant__code=unit, participant__campaign=year.campaign).version
    return browser.post(url_of(year, "dossier_step", name, unit=unit), {"version": version, **more})


# ── T05 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_posted_before_the_submission_is_refused_word_for_word_after_it() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    browser, url = year.browser("a1"), url_of(year, "answer", "1.2")
    declare_all(year, year.a, "a1")
    sent = typed(browser, url, **{"so-numerator": "44", "so-denominator": "50"})
    assert browser.post(url, sent).status_code == 302
    perform(year.submission(), "hand_over", year["a1"])
    perform(year.submission(), "submit", year["aH"], accept_warnings=True)
    before = fingerprint()
    again = browser.post(url, sent)
    assert again.status_code == 409
    assert "đã nộp" in again.content.decode().lower()
    for other in (
        sent | {"version": year.seen("1.2", Stage.DECLARED)},
        sent | {"version": year.seen("1.2", Stage.DECLARED), "so-numerator": "50"},
    ):
        assert browser.post(url, other).status_code == 409
    cleared = browser.post(url_of(year, "answer_clear", "1.2"), {"version": year.seen("1.2", Stage.DECLARED)})
    assert cleared.status_code == 409
    assert fingerprint() == before


@pytest.mark.parametrize("phase", [Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL])
def test_in_no_later_phase_does_a_unit_change_what_it_declared(phase: Phase) -> None:
    year = build_year(phase)
    browsers = [year.browser("a1"), year.browser("aH")]
    before = fingerprint()
    for browser in browsers:
        sent = {"version": 1, "so-numerator": "50", "so-denominator": "50"}
        assert browser.post(url_of(year, "answer", "1.2"), sent).status_code == 409
        assert step(browser, year, "withdraw").status_code in (403, 409)
    assert fingerprint() == before


# ── T06, T07 ──────────────────────────────────────────────────────────────────────────────────────────────────────


def ready() -> Year:
    """Both units have declared and handed over to their heads."""
    return once("ready to submit", _ready)


def _ready() -> Year:
    year = build_year(Phase.SELF_ASSESSMENT)
    for unit, staff in ((year.a, "a1"), (year.b, "b1")):
        declare_all(year, unit, staff)
        perform(year.submission(unit), "hand_over", year[staff])
    return year


@pytest.mark.parametrize("name", ["a1", "b1", "bH", "g1", "gA", "c", "h", "l", "s", "n"])
def test_nobody_but_the_head_submits(name: str) -> None:
    year = ready()
    browser, before = year.browser(name), fingerprint()
    answer = step(browser, year, "submit")
    assert answer.status_code in (403, 404)
    if name == "a1":
        assert "Chỉ thủ trưởng đơn vị làm được việc này." in answer.content.decode()
    assert fingerprint() == before


def test_a_head_submits_and_withdraws_only_the_own_unit_whatever_the_path_and_the_body_name() -> None:
    year = ready()
    browser, b = year.browser("aH"), year.submission(year.b)
    before = fingerprint()
    smuggled = {"unit": "SOB", "participant": year.b.pk, "submission": b.pk, "pk": b.pk, "id": b.pk}
    for name in ("submit", "withdraw", "return"):
        assert step(browser, year, name, unit="SOB").status_code == 404
        path = url_of(year, "dossier_step", name, unit="SOB")
        assert browser.post(path, {"version": b.version, **smuggled}).status_code == 404
    assert fingerprint() == before
    sent = {"version": year.submission().version, **smuggled}
    assert browser.post(url_of(year, "dossier_step", "submit"), sent).status_code == 302
    assert year.submission().state == SubmissionState.SUBMITTED
    assert year.submission(year.b).state == SubmissionState.AT_HEAD
    assert list(year.submission(year.b).receipts.all()) == []


# ── T08 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

Rows = dict[str, dict[Any, dict[str, Any]]]


def rows() -> Rows:
    """Every row of units, scoring and reports, by model and key."""
    return {
        model.__name__: {row[model._meta.pk.attname]: row for row in model._base_manager.values()}
        for app in ("units", "scoring", "reports")
        for model in apps.get_app_config(app).get_models()
    }


def differences(before: Rows, after: Rows) -> set[str]:
    """`Value+` for a new row, `Value-` for one that is gone, `Submission.state` for a column that changed."""
    found = set()
    for model in before:
        old, new = before[model], after[model]
        found |= {f"{model}+"} if new.keys() - old.keys() else set()
        found |= {f"{model}-"} if old.keys() - new.keys() else set()
        for key in old.keys() & new.keys():
            found |= {f"{model}.{name}" for name in old[key] if old[key][name] != new[key][name]}
    return found


def every_field(own: set[str]) -> dict[str, Any]:
    """The name of every column of every model of ours, as form fields, where the form has none of that name."""
    names = {
        name
        for app in ("units", "scoring", "reports")
        for model in apps.get_app_config(app).get_models()
        for column in model._meta.concrete_fields
        for name in (column.name, column.attname)
    }
    forbidden = {"points": "2", "state": "signed", "not_applicable": "on", "stage": "council", "is_ranked": ""}
    return {name: forbidden.get(name, "1") for name in sorted(names - own)}


SMUGGLING = [
    (Phase.SELF_ASSESSMENT, "a1", "answer", ("1.2",), {"so-numerator": "44", "so-denominator": "50"}),
    (Phase.EXPLANATION, "a1", "explanation_item", ("2.1",), {"text": "Đã gửi ngày 10/12"}),
    (Phase.APPRAISAL, "g1", "part_leaf", ("1", 1, "1.2"), {
        "verdict": "so-lieu", "so-numerator": "40", "so-denominator": "50", "reason": "Chỉ có 40 nhiệm vụ"}),
    (Phase.COUNCIL, "h", "council_point", ("2.1",), {"verdict": "points", "points": "1", "reason": "Thống nhất"}),
    (Phase.COUNCIL, "c", "entered_unit", ("3.1",), {"so-mean": "4,5", "so-responses": "120"}),
]  # fmt: skip


@pytest.mark.parametrize(("phase", "name", "route", "rest", "figures"), SMUGGLING, ids=[case[2] for case in SMUGGLING])
def test_a_form_that_carries_every_column_of_every_table_stores_what_it_would_store_without_them(
    phase: Phase, name: str, route: str, rest: tuple[Any, ...], figures: dict[str, Any]
) -> None:
    changes, kept = [], []
    for slug, smuggles in (("mot", False), ("hai", True)):
        year = build_year(phase, slug=slug)
        browser, url = year.browser(name), url_of(year, route, *rest)
        form = form_on(browser.get(url), url)
        extra = every_field(form.names) if smuggles else {}
        before = rows()
        answer = browser.post(url, extra | form.data | _with_prefix(form.names, figures))
        assert answer.status_code == 302, answer.content.decode()
        changes.append(differences(before, rows()))
        kept.append(_kept(year))
    assert changes[0] == changes[1]
    assert kept[0] == kept[1]


def _with_prefix(names: set[str], figures: dict[str, Any]) -> dict[str, Any]:
    """The figures of a rule stand below a prefix that each page chooses for itself."""
    found = {}
    for key, value in figures.items():
        ending = key.removeprefix("so")
        found[next((name for name in names if key != ending and name.endswith(ending)), key)] = value
    return found


def _kept(year: Year) -> list[tuple[Any, ...]]:
    """All that was declared, judged and explained in the year, without keys and hours."""
    values = Value.objects.filter(participant__campaign=year.campaign).order_by("participant__code", "criterion__code")
    dossiers = Submission.objects.filter(participant__campaign=year.campaign).order_by("participant__code")
    people = {user.pk: name for name, user in year.people.items() if user}
    return [
        *(
            (v.participant.code, v.criterion.code, v.stage, str(v.points), v.inputs, v.not_applicable, v.reason, v.note,
             v.legal_basis, v.version, people.get(v.author_id), people.get(v.confirmed_by_id))
            for v in values.order_by("participant__code", "criterion__code", "stage")
        ),
        *((d.participant.code, d.state, d.version) for d in dossiers),
    ]  # fmt: skip


# ── T13 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("phase", [Phase.SELF_ASSESSMENT, Phase.APPRAISAL, Phase.COUNCIL])
@pytest.mark.parametrize("name", ["c", "h", "l", "g1", "s"])
def test_nobody_of_the_team_writes_a_units_own_answer(phase: Phase, name: str) -> None:
    year = build_year(phase)
    browser, before = year.browser(name), fingerprint()
    figures = {"version": 1, "so-numerator": "50", "so-denominator": "50"}
    for route, rest in (("answer", ("1.2",)), ("answer_clear", ("1.2",)), ("worksheet_component", ("1",))):
        assert browser.post(url_of(year, route, *rest), figures).status_code in (403, 404)
    assert fingerprint() == before


def test_the_coordinator_unlocks_one_unit_with_a_reason_until_an_hour_and_the_unit_is_told(
    django_capture_on_commit_callbacks: Any,
) -> None:
    year = ready()
    for unit, head in ((year.a, "aH"), (year.b, "bH")):
        perform(year.submission(unit), "submit", year[head], accept_warnings=True)
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=3), -datetime.timedelta(hours=1))
    browser, page = year.browser("c"), url_of(year, "progress_unit")
    url = url_of(year, "progress_step", "unlock")
    form = form_on(browser.get(page), page, url).data
    start = next(name for name in form if name.endswith("version")).removesuffix("version")
    day, reason = f"{start}until_0", f"{start}reason"
    tomorrow = format_date(timezone.localdate() + datetime.timedelta(days=1))
    wanted = {reason: "Nộp nhầm bản nháp", day: tomorrow, f"{start}until_1": "17:00"}
    before = fingerprint()
    for missing in ({reason: ""}, {day: ""}, {day: "01/01/2020"}):
        assert browser.post(url, form | wanted | missing).status_code == 422
    assert fingerprint() == before
    Notice.objects.all().delete()  # of the steps before
    trail = TrailEntry.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        sent = browser.post(url, form | wanted)
    assert sent.status_code == 302, sent.content.decode()
    assert year.submission().state == SubmissionState.DRAFT
    assert year.submission(year.b).state == SubmissionState.SUBMITTED
    entries = TrailEntry.objects.order_by("-pk")[: TrailEntry.objects.count() - trail]
    assert [entry.action for entry in entries] == ["scoring.submission_unlock"]
    unit = {year["a1"].email, year["aH"].email}
    assert {address for message in mail.outbox for address in message.to} == unit
    assert not any("Nộp nhầm bản nháp" in message.body for message in mail.outbox)
    assert {notice.note for notice in Notice.objects.all()} == {"Lý do: Nộp nhầm bản nháp"}
    answer = {"version": year.seen("1.2", Stage.DECLARED), "so-numerator": "40", "so-denominator": "50"}
    assert year.browser("a1").post(url_of(year, "answer", "1.2"), answer).status_code == 302
    assert year.browser("b1").post(url_of(year, "answer", "1.2", unit="SOB"), answer).status_code == 409


# ── T19 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_part_given_to_another_is_closed_to_the_first_at_the_next_request() -> None:
    year = build_year(Phase.APPRAISAL)
    browser, url = year.browser("g1"), url_of(year, "part_leaf", "1", 1, "1.2")
    sent = typed(browser, url, verdict="giu")
    assign(year.campaign, [year.part("1")], year["g2"], by=year["c"])
    before = fingerprint()
    assert browser.get(url).status_code == 404
    assert browser.post(url, sent).status_code == 404
    assert browser.post(url_of(year, "part_keep", "1", 1), {"giu": "1.2|1"}).status_code == 404
    assert fingerprint() == before


@pytest.mark.parametrize(("name", "route", "rest"), [
    ("a1", "answer", ("1.2",)), ("aH", "worksheet", ()), ("g1", "part", ("1", 1)), ("c", "progress_unit", ()),
    ("h", "council_point", ("1.2",)), ("a1", "evidence_list", ()), ("aH", "receipt", (1,)),
])  # fmt: skip
def test_a_role_taken_away_closes_every_door_at_the_next_request(name: str, route: str, rest: tuple[Any, ...]) -> None:
    year = build_year(Phase.APPRAISAL)
    browser, url = year.browser(name), url_of(year, route, *rest)
    assert browser.get(url).status_code == 200
    year[name].memberships.all().delete()
    before = fingerprint()
    assert (browser.get(url).status_code, browser.post(url).status_code) == (404, 404)
    assert fingerprint() == before


def test_a_role_that_ended_yesterday_is_no_role_even_beside_another_one() -> None:
    """A person who moved from A to B yesterday reads and writes B only."""
    year = build_year(Phase.SELF_ASSESSMENT)
    user, today = year["a1"], timezone.localdate()
    user.memberships.update(valid_to=today - datetime.timedelta(days=1))
    Membership.objects.create(
        user=user, organiser=year.organiser, unit=year.b.unit, role=Role.UNIT_STAFF, valid_from=today
    )
    browser = year.browser("a1")
    assert browser.get(url_of(year, "answer", "1.2")).status_code == 404
    assert browser.get(url_of(year, "answer", "1.2", unit="SOB")).status_code == 200


# ── T21 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


SENT_ELSEWHERE = ("cán bộ đơn vị", "thủ trưởng", "thẩm định", "hội đồng", "điều phối", "lãnh đạo")


@pytest.fixture
def worlds() -> tuple[World, Year]:
    return two_provinces()


def two_provinces() -> tuple[World, Year]:
    """A world, and a year of another province with the same codes of campaign, group and units."""
    return once("two provinces", lambda: (build(Phase.APPRAISAL), build_year(Phase.SELF_ASSESSMENT, slug="tinh-khac")))


@pytest.mark.parametrize("principal", SENT_ELSEWHERE)
def test_nobody_reaches_another_province_by_its_name_in_the_address(worlds: tuple[World, Year], principal: str) -> None:
    world, elsewhere = worlds
    browser, nothing = world.browser(principal), b""
    nothing = browser.get("/lam-viec/khong-co/").content
    before = fingerprint()
    below = [url for url in world.addresses().values() if url.startswith(f"/lam-viec/{world.organiser.slug}/")]
    for url in one_in(len(SENT_ELSEWHERE), below, SENT_ELSEWHERE.index(principal)):
        foreign = url.replace(f"/{world.organiser.slug}/", f"/{elsewhere.organiser.slug}/")
        for method in (browser.get, browser.post):
            answer = method(foreign)
            assert (foreign, answer.status_code, answer.content) == (foreign, 404, nothing)
    assert fingerprint() == before


def test_a_unit_reaches_no_other_year_by_its_number_in_the_address(worlds: tuple[World, Year]) -> None:
    """2025 is of other units; neither its dossiers nor its figures answer to A."""
    world, _ = worlds
    browser = world.browser("thủ trưởng")
    before = fingerprint()
    of_year = [url for name, url in world.addresses().items() if "/ky/2026/" in url and name.startswith("scoring:")]
    for url in one_in(3, of_year):
        past = url.replace("/ky/2026/", "/ky/2025/")
        assert (past, browser.get(past).status_code) in ((past, 404), (past, 403))
        assert browser.post(past, {"version": 1}).status_code in (403, 404), past
    assert fingerprint() == before


@pytest.mark.parametrize("route", ["evidence", "criteria_amendment", "council_session", "entered_uploaded"])
def test_a_number_of_another_provinces_thing_opens_nothing_below_ones_own_address(route: str) -> None:
    own = build(Phase.APPRAISAL)
    theirs = {
        "evidence": own.evidence, "criteria_amendment": own.amendment, "council_session": own.session,
        "entered_uploaded": own.workbook,
    }[route]  # fmt: skip
    year = build_year(Phase.APPRAISAL, slug="tinh-khac")
    key = "upload" if route == "entered_uploaded" else "pk"
    mine = own.address(f"scoring:{route}", slug=year.organiser.slug, **{key: theirs.pk})
    assert own.browser("điều phối").get(own.address(f"scoring:{route}")).status_code == 200
    assert year.browser("c").get(mine).status_code == 404


def test_a_person_of_two_provinces_is_two_persons() -> None:
    """Staff of A here and coordinator there: neither role counts in the other place."""
    here, there = build_year(Phase.APPRAISAL), build_year(Phase.APPRAISAL, slug="tinh-khac")
    user = UserFactory()
    since = datetime.date(2025, 1, 1)
    for year, unit, role in ((here, here.a.unit, Role.UNIT_STAFF), (there, there.organiser.unit, Role.COORDINATOR)):
        Membership.objects.create(user=user, organiser=year.organiser, unit=unit, role=role, valid_from=since)
    here.people["both"] = there.people["both"] = user
    browser = here.browser("both")
    assert browser.get(url_of(here, "worksheet")).status_code == 200
    assert browser.get(url_of(there, "worksheet")).status_code == 200
    assert browser.get(url_of(here, "worksheet", unit="SOB")).status_code == 404
    assert browser.get(url_of(here, "progress_unit")).status_code == 404
    assert browser.get(url_of(there, "progress_unit")).status_code == 200
    assert browser.post(url_of(there, "answer", "1.2"), {"version": 1}).status_code == 403
    assert Participant.objects.filter(code="SOA").count() == 2
