"""`manage.py import_results`: the same services from the command line, with exit codes 0, 1 and 2."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scoring.models import Campaign, ResultsImport
from tests.scoring.past.tables import district, province, table
from units.models import Organiser, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser() -> Organiser:
    return province()


@pytest.fixture
def run(organiser, tmp_path):
    """Run the command on bytes: what it printed."""

    def import_bytes(data: bytes, name: str = "bang.xlsx", **options) -> str:
        path = tmp_path / name
        path.write_bytes(data)
        out = StringIO()
        call_command("import_results", path, organiser=organiser.slug, stdout=out, **options)
        return out.getvalue()

    return import_bytes


def test_a_table_whose_units_are_known_comes_in(run, organiser):
    district(organiser, "Huyện A", "1")

    assert "Đã nhập “Chỉ số CCHC năm 2017”: 1 đơn vị." in run(table([{"name": "Huyện A", "points": "80"}]))
    assert Campaign.objects.get().participants.get().unit.code == "1"


def test_faults_are_listed_and_the_exit_code_is_two(run):
    with pytest.raises(CommandError) as stopped:
        run(table([{"name": "Huyện A", "points": "1.000"}, {"name": "", "points": "80"}]))

    assert stopped.value.returncode == 2
    assert "dòng 3" in str(stopped.value)
    assert "2 lỗi, không lưu gì." in str(stopped.value)
    assert ResultsImport.objects.count() == 0


def test_without_answers_the_questions_are_listed_and_nothing_is_stored(run, organiser):
    district(organiser, "Huyện Hòa An", "1")
    district(organiser, "Huyện Hòa Ân", "2")

    with pytest.raises(CommandError) as stopped:
        run(table([{"name": "Hòa An", "points": "80"}, {"name": "Huyện Lạ", "points": "70"}]))

    assert stopped.value.returncode == 1
    assert "Dòng 3 “Hòa An”: Nhiều đơn vị cùng tên. Huyện Hòa An (mã 1" in str(stopped.value)
    assert "Dòng 4 “Huyện Lạ”: chưa có đơn vị này" in str(stopped.value)
    assert (ResultsImport.objects.count(), Campaign.objects.count(), Unit.objects.count()) == (0, 0, 3)


def test_answers_choose_a_unit_by_code_or_a_new_one(run, organiser):
    district(organiser, "Huyện Hòa An", "1")
    district(organiser, "Huyện Hòa Ân", "2")

    run(table([{"name": "Hòa An", "points": "80"}, {"name": "Huyện Lạ", "points": "70"}]), answer=["3=2", "4=new"])

    assert set(Campaign.objects.get().participants.values_list("unit__name", flat=True)) == {"Huyện Hòa Ân", "Huyện Lạ"}


@pytest.mark.parametrize("answer", ["3=9", "99=1", "3", "=new"])
def test_an_answer_that_fits_nothing_is_refused(run, organiser, answer):
    district(organiser, "Huyện Hòa An", "1")
    district(organiser, "Huyện Hòa Ân", "2")

    with pytest.raises(CommandError) as stopped:
        run(table([{"name": "Hòa An", "points": "80"}]), answer=[answer])
    assert stopped.value.returncode == 1
    assert Campaign.objects.count() == 0


def test_missing_units_are_created_when_asked(run):
    run(table([{"name": "Huyện Lạ", "points": "70"}]), create_missing=True)

    unit = Unit.objects.get(name="Huyện Lạ")
    assert (unit.kind, str(unit.valid_from), str(unit.valid_to)) == ("district", "2017-01-01", "2025-07-01")


def test_the_report_is_printed_after_calculating(run):
    rows = [{"name": "Huyện A", "points": "93,95", "max_points": "98,5", "index": "95,27"}]
    printed = run(table(rows), create_missing=True, calculate=True)

    assert "Đối chiếu với bản in: 0 khớp, 1 khác, 0 khác do làm tròn, 0 không kiểm được." in printed
    assert "Huyện A: Chỉ số: in 95,27, tính lại 95,38." in printed
    assert Campaign.objects.get().runs.count() == 1


def test_the_same_file_twice_is_one_campaign(run):
    data = table([{"name": "Huyện A", "points": "80"}])
    run(data, create_missing=True)
    run(data, create_missing=True)

    assert (Campaign.objects.get().version, Unit.objects.filter(name="Huyện A").count()) == (1, 1)


def test_another_file_of_the_same_campaign_needs_replace(run):
    run(table([{"name": "Huyện A", "points": "80"}]), create_missing=True)
    other = table([{"name": "Huyện A", "points": "85"}])

    with pytest.raises(CommandError) as stopped:
        run(other)
    assert stopped.value.returncode == 1
    run(other, replace=True)
    assert Campaign.objects.get().version == 2


def test_csv_takes_general_data_from_options(run):
    data = "Tên đơn vị;Tổng điểm\nHuyện A;88,35\n".encode()
    run(data, "a.csv", create_missing=True, code="2017", year="2017", title="Chỉ số năm 2017", source_text="Bảng thử")

    assert Campaign.objects.get().year == 2017


def test_csv_without_options_names_the_missing_ones(run):
    with pytest.raises(CommandError) as stopped:
        run("Tên đơn vị;Tổng điểm\nHuyện A;88,35\n".encode(), "a.csv")

    assert stopped.value.returncode == 2
    assert {"--code", "--year", "--title", "--source-text"} <= set(str(stopped.value).replace(":", " ").split())


@pytest.mark.parametrize("options", [{"organiser": "khong-co"}, {}])
def test_an_unclear_organiser_is_asked_for(options, tmp_path):
    province(), province()

    with pytest.raises(CommandError) as stopped:
        call_command("import_results", tmp_path / "a.xlsx", **options)
    assert stopped.value.returncode == 1


def test_a_file_that_is_not_there_is_named(organiser, tmp_path):
    with pytest.raises(CommandError, match="Không mở được tệp") as stopped:
        call_command("import_results", tmp_path / "a.xlsx", organiser=organiser.slug)
    assert stopped.value.returncode == 2
