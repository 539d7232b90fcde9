"""One rendered page, and the only place that calls the template engine."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class RenderedPage:
    """A page as it is stored and served. ``path`` is relative to the base it was rendered for ("" is its home)."""

    path: str
    body: bytes
    content_type: str = HTML


def render(path: str, template: str, context: dict[str, Any]) -> RenderedPage:
    """Render ``template`` without a request: nothing of the moment or of a reader can get into the bytes."""
    html = get_template(template).render(context)
    lines = (line.rstrip() for line in html.splitlines())
    return RenderedPage(path, ("\n".join(line for line in lines if line) + "\n").encode())
