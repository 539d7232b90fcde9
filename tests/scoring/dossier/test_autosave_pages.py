"""What the pages of a dossier show of typing that is no answer yet, and what the history keeps of many saves."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.enums import Stage
from scoring.models import ValueChange
from tests.scoring.dossier.pages import answer, autosave, hour, step, text, told, typing_at, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return build_year()


class TestThePages:
    def test_what_is_half_typed_is_shown_to_colleagues_in_the_form_and_in_words(self, year: Year) -> None:
        year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
        autosave(year, "a1", "1.2", numerator="12.486", denominator="50", note="chờ sổ")
        kept = typing_at(year)
        assert kept is not None
        for page in (url(year, "answer", "1.2"), url(year, "worksheet_component", "1")):
            shown = text(year.browser("aH").get(page))
            assert 'value="12.486"' in shown
            assert "Điểm đang tính theo câu trả lời đã lưu trước đó." in shown
            assert "Đang nhập dở, chưa tính:" in shown
            assert "Số đạt được: 12.486; Tổng số: 50; Giải thích thêm: chờ sổ" in shown
            assert f"{hour(kept.changed_at)}, {year['a1'].full_name}" in shown
            assert "“12.486” đọc được hai cách" in shown
        worksheet = text(year.browser("aH").get(url(year)))
        assert "chưa nhập xong" in worksheet
        assert "Còn 3 việc" in worksheet

    def test_what_the_rule_refuses_is_said_wherever_the_typing_is_shown(self, year: Year) -> None:
        autosave(year, "a1", "1.2", numerator="60", denominator="50")
        for name in (("answer", "1.2"), ("worksheet_component", "1"), ("dossier_check",), ("board",)):
            shown = text(year.browser("aH").get(url(year, *name)))
            assert "Số đạt được 60 lớn hơn tổng số 50; hãy xem lại hai số liệu." in shown, name
        assert "lớn hơn tổng số" not in text(year.browser("c").get(url(year, "dossier_check")))

    @pytest.mark.parametrize("who", ["c", "l", "h"])
    def test_nobody_else_reads_it(self, year: Year, who: str) -> None:
        autosave(year, "a1", "1.2", numerator="13371")
        for page in (url(year), url(year, "answer", "1.2"), url(year, "worksheet_component", "1")):
            shown = text(year.browser(who).get(page))
            assert "13371" not in shown
            assert "nhập dở" not in shown

    def test_the_page_tells_a_script_where_to_save_and_from_which_versions(self, year: Year) -> None:
        year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
        kept = told(autosave(year, "a1", "1.2", numerator="46"))["unfinished"]
        marks = f'data-autosave="{url(year, "answer_save", "1.2")}" data-version="1" data-unfinished="{kept}"'
        leaf = text(year.browser("a1").get(url(year, "answer", "1.2")))
        whole = text(year.browser("a1").get(url(year, "worksheet_component", "1")))
        for page in (leaf, whole):
            assert marks in page
            assert f'data-pulse="{url(year, "dossier_pulse")}"' in page
            assert '<p class="save-line mb-0" data-save-state role="status" aria-live="polite"></p>' in page
        assert f'data-prefix="c{year.leaves["1.2"].pk}-"' in whole
        autosave(year, "a1", "1.2", version=1, unfinished=kept, numerator="46", denominator="50")
        step(year, "a1", "hand_over")
        closed = text(year.browser("a1").get(url(year, "answer", "1.2")))
        assert "data-autosave" not in closed

    def test_the_button_decides_and_nothing_is_left_half(self, year: Year) -> None:
        for code in ("1.1", "1.2"):
            autosave(year, "a1", code, note="gõ dở")
        assert answer(year, "aH", "1.1", choice="du").status_code == 302
        assert typing_at(year, "1.1") is None
        assert "Xóa phần đang nhập dở" in text(year.browser("aH").get(url(year, "answer", "1.2")))
        assert year.browser("aH").post(url(year, "answer_clear", "1.2"), {"version": 0}).status_code == 302
        assert typing_at(year, "1.2") is None

    def whole(self, year: Year, **typing: dict[str, str]) -> Any:
        """Save component 1: `c1_1={...}` are the fields of leaf 1.1."""
        data = {}
        for code in ("1.1", "1.2"):
            prefix, kept = f"c{year.leaves[code].pk}", typing_at(year, code)
            fields = {"version": year.seen(code, Stage.DECLARED), "unfinished": kept.version if kept else ""}
            fields |= typing.get(f"c{code.replace('.', '_')}", kept.typed if kept else {})
            data |= {f"{prefix}-{name}": said for name, said in fields.items()}
        return year.browser("a1").post(url(year, "worksheet_component", "1"), data)

    def test_on_the_page_of_a_component_what_is_half_typed_is_left_alone(self, year: Year) -> None:
        autosave(year, "a1", "1.2", numerator="45")
        assert self.whole(year, c1_1={"so-choice": "du"}).status_code == 302
        assert year.value("1.1", Stage.DECLARED) is not None
        assert typing_at(year) is not None

    def test_there_it_is_finished_or_wiped_out_too(self, year: Year) -> None:
        autosave(year, "a1", "1.2", numerator="45")
        assert self.whole(year, c1_2={}).status_code == 302
        assert typing_at(year) is None
        autosave(year, "a1", "1.2", numerator="45")
        assert self.whole(year, c1_2={"so-numerator": "45", "so-denominator": "50"}).status_code == 302
        assert typing_at(year) is None
        autosave(year, "a1", "1.2", numerator="46")
        assert self.whole(year, c1_2={"so-numerator": "45", "so-denominator": "50"}).status_code == 302
        assert (typing_at(year), ValueChange.objects.count()) == (None, 1)

    def test_a_page_that_did_not_show_it_does_not_take_it_away(self, year: Year) -> None:
        prefix = f"c{year.leaves['1.2'].pk}"
        autosave(year, "aH", "1.2", numerator="45")
        year.browser("a1").post(url(year, "worksheet_component", "1"), {f"{prefix}-version": 0})
        assert typing_at(year) is not None


class TestTheHistory:
    def rows(self, year: Year) -> str:
        return text(year.browser("a1").get(url(year, "answer", "1.2"))).partition("<summary>Lịch sử")[2]

    def test_what_one_person_typed_in_one_sitting_is_one_row(self, year: Year) -> None:
        for number in range(5):
            autosave(year, "a1", "1.2", numerator=str(number), denominator="50")
        history = self.rows(year)
        assert history.count("<li>") == 1
        assert ", 5 lần sửa" in history
        assert "Số đạt được: 4/50" in history

    def test_another_person_another_day_and_an_answer_taken_away_stand_by_themselves(self, year: Year) -> None:
        autosave(year, "a1", "1.2", numerator="1", denominator="50")
        autosave(year, "aH", "1.2", numerator="2", denominator="50")
        autosave(year, "a1", "1.2", numerator="3", denominator="50")
        year.browser("a1").post(url(year, "answer_clear", "1.2"), {"version": 3})
        autosave(year, "a1", "1.2", numerator="4", denominator="50")
        history = self.rows(year)
        assert history.count("<li>") == 5
        assert "lần sửa" not in history
