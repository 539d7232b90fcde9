"""Template tags for forms in the look of the portal: one field, and the summary of all errors."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField

register = template.Library()

_CLASS_OF_WIDGET: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.Select, "form-select"),
)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, css: str = "") -> dict[str, Any]:
    """Show one field with label, help and errors; ``css`` adds classes to the input ("num" for figures)."""
    widget = bound.field.widget
    base = next((name for kind, name in _CLASS_OF_WIDGET if isinstance(widget, kind)), "form-control")
    classes = " ".join(
        part for part in (base, css, "bad" if bound.errors else "", widget.attrs.get("class", "")) if part
    )
    if isinstance(widget, forms.CheckboxInput):
        kind = "check"
    else:
        kind = "choices" if bound.use_fieldset else "input"
    return {
        "field": bound,
        "widget": bound.as_widget(attrs={"class": classes} if classes else {}),
        "kind": kind,
        # A form that may be left blank as a whole says so itself: its figures are not optional one by one.
        "optional": not bound.field.required and kind != "check" and getattr(bound.form, "marks_optional", True),
    }


@register.inclusion_tag("components/error_summary.html")
def form_errors(form: forms.BaseForm, title: str = "", *more: forms.BaseForm) -> dict[str, Any]:
    """Show all errors of a form at once, each linked to its field; ``title`` opens the box ("Chưa lưu được"); ``more``
    are further forms of the same page, told in the same box."""
    errors = []
    for one in (form, *more):
        errors += [{"text": text, "url": ""} for text in one.non_field_errors()]
        for bound in one:
            errors += [
                {"text": f"{bound.label}: {text}", "url": f"#{bound.id_for_label or bound.auto_id}"}
                for text in bound.errors
            ]
    return {"title": f"{title or 'Chưa lưu được'}: còn {len(errors)} chỗ phải sửa", "errors": errors}
