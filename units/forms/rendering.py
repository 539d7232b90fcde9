"""The widgets that stand on every page by the hundred, written by Python as Django's own templates write them.

A component of ninety leaves has five hundred of them; three nested templates each were half of what that page cost.
Whatever is not listed here, and whoever names a template of his own, is rendered by Django as before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.safestring import SafeData

_FOLDER = "django/forms/widgets/"
_INPUTS = ("checkbox", "date", "email", "hidden", "input", "number", "password", "text")
_LISTS = ("checkbox_select", "radio")
_OPTIONS = frozenset(f"{_FOLDER}{name}_option.html" for name in ("checkbox", "radio", "input"))

Widget = Mapping[str, Any]


class PlainRenderer(DjangoTemplates):
    """The engine of `FORM_RENDERER`."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        write = _WRITERS.get(template_name)
        told = write(context["widget"]) if write else None
        return super().render(template_name, context, request) if told is None else told


def _input(widget: Widget) -> str:
    value = widget["value"]
    told = "" if value is None else f' value="{_text(value)}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{told}{_attributes(widget)}>'


def _textarea(widget: Widget) -> str:
    # The first line break after the tag belongs to the tag: one that was typed there would be lost without it.
    text = _text(localize(widget["value"])) if widget["value"] else ""
    return f'<textarea name="{_text(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _list(widget: Widget) -> str | None:
    """Radio buttons or boxes to tick; None where they stand in groups or are written by a template of their own."""
    options = []
    for group, found, _ in widget["optgroups"]:
        if group or any(option["template_name"] not in _OPTIONS for option in found):
            return None
        options += [_option(option) for option in found]
    attrs = widget["attrs"]
    own = "".join(f' {name}="{_text(attrs[name])}"' for name in ("id", "class") if attrs.get(name))
    return f"<div{own}>{''.join(options)}\n</div>"


def _option(option: Widget) -> str:
    if not option.get("wrap_label"):
        return f"<div>{_input(option)}</div>"
    key = option["attrs"].get("id")
    whose = f' for="{_text(key)}"' if key else ""
    return f"<div><label{whose}>{_input(option)} {_text(localize(option['label']))}</label></div>"


def _attributes(widget: Widget) -> str:
    told = []
    for name, value in widget["attrs"].items():
        if value is True:
            told.append(f" {_text(name)}")
        elif value is not False:
            told.append(f' {_text(name)}="{_text(value)}"')
    return "".join(told)


def _text(value: Any) -> str:
    """What a template prints: escaped, unless somebody has called it safe."""
    text = str(value)
    return text if isinstance(text, SafeData) else escape(text)


_WRITERS: dict[str, Callable[[Widget], str | None]] = {
    **{f"{_FOLDER}{name}.html": _input for name in _INPUTS},
    **{f"{_FOLDER}{name}.html": _list for name in _LISTS},
    f"{_FOLDER}textarea.html": _textarea,
}
