"""The tree beside a criterion, the filter over it, and the way from one criterion to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from scoring.selectors.worksheet import Line, Worksheet
from scoring.views.dossier_frame import Opened
from scoring.views.dossier_showing import answer_url

PARAMETER = "loc"


class Filter(TextChoices):
    """Which leaves the tree shows; the value stands in the address."""

    ALL = "", "Tất cả"
    MISSING = "chua-xong", "Chưa xong"
    RETURNED = "tra-lai", "Bị trả lại"


def filter_of(request: HttpRequest) -> Filter:
    """The filter in the address; all leaves for one that there is not."""
    asked = request.GET.get(PARAMETER, "")
    return Filter(asked) if asked in Filter.values else Filter.ALL


@dataclass(frozen=True)
class Walk:
    """Where somebody is in the tree of an opened dossier, and which leaves of it he or she looks at."""

    opened: Opened
    here: Line
    chosen: Filter

    def kept(self, url: str) -> str:
        """The address with the filter, so that it goes along from leaf to leaf."""
        return f"{url}?{PARAMETER}={self.chosen}" if self.chosen else url

    def url_of(self, line: Line) -> str:
        return self.kept(answer_url(self.opened, line))

    def frame(self) -> dict[str, Any]:
        """Template variables of the page of a leaf: `tree`, written once, as it stands there twice (beside the leaf,
        and above it on narrow screens), and the neighbours."""
        seen = {"tree": self._tree(), "filters": self._filters(), "reader": self.opened.user}
        return {"tree": render_to_string("scoring/dossier/_tree.html", seen), **self.neighbours()}

    def neighbours(self) -> dict[str, dict[str, str] | None]:
        """The leaves that are looked at before and after this one, in the order of print."""
        lines, wanted = self.opened.sheet.lines, self._wanted()
        place = lines.index(self.here)

        def link(found: list[Line]) -> dict[str, str] | None:
            return {"code": found[0].criterion.code, "url": self.url_of(found[0])} if found else None

        before = [line for line in reversed(lines[:place]) if line.criterion.pk in wanted]
        after = [line for line in lines[place + 1 :] if line.criterion.pk in wanted]
        return {"previous": link(before), "next": link(after)}

    def _wanted(self) -> set[int]:
        return {line.criterion.pk for line in lines_of(self.opened.sheet, self.chosen)}

    def _filters(self) -> list[dict[str, Any]]:
        """Each filter with how many leaves it leaves, and the way to it; nobody but the unit has leaves sent back."""
        url = answer_url(self.opened, self.here)
        return [
            {
                "label": each.label,
                "url": f"{url}?{PARAMETER}={each}" if each else url,
                "number": len(lines_of(self.opened.sheet, each)),
                "is_chosen": each == self.chosen,
            }
            for each in Filter
            if each != Filter.RETURNED or self.opened.sight.is_unit
        ]

    def _tree(self) -> list[dict[str, Any]]:
        """Components with their state. Of all leaves those of the component that this one stands in; of a filter all
        that it leaves, and this one, so that everybody sees where he or she is."""
        wanted = self._wanted() | {self.here.criterion.pk}
        found = []
        for component in self.opened.sheet.components:
            lines = [line for line in component.lines if line.criterion.pk in wanted]
            is_here = self.here in component.lines
            if self.chosen and not lines:
                continue
            found.append(
                {
                    "component": component,
                    "url": reverse(
                        "scoring:worksheet_component", args=[*self.opened.address, component.criterion.code]
                    ),
                    "lines": [
                        {
                            "line": line,
                            "url": self.url_of(line),
                            "is_here": line is self.here,
                            "person": self.opened.charges.get(line.criterion.pk),
                        }
                        for line in (lines if self.chosen or is_here else [])
                    ],
                }
            )
        return found


def lines_of(sheet: Worksheet, chosen: Filter) -> list[Line]:
    """The leaves that a filter leaves, in the order of print."""
    match chosen:
        case Filter.MISSING:
            return sheet.missing
        case Filter.RETURNED:
            return sheet.returned
        case _:
            return list(sheet.lines)
