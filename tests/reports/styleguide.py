"""What the style guide shows: every component with values that exercise it."""

from typing import Any

from django import forms
from django.core.paginator import Paginator

from reports import charts
from reports.rendering import rows, sentences, statistics
from reports.rendering.addresses import Addresses
from tests.reports import dataset


class SampleForm(forms.Form):
    """One field of each kind; two of them wrong."""

    number = forms.CharField(label="Số quyết định", help_text="Như 214/QĐ-UBND.")
    signed_on = forms.DateField(label="Ngày quyết định", error_messages={"invalid": "Viết ngày như 25/12/2025."})
    depth = forms.ChoiceField(label="Mức chi tiết", choices=[("index", "Chỉ số"), ("components", "Lĩnh vực")])
    group = forms.MultipleChoiceField(
        label="Khối", choices=[("so", "Sở"), ("xa", "Xã")], widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    signed_file = forms.FileField(label="Tệp đã ký", required=False)
    confirmed = forms.BooleanField(label="Bản giấy đúng với bản đã chốt")


def context() -> dict[str, Any]:
    """Return the variables of `styleguide.html`."""
    year = dataset.province()
    group = year["groups"][0]
    unit = group["units"][5]
    own = group["units"][4]
    form = SampleForm({"signed_on": "31/02", "depth": "index", "group": ["so"], "confirmed": "on"})
    return {
        "is_sample": True,
        "workspace": {
            "organiser": "UBND tỉnh Hòa Giang",
            "title": "Chỉ số CCHC",
            "home_url": "/",
            "user_label": "Phạm Thu Hường",
            "role_label": "điều phối",
            "nav": [
                {"label": "Các kỳ", "url": "#noi-dung", "current": True},
                {"label": "Công bố", "url": "#noi-dung", "current": False},
            ],
            "sign_out_url": "#noi-dung",
        },
        "phases": [
            {"label": "Chuẩn bị", "state": "done"},
            {"label": "Tự đánh giá", "state": "now"},
            {"label": "Thẩm định", "state": "later"},
        ],
        "grades": [
            *dataset.FOUR_GRADES,
            {"label": "Xuất sắc", "steps": 6, "step": 6, "tone": "tot"},
            {"label": "Đạt", "steps": 3, "step": 2, "tone": "kha"},
            {"label": "Không xếp hạng", "steps": 0, "step": 0, "tone": "none"},
        ],
        "score": charts.ruler("75", ["50", "75"]),
        "bars": rows.component_bars(year, group),
        "deltas": [
            sentences.change({"comparable": True, "points": "1.24", "places": 2, "why": None}, 2024),
            sentences.change({"comparable": True, "points": "-0.74", "places": -3, "why": None}, 2024),
            sentences.change({"comparable": True, "points": "0", "places": 0, "why": None}, 2024),
            sentences.change({"comparable": False, "points": None, "places": None, "why": "Hợp nhất"}, 2024),
        ],
        "facts": statistics.facts(group),
        "tabs": [{"label": "Sở", "url": "#noi-dung", "count": 14, "current": "page"}],
        "table": rows.ranking(year, group, Addresses("/", "2025")),
        "components": rows.unit_components(unit, {}),
        "strip": charts.strip(
            [rows.strip_group(group, titled=False, own=own)], rows.grade_lines(year), "Phân bố", "Mỗi vạch một đơn vị"
        ),
        "trend": rows.unit_trend(unit),
        "steps": rows.derivation(year, group, unit),
        "states": [
            {"name": name, "label": label}
            for name, label in [
                ("done", "Xong"),
                ("half", "Đang làm"),
                ("todo", "Chưa làm"),
                ("ev", "Thiếu minh chứng"),
                ("back", "Bị trả lại"),
                ("na", "Không áp dụng"),
                ("lock", "Đã khóa"),
            ]
        ],
        "saves": [
            {"state": "busy", "text": "Đang lưu…"},
            {"state": "ok", "text": "Đã lưu 14:32"},
            {"state": "off", "text": "Mất kết nối. Bản nháp vẫn giữ trên máy này."},
            {"state": "clash", "text": "Chị Hà vừa sửa ô này. So sánh hai bản."},
        ],
        "stepper": [
            {"label": "Chạy kết quả", "fact": "Lần 7", "state": "done"},
            {"label": "Số, ngày quyết định", "fact": "Đang nhập", "state": "now"},
            {"label": "Người thứ hai duyệt", "fact": "Không phải người soạn", "state": "second"},
            {"label": "Công bố", "fact": "", "state": "later"},
        ],
        "form": form,
        "files": [{"url": "#noi-dung", "title": "Bảng xếp hạng", "kind": "Excel", "size": 86016}],
        "page": Paginator(range(50), 20).page(2),
    }
