"""Widgets that Python writes are those of Django's templates, to the character but for blanks between tags."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe

from units.forms.rendering import PlainRenderer

HOSTILE = "\"><script>alert('a')</script>&amp;"
CHOICES = [("du", "Đủ"), ("", "---"), (HOSTILE, HOSTILE), (3, 1234.5), ("an toàn", mark_safe("<b>đậm</b>"))]
GROUPED = [("Nhóm", [("a", "A"), ("b", "B")]), ("c", "C")]
ATTRS: list[dict[str, Any]] = [
    {},
    {"id": "id_x", "class": "form-control num", "required": True, "disabled": False, "data-so": HOSTILE},
    {"id": HOSTILE, "aria-describedby": lazystr("id_x_helptext"), "rows": 2, "maxlength": 1234},
]
VALUES: list[Any] = [
    "",
    None,
    "1.234,5",
    HOSTILE,
    1234,
    1234.5,
    "\nhai dòng\n",
    mark_safe("<b>"),
    lazystr(HOSTILE),
    True,
    ["du", 3],
]
WIDGETS = {
    "text": forms.TextInput(), "number": forms.NumberInput(), "email": forms.EmailInput(),
    "hidden": forms.HiddenInput(),
    "password": forms.PasswordInput(render_value=True), "textarea": forms.Textarea(), "date": forms.DateInput(),
    "box": forms.CheckboxInput(), "url": forms.URLInput(), "file": forms.FileInput(),
    "radio": forms.RadioSelect(choices=CHOICES), "boxes": forms.CheckboxSelectMultiple(choices=CHOICES),
    "select": forms.Select(choices=CHOICES), "groups": forms.RadioSelect(choices=GROUPED), "none": forms.RadioSelect(),
    "two": forms.SplitDateTimeWidget(), "time": forms.DateTimeInput(),
}  # fmt: skip


def told(text: str) -> str:
    """Blanks between tags told alike; those inside a textarea count."""
    return text if "<textarea" in text else re.sub(r"\s+", " ", re.sub(r"\s*(</?div[^>]*>)\s*", r"\1", text)).strip()


@pytest.mark.parametrize("kind", WIDGETS)
@pytest.mark.parametrize("attrs", ATTRS, ids=["bare", "dressed", "hostile"])
def test_a_widget_reads_as_the_templates_write_it(kind: str, attrs: dict[str, Any]) -> None:
    widget = WIDGETS[kind]
    for value in VALUES:
        if isinstance(value, list) is not isinstance(widget, forms.CheckboxSelectMultiple) and value is not None:
            continue
        if isinstance(widget, forms.SplitDateTimeWidget) and value is not None:
            continue
        ours, djangos = (
            widget.render("so-points", value, attrs=dict(attrs), renderer=renderer())
            for renderer in (PlainRenderer, DjangoTemplates)
        )
        assert told(ours) == told(djangos), value


def test_a_template_of_ones_own_is_left_to_django() -> None:
    class Own(forms.TextInput):
        template_name = "django/forms/widgets/url.html"

    assert Own().render("x", "y", renderer=PlainRenderer()) == '<input type="text" name="x" value="y">'
