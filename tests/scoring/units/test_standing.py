"""A unit that ends, or begins, while a year runs: assessed, unranked or left out; taken in late with its own limit."""

from __future__ import annotations

import datetime
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import CriteriaSet, Group, Participant, Submission, Value
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.services.late_units import add_late_unit
from scoring.services.transitions import perform
from tests.factories import UnitFactory, run_of
from tests.year import Year, build_year
from units.enums import UnitKind
from units.forms import RoleForm
from units.models import TrailEntry, Unit
from units.permissions import Refused
from units.selectors import units_of_today, units_to_name
from units.vietnamese import format_date

pytestmark = pytest.mark.django_db

REASON = "Nhập vào Xã Đông"
DOCUMENT = "12/NQ-HĐND"


def end(year: Year, unit: Participant) -> None:
    Unit.objects.filter(pk=unit.unit_id).update(valid_to=timezone.localdate(), end_document=DOCUMENT)


def page(year: Year, unit: Participant) -> str:
    return reverse("scoring:participant", args=[year.organiser.slug, year.campaign.code, unit.code])


def decide(year: Year, unit: Participant, standing: str, by: str = "c", **typed: str):
    year.campaign.refresh_from_db()
    data = {"version": year.campaign.version, "standing": standing, "reason": REASON, "document": DOCUMENT} | typed
    return year.browser(by).post(page(year, unit), data)


def fresh(unit: Participant) -> Participant:
    return Participant.objects.get(pk=unit.pk)


def test_the_coordinator_says_how_a_unit_that_ended_stands_and_can_take_it_back() -> None:
    year = build_year(Phase.APPRAISAL)
    assert decide(year, year.a, "khong-danh-gia").status_code == 422, "a unit that goes on is not left out in mid-year"
    end(year, year.a)
    shown = year.browser("c").get(page(year, year.a)).content.decode()
    assert DOCUMENT in shown
    assert decide(year, year.a, "khong-danh-gia", document="").status_code == 422
    assert decide(year, year.a, "khong-xep-hang").status_code == 302
    assert (fresh(year.a).is_ranked, fresh(year.a).unranked_reason) == (False, f"{REASON} ({DOCUMENT})")
    assert decide(year, year.a, "khong-danh-gia").status_code == 302
    left = fresh(year.a)
    assert (left.is_assessed, left.left_out_reason) == (False, f"{REASON} ({DOCUMENT})")
    assert decide(year, year.a, "xep-hang").status_code == 302
    assert (fresh(year.a).is_assessed, fresh(year.a).is_ranked, fresh(year.a).left_out_reason) == (True, True, "")
    acts = TrailEntry.objects.filter(action="scoring.change_participant")
    assert [entry.data["after"]["is_assessed"] for entry in acts.order_by("seq")] == [True, False, True]


def test_a_unit_that_has_ended_gets_people_while_a_year_assesses_it_and_no_longer() -> None:
    year = build_year(Phase.APPRAISAL)
    end(year, year.a)
    old = Unit.objects.get(pk=year.a.unit_id)
    offered = {unit.pk: label for unit, label in labels_of(year)}
    assert offered[old.pk] == f"{old.name} ({old.code}, kết thúc {format_date(old.valid_to)})"
    assert old in units_to_name(year.organiser)
    assert old not in units_of_today(year.organiser), "it is no unit to count or to take into a year"
    new = UnitFactory(parent=old.parent, code=old.code, name="Xã Mới", valid_from=old.valid_to)
    assert old not in units_to_name(year.organiser), "a table that names its code means the unit of today"
    assert {old.pk, new.pk} <= {unit.pk for unit, _ in labels_of(year)}
    year.a.group.participants.filter(pk=year.a.pk).update(is_assessed=False, left_out_reason=REASON)
    assert old.pk not in {unit.pk for unit, _ in labels_of(year)}
    Participant.objects.filter(pk=year.a.pk).update(is_assessed=True, left_out_reason="")
    Group.objects.filter(pk=year.a.group_id).update(phase=Phase.PUBLISHED)
    assert old.pk not in {unit.pk for unit, _ in labels_of(year)}


def labels_of(year: Year) -> list[tuple[Unit, str]]:
    field = RoleForm(year.organiser).fields["unit"]
    return [(unit, field.label_from_instance(unit)) for unit in field.queryset]


@pytest.mark.parametrize("who", ["a1", "aH", "g1", "h", "l", "s"])
def test_nobody_but_the_coordinator_decides(who: str) -> None:
    year = build_year(Phase.APPRAISAL)
    end(year, year.a)
    assert decide(year, year.a, "khong-danh-gia", by=who).status_code in (403, 404)
    assert fresh(year.a).is_assessed


def test_a_unit_left_out_in_mid_year_counts_nowhere_holds_nobody_up_and_writes_nothing() -> None:
    year = build_year(Phase.APPRAISAL)
    end(year, year.a)
    decide(year, year.a, "khong-danh-gia")
    units = json.loads(run_of(year.campaign, year["c"], "provisional").results_file)["units"]
    assert [unit["code"] for unit in units] == [year.b.code]
    assert Value.objects.filter(participant=year.a, stage=Stage.DECLARED).exists(), "nothing is thrown away"
    at = [year.organiser.slug, year.campaign.code]
    dossier = year.browser("a1").get(reverse("scoring:worksheet", args=[*at, year.a.code]))
    assert "không đánh giá đơn vị này" in dossier.content.decode()
    told = f"<b>Không đánh giá, nên không tính điểm.</b> Lý do: {REASON} ({DOCUMENT})."
    assert told in dossier.content.decode()
    assert "bộ tiêu chí có lỗi" not in dossier.content.decode()
    queue = year.browser("g1").get(reverse("scoring:appraisal", args=at)).content.decode()
    assert year.b.name in queue
    assert year.a.name not in queue
    with pytest.raises(Blocked) as refused:
        perform(year.fresh_group(), "start_explanation", year["c"])
    assert {reason.split(":")[0] for reason in refused.value.reasons} == {year.b.name}


def own_work(year: Year, who: str) -> str:
    return year.browser(who).get(reverse("scoring:work", args=[year.organiser.slug])).content.decode()


def test_people_of_a_unit_left_out_are_told_why_and_by_which_document() -> None:
    year = build_year(Phase.APPRAISAL)
    end(year, year.a)
    decide(year, year.a, "khong-danh-gia")
    told = own_work(year, "a1")
    assert f"<b>Không đánh giá trong kỳ này.</b> Lý do: {REASON} ({DOCUMENT})." in told
    assert "Chưa có việc nào" not in told
    assert "Không đánh giá" not in own_work(year, "b1")


@pytest.mark.parametrize("standing", ["xep-hang", "khong-xep-hang", "khong-danh-gia"])
def test_an_end_waits_for_the_coordinator_until_it_is_decided_in_whichever_way(standing: str) -> None:
    year = build_year(Phase.APPRAISAL)
    lacking = reverse("scoring:missing", args=[year.organiser.slug, year.campaign.code])
    assert page(year, year.a) not in own_work(year, "c")
    end(year, year.a)
    assert f'href="{page(year, year.a)}"' in own_work(year, "c")
    assert DOCUMENT in own_work(year, "c")
    shown = year.browser("c").get(lacking).content.decode()
    assert f'href="{page(year, year.a)}"' in shown
    assert "chưa quyết định đánh giá" in shown
    for who in ("l", "a1", "g1"):
        assert page(year, year.a) not in own_work(year, who)
    assert decide(year, year.a, standing).status_code == 302
    assert page(year, year.a) not in own_work(year, "c")
    assert "chưa quyết định đánh giá" not in year.browser("c").get(lacking).content.decode()


class TestLateUnit:
    def arguments(self, year: Year, **changes):
        at = {"until": timezone.now() + datetime.timedelta(days=3), "why": "Thành lập (1/NQ)", "is_ranked": False}
        year.campaign.refresh_from_db()
        return {**at, "seen": year.campaign.version, "by": year["c"], **changes}

    def founded(self, year: Year) -> Unit:
        return UnitFactory(parent=year.organiser.unit, name="Xã Mới lập", code="MOI")

    @pytest.mark.parametrize("phase", [Phase.SELF_ASSESSMENT, Phase.APPRAISAL])
    def test_it_gets_a_dossier_parts_and_its_own_limit(self, phase: Phase) -> None:
        year = build_year(phase)
        made = add_late_unit(year.group, self.founded(year), year.criteria_set, **self.arguments(year))
        assert (made.is_ranked, made.unranked_reason) == (False, "Thành lập (1/NQ)")
        submission = Submission.objects.get(participant=made)
        assert submission.extended_until > timezone.now()
        assert set(made.parts.values_list("component__code", "appraiser")) == {("1", None), ("2", None)}
        entry = TrailEntry.objects.get(action="scoring.add_late_unit")
        assert (entry.data["reason"], entry.data["ranked"]) == ("Thành lập (1/NQ)", False)

    def test_it_is_refused_after_the_appraisal_for_a_limit_gone_by_and_for_a_unit_that_takes_part(self) -> None:
        year = build_year(Phase.APPRAISAL)
        with pytest.raises(Conflict, match="đã tham gia"):
            add_late_unit(year.group, year.b.unit, year.criteria_set, **self.arguments(year))
        with pytest.raises(Incomplete, match="đã qua"):
            add_late_unit(
                year.group, self.founded(year), year.criteria_set, **self.arguments(year, until=timezone.now())
            )
        with pytest.raises(Refused):
            add_late_unit(
                year.group, Unit.objects.get(code="MOI"), year.criteria_set, **self.arguments(year, by=year["s"])
            )
        year.fresh_group().__class__.objects.filter(pk=year.group.pk).update(phase=Phase.EXPLANATION)
        with pytest.raises(Conflict, match="kỳ năm sau"):
            add_late_unit(year.group, Unit.objects.get(code="MOI"), year.criteria_set, **self.arguments(year))
        assert not Participant.objects.filter(code="MOI").exists()

    def test_on_the_page(self) -> None:
        year = build_year()
        unit = self.founded(year)
        url = reverse("scoring:group_late", args=[year.organiser.slug, year.campaign.code, year.group.code])
        browser = year.browser("c")
        group = browser.get(
            reverse("scoring:group_units", args=[year.organiser.slug, year.campaign.code, year.group.code])
        )
        assert url in group.content.decode()
        year.campaign.refresh_from_db()
        typed = {
            "version": year.campaign.version, "unit": unit.pk, "criteria_set": year.criteria_set.pk,
            "reason": "Thành lập", "until_0": "01/01/2099", "until_1": "17:00",
        }  # fmt: skip
        assert browser.post(url, typed).status_code == 422, "no document"
        assert browser.post(url, typed | {"document": "1/NQ"}).status_code == 302
        made = Participant.objects.get(code="MOI")
        assert (made.is_ranked, made.unranked_reason) == (False, "Thành lập (1/NQ)")

    def test_a_set_made_for_other_kinds_is_said_before_and_after_and_refuses_nothing(self) -> None:
        year = build_year()
        unit = self.founded(year)
        CriteriaSet.objects.filter(pk=year.criteria_set.pk).update(unit_kinds=[UnitKind.SPECIAL_ZONE])
        url = reverse("scoring:group_late", args=[year.organiser.slug, year.campaign.code, year.group.code])
        assert f"“{year.criteria_set.title}” dành cho đặc khu." in year.browser("c").get(url).content.decode()
        year.campaign.refresh_from_db()
        typed = {
            "version": year.campaign.version, "unit": unit.pk, "criteria_set": year.criteria_set.pk, "document": "1/NQ",
            "reason": "Thành lập", "until_0": "01/01/2099", "until_1": "17:00",
        }  # fmt: skip
        told = f"dành cho đặc khu; {unit.name} thuộc loại khác ({unit.get_kind_display().lower()})"
        assert told in year.browser("c").post(url, typed, follow=True).content.decode()
        shown = year.browser("c").get(page(year, Participant.objects.get(code="MOI"))).content.decode()
        assert told in shown
        assert "không đổi nữa" in shown
        CriteriaSet.objects.filter(pk=year.criteria_set.pk).update(unit_kinds=[year.b.unit.kind])
        assert "thuộc loại khác" not in year.browser("c").get(page(year, year.b)).content.decode()
